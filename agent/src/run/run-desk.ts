import { setTimeout } from 'node:timers/promises';
import type { GatewayItem, WireOutputAck, WireWelcome } from '../../../proto/agent-stream.ts';
import { claimGoneDetail, rebootDetail } from '../core/finished.ts';
import { idleWrapperLookMs, idleWrapperMs } from '../core/limits.ts';
import type { AgentLog } from '../log.ts';
import type { Follower } from './follower.ts';
import { newRunRecord, type RunBook, type RunRecord, Told } from './run-record.ts';
import type { Spool } from './spool.ts';
import type { SpoolKeeper } from './spool-keeper.ts';
import type { Starter } from './starter.ts';
import type { Tombstones } from './tombstones.ts';
import type { Workplaces } from './workplaces.ts';
import { isWrapperIn } from './wrapper-process.ts';

export interface RunDeskParts {
  spool: Spool;
  workplaces: Workplaces;
  keeper: SpoolKeeper;
  tombstones: Tombstones;
  follower: Follower;
  starter: Starter;
  book: RunBook;
  log: AgentLog;
}

/** Keeps the book of runs: filled from the spool at the start, set right by each welcome, emptied by each end. */
export class RunDesk {
  readonly #parts: RunDeskParts;
  readonly #burying = new Map<string, Promise<void>>();

  constructor(parts: RunDeskParts) {
    this.#parts = parts;
  }

  /** Reads the spool. Runs whose wrapper lives are followed; those that nobody has claimed wait for the welcome. */
  async recover(agentId: string): Promise<void> {
    const { spool, follower, book, log } = this.#parts;
    for (const found of await spool.recover(agentId)) {
      const { runId, document, sameBoot } = found;
      const buried = this.#isBuried(runId);
      if (buried === 'yes') {
        // The agent was stopped between tombstone and removal.
        await spool.remove(runId);
        continue;
      }
      const run = newRunRecord(runId, spool.dirOf(runId), document, sameBoot);
      book.set(runId, run);
      if (buried === 'damaged') this.#settleDamaged(run);
      else await this.#settle(run, follower);
      this.#parts.keeper.found(run);
      log.info({ run: runId, phase: run.phase }, 'run found in the spool');
    }
  }

