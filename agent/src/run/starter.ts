import { join } from 'node:path';
import type { ApprovalDocument } from '../../../src/core/order.ts';
import { classify } from '../../../src/core/risk/classify.ts';
import { Risk } from '../../../src/core/risk/effect.ts';
import { lateDetail } from '../core/check-order.ts';
import type { Never } from '../core/claim.ts';
import { scriptFileOf } from '../core/command-line.ts';
import { detailCharsMax, overtakenMax } from '../core/limits.ts';
import type { ServerClock } from '../core/server-clock.ts';
import type { SyntaxVerdict } from '../core/syntax.ts';
import type { AgentLog } from '../log.ts';
import type { Executor, Seat } from './executor.ts';
import type { Follower } from './follower.ts';
import type { PolicyKeeper } from './policy-keeper.ts';
import type { RunRecord } from './run-record.ts';
import type { Confinement, RunUser } from './run-user.ts';
import type { Spool } from './spool.ts';
import type { Workplaces } from './workplaces.ts';

export interface StarterParts {
  spool: Spool;
  workplaces: Workplaces;
  policy: PolicyKeeper;
  executor: Executor;
  follower: Follower;
  clock: ServerClock;
  log: AgentLog;
  monotonicMs: () => number;
  pollMs: number;
}

/** Wrappers that are made for one run before it is given up: the first may have died of something passing. */
const launchesMax = 2;

/**
 * Lets accepted runs start, a bounded number at one time, or makes sure that they never do: then the agent itself
 * takes the claim, so that a wrapper that is already on its way finds it taken. Of scripts that may change something
 * fewer run at one time; one that only reads may run beside them, and overtake them.
 */
export class Starter {
  readonly #parts: StarterParts;
  readonly #waiting: RunRecord[] = [];
  readonly #running = new Map<string, RunRecord>();
  #isFilling = false;
  #poll: NodeJS.Timeout | null = null;
  #stopped = false;

  constructor(parts: StarterParts) {
    this.#parts = parts;
  }

  /** From here runs that wait are ended when their time is over, though their turn has not come. */
  start(): void {
    this.#poll ??= setInterval(() => this.#endLate(), this.#parts.pollMs).unref();
  }

  /** From here nothing is started any more: once the lock is given up, that is the next agent's to do. */
  stop(): void {
    this.#stopped = true;
    if (this.#poll) clearInterval(this.#poll);
  }

  /** Starts an accepted run now or when its turn comes. The server's clock must be known. */
  enqueue(run: RunRecord, seat: Seat | null): void {
    if (run.queued) return;
    run.queued = true;
    if (!this.#hasRoomFor(run)) {
      if (seat) this.#parts.executor.giveBack(seat);
      this.#waiting.push(run);
      return;
    }
    this.#start(run, seat, 0);
  }

  /** A run has started, be it by an earlier agent: it takes its room. */
  started(run: RunRecord): void {
    this.#running.set(run.runId, run);
  }

  /** A run that has ended makes room. */
  ended(run: RunRecord): void {
    this.#running.delete(run.runId);
    this.#next();
  }

  #next(): void {
    // A run that may not start any more ends within `#start` and so comes here again: a loop, not as many frames.
    if (this.#isFilling) return;
    this.#isFilling = true;
    for (let at = 0; at < Math.min(this.#waiting.length, overtakenMax); ) {
      const run = this.#waiting[at] as RunRecord;
      const isOver = run.phase !== 'accepted';
      if (!isOver && this.#running.size >= this.#runsAtOnce()) break;
      if (!isOver && !this.#hasRoomFor(run)) {
        at += 1;
        continue;
      }
      // Taking the first costs the same of however many.
      if (at === 0) this.#waiting.shift();
      else this.#waiting.splice(at, 1);
      if (!isOver) this.#start(run, null, 0);
    }
    this.#isFilling = false;
  }

  #runsAtOnce(): number {
    return this.#parts.policy.settings().runsAtOnce;
  }

  /** What scripts do is looked up only where another one runs: the first finds all the room there is. */
  #hasRoomFor(run: RunRecord): boolean {
    const { runsAtOnce, changesAtOnce } = this.#parts.policy.settings();
    const { size } = this.#running;
    if (size >= runsAtOnce) return false;
    if (size < changesAtOnce || changesAtOnce >= runsAtOnce) return true;
    let changing = 0;
    for (const other of this.#running.values()) {
      if (this.#mayChange(other)) changing += 1;
    }
    return changing < changesAtOnce || !this.#mayChange(run);
  }

  /** By the text that was approved; what can't be told counts as a change. */
  #mayChange(run: RunRecord): boolean {
    if (run.mayChange === null) {
      const script = run.document && this.#parts.spool.script(run.runId);
      const { interpreter } = run.document?.script ?? {};
      run.mayChange = !script || !interpreter || classify(interpreter, script).risk !== Risk.readOnly;
    }
    return run.mayChange;
  }

  /** The server takes a run for lost that it hears nothing of past its time. */
  #endLate(): void {
    const now = this.#parts.clock.now();
    if (now === null || this.#stopped) return;
    const late = this.#waiting.filter(({ phase, document }) => phase === 'accepted' && isLate(document, now));
    for (const run of late) this.never(run, lateNever);
  }

  /** Makes sure that a run never starts; does nothing when a wrapper was first. */
  never(run: RunRecord, never: Never): void {
    try {
      this.#parts.spool.neverStart(run.runId, never);
    } catch (error) {
      // Without the claim on disk nothing may be said about the run; the next agent or cancel tries again.
      this.#parts.log.error({ run: run.runId, err: String(error) }, 'the spool can not be written');
      return;
    }
    this.#parts.follower.look(run);
  }

  #start(run: RunRecord, seat: Seat | null, launches: number): void {
    const { executor, follower, monotonicMs } = this.#parts;
    if (this.#stopped) {
      if (seat) executor.giveBack(seat);
      return;
    }
    const never = this.#obstacleOf(run);
    const confinement = confinementOf(run);
    if (never || !run.document || !confinement) {
      this.#running.delete(run.runId);
      if (seat) executor.giveBack(seat);
      if (never) this.never(run, never);
      return;
    }
    this.#running.set(run.runId, run);
    if (run.document.script.interpreter === 'bash' && !run.syntax) {
      this.#check(run, seat, launches).catch((error) => {
        this.#parts.log.error({ run: run.runId, err: String(error) }, 'a run could not be started');
      });
      return;
    }
    run.launchedAtMs = monotonicMs();
    try {
      const place = this.#placeOf(run, run.document, confinement.user);
      const launch = { runId: run.runId, dir: run.dir, place, document: run.document, confinement };
      executor.launch(launch, seat, (fault) => this.#gone(run, launches + 1, fault));
    } catch (error) {
      this.#gone(run, launchesMax, error as Error);
    }
    // After the wrapper was woken, so that both work at one time.
    follower.follow(run);
    executor.refill();
  }

  #placeOf({ runId, dir }: RunRecord, { script }: ApprovalDocument, user: RunUser | null): string {
    if (user === null) return dir;
    const name = scriptFileOf(script.interpreter);
    return this.#parts.workplaces.make(runId, user, { path: join(dir, name), name });
  }

  /**
   * Asks Bash, then starts the run or ends it. It takes its room meanwhile, and everything else is looked at again
   * after: a cancel, the clock and the policy do not wait for Bash.
   */
  async #check(run: RunRecord, seat: Seat | null, launches: number): Promise<void> {
    const { executor } = this.#parts;
    run.syntax = await (run.checking ?? this.#checkStored(run));
    if (run.phase !== 'accepted') {
      if (seat) executor.giveBack(seat);
      return;
    }
    this.#start(run, seat, launches);
    if (this.#running.has(run.runId)) return;
    executor.refill();
    this.#next();
  }

  #checkStored({ runId }: RunRecord): Promise<SyntaxVerdict> | SyntaxVerdict {
    const script = this.#parts.spool.script(runId);
    return script === null
      ? { kind: 'unchecked', why: 'its stored script can not be read' }
      : this.#parts.executor.checkSyntax(Buffer.from(script));
  }

  #obstacleOf(run: RunRecord): Never | null {
    const now = this.#parts.clock.now();
    const unstarted = { end: 'FINISHED_END_UNSTARTED' } as const;
    if (run.cancelAsked || run.forget) {
      return { end: 'FINISHED_END_CANCELLED', reason: 'REASON_UNSPECIFIED', detail: '' };
    }
    if (!run.document) return null;
    if (now === null || isLate(run.document, now)) return lateNever;
    const objection = this.#objectionTo(run, run.document);
    if (objection !== null) return { ...unstarted, reason: 'REASON_POLICY', detail: objection };
    const missing = this.#parts.executor.missingShell(run.document);
    if (missing !== null) {
      return { ...unstarted, reason: 'REASON_NO_SHELL', detail: `${missing} is not on this machine` };
    }
    const { syntax } = run;
    if (syntax?.kind === 'rejected') return { ...unstarted, reason: 'REASON_SYNTAX', detail: syntax.said };
    if (syntax?.kind === 'unchecked') return { ...unstarted, reason: 'REASON_FAULT', detail: syntax.why };
    return null;
  }

  /** The policy may have become stricter since the order was accepted. */
  #objectionTo(run: RunRecord, document: ApprovalDocument): string | null {
    const { policy, spool, log } = this.#parts;
    if (run.judgedBy !== null && run.judgedBy === policy.state()) return null;
    const script = spool.script(run.runId);
    if (script === null) return 'its stored script can not be read, so the policy could not be asked';
    const { judgedBy, objection } = policy.ask(document, script);
    run.judgedBy = judgedBy;
    if (objection !== null)
      log.warn({ run: run.runId, detail: objection }, 'run refused by the local policy');
    return objection;
  }

  /** The wrapper's process is gone. One that left without a claim may be made once more: a claim settles it. */
  #gone(run: RunRecord, launches: number, fault: Error | null): void {
    this.#parts.follower.gone(run);
    if (run.phase !== 'accepted') return;
    this.#running.delete(run.runId);
    if (launches < launchesMax) {
      this.#start(run, null, launches);
      return;
    }
    const detail = fault
      ? fault.message.slice(0, detailCharsMax)
      : 'what was to start it ended too soon, as when a machine is short of processes or of disk';
    this.never(run, { end: 'FINISHED_END_UNSTARTED', reason: 'REASON_FAULT', detail });
    this.#next();
  }
}

const isLate = (document: ApprovalDocument | null, now: number): boolean =>
  document !== null && now > document.runBy;

const lateNever: Never = { end: 'FINISHED_END_UNSTARTED', reason: 'REASON_LATE', detail: lateDetail };

/** Of the policy that let it pass, so that a run is judged and confined by the same file. */
const confinementOf = ({ judgedBy }: RunRecord): Confinement | null =>
  judgedBy === null || judgedBy.kind === 'broken' ? null : judgedBy.confinement;