  #isBuried(runId: string): 'yes' | 'no' | 'damaged' {
    try {
      return this.#parts.tombstones.get(runId) ? 'yes' : 'no';
    } catch (error) {
      this.#parts.log.error({ run: runId, err: String(error) }, 'a tombstone can not be read');
      return 'damaged';
    }
  }

  /** Only a run that is over gets a tombstone: what its files don't tell of its end is lost, and it never starts. */
  #settleDamaged(run: RunRecord): void {
    const { follower } = this.#parts;
    if (run.document) follower.look(run);
    if (run.phase !== 'finished') follower.lose(run, 'its record on disk is damaged');
  }

  async #settle(run: RunRecord, follower: Follower): Promise<void> {
    if (!run.document) {
      follower.lose(run, 'its record on disk is damaged');
      return;
    }
    follower.look(run);
    if (run.phase === 'finished') return;
    if (!run.sameBoot) {
      // A claim is not synced: that none is left after another boot does not prove that there was none.
      follower.lose(run, rebootDetail);
      return;
    }
    if (run.phase === 'accepted' && (await this.#ranUnclaimed(run))) {
      follower.lose(run, claimGoneDetail);
      return;
    }
    follower.follow(run);
  }

  /**
   * A script can remove its own claim, but hardly the wrapper in its directory or what it has put out. True when one
   * of these shows that a run without a claim was started; then it gets a claim that says so.
   */
  async #ranUnclaimed({ runId, dir }: RunRecord): Promise<boolean> {
    const { spool, log } = this.#parts;
    const deadline = performance.now() + idleWrapperMs;
    // It may be a wrapper that waited for its order and ends, or was told to go and claims, this moment.
    while (isWrapperIn(dir) && spool.claim(runId) === null && performance.now() < deadline) {
      await setTimeout(idleWrapperLookMs);
    }
    if (!isWrapperIn(dir) && !spool.hasTraces(runId)) return false;
    try {
      return spool.claimLost(runId);
    } catch (error) {
      log.error({ run: runId, err: String(error) }, 'the spool can not be written');
      return true;
    }
  }

  /** Takes over what the gateway knows, and starts what was accepted and not claimed. */
  welcome(welcome: WireWelcome): void {
    const { book, starter } = this.#parts;
    for (const run of book.values()) {
      run.wanted = false;
      run.told = Told.nothing;
    }
    for (const { runId, stdoutOffset, stderrOffset } of welcome.wanted) {
      const run = book.get(runId.toString('hex'));
      if (!run) continue;
      run.wanted = true;
      run.outputs.stdout.sentBytes = run.outputs.stdout.ackedBytes = stdoutOffset;
      run.outputs.stderr.sentBytes = run.outputs.stderr.ackedBytes = stderrOffset;
    }
    for (const runId of welcome.forgettableRunIds) {
      const run = book.get(runId.toString('hex'));
      if (run) this.#forget(run);
    }
    for (const run of [...book.values()]) {
      // One that this welcome names neither way was not named to it: only its order, come again, may start it.
      if (run.phase === 'accepted' && run.wanted) starter.enqueue(run, null);
    }
  }

  /** Handles one item that is no order. @param cancelStoring takes a cancel of a run that is on its way to disk. */
  receive(item: GatewayItem, cancelStoring: (runId: string) => boolean): void {
    if ('outputAck' in item) this.#acked(item.outputAck);
    else if ('finishedAck' in item) {
      const run = this.#parts.book.get(item.finishedAck.runId.toString('hex'));
      if (run?.phase === 'finished') this.#bury(run);
    } else if ('cancel' in item) {
      const runId = item.cancel.runId.toString('hex');
      if (!cancelStoring(runId)) this.#cancel(runId);
    }
  }

  #acked({ runId, stream, offset }: WireOutputAck): void {
    const run = this.#parts.book.get(runId.toString('hex'));
    if (!run) return;
    const output = stream === 'OUTPUT_STREAM_STDOUT' ? run.outputs.stdout : run.outputs.stderr;
    output.ackedBytes = Math.min(output.sentBytes, Math.max(output.ackedBytes, offset));
  }

  #cancel(runId: string): void {
    const { book, starter, follower } = this.#parts;
    const run = book.get(runId);
    if (!run || run.phase === 'finished') return;
    run.cancelAsked = true;
    if (run.phase === 'accepted') {
      starter.never(run, { end: 'FINISHED_END_CANCELLED', reason: 'REASON_UNSPECIFIED', detail: '' });
    }
    // A wrapper that was quicker, or has long claimed it, is told by this.
    follower.look(run);
  }

  #forget(run: RunRecord): void {
    run.forget = true;
    if (run.phase === 'finished') this.#bury(run);
    else if (run.phase === 'accepted') {
      const detail = 'the server has no more use for it';
      this.#parts.starter.never(run, {
        end: 'FINISHED_END_CANCELLED',
        reason: 'REASON_UNSPECIFIED',
        detail,
      });
    }
  }

  /** A run has ended. */
  ended(run: RunRecord): void {
    if (run.forget) this.#bury(run);
  }

  #bury(run: RunRecord): void {
    const { tombstones, spool, workplaces, book, log } = this.#parts;
    const { runId, finished } = run;
    if (!finished || this.#burying.has(runId)) return;
    const runBy = run.document?.runBy ?? Number.MAX_SAFE_INTEGER;
    const buried = tombstones
      .put(runId, { runBy, finished })
      .then(() => {
        // From here the tombstone answers for the run; files that can't be removed now are at the next start.
        book.delete(runId);
        return Promise.all([spool.remove(runId), workplaces.remove(runId)]);
      })
      .catch((error) => log.warn({ run: runId, err: String(error) }, 'a finished run could not be freed'))
      .then(() => void this.#burying.delete(runId));
    this.#burying.set(runId, buried);
  }

  /** Resolves when nothing is being freed any more. */
  async stop(): Promise<void> {
    await Promise.all(this.#burying.values());
  }
}
