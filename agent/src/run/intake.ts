import type { AgentItem, WireOrder } from '../../../proto/agent-stream.ts';
import { checkOrder, type Trust } from '../core/check-order.ts';
import { detailCharsMax, tellWithinMs } from '../core/limits.ts';
import type { SyntaxVerdict } from '../core/syntax.ts';
import type { AgentLog } from '../log.ts';
import type { Executor, Seat } from './executor.ts';
import type { PolicyKeeper, PolicyState } from './policy-keeper.ts';
import { newRunRecord, type RunBook, Told } from './run-record.ts';
import type { NewRun, Spool } from './spool.ts';
import type { SpoolKeeper } from './spool-keeper.ts';
import type { Starter } from './starter.ts';
import type { Tombstones } from './tombstones.ts';

export interface IntakeParts {
  spool: Spool;
  tombstones: Tombstones;
  executor: Executor;
  starter: Starter;
  policy: PolicyKeeper;
  keeper: SpoolKeeper;
  book: RunBook;
  log: AgentLog;
  wallMs: () => number;
  /** What to hold an order against; null before the first welcome, when no order can come. */
  trust: () => Trust | null;
  /** Sends an item that no record stands for. */
  say: (item: AgentItem) => void;
  /** There is something to tell, now or within so many milliseconds. */
  changed: (withinMs?: number) => void;
}

interface Arrival extends NewRun {
  judgedBy: PolicyState;
  seat: Seat | null;
  /** Begun beside the storing, where a seat says that the run starts right after it. */
  checking: Promise<SyntaxVerdict> | null;
}

/** A run on its way to the disk. */
interface Storing {
  /** A cancel overtook it. */
  cancelAsked: boolean;
  /** A hello overtook it, which could not name it. */
  unnamed: boolean;
}

/** Takes orders: verified, stored, made durable, and only then accepted and started. */
export class Intake {
  readonly #parts: IntakeParts;
  readonly #storing = new Map<string, Storing>();
  readonly #taking = new Set<Promise<void>>();

  constructor(parts: IntakeParts) {
    this.#parts = parts;
  }

  /** Takes the orders of one frame. Resolves when each is accepted or refused. */
  take(orders: readonly WireOrder[]): Promise<void> {
    const taken = this.#take(orders).finally(() => this.#taking.delete(taken));
    this.#taking.add(taken);
    return taken;
  }

  /** Resolves when no order is on its way to the disk any more. */
  async stop(): Promise<void> {
    await Promise.allSettled(this.#taking);
  }

  async #take(orders: readonly WireOrder[]): Promise<void> {
    const { spool, wallMs, changed } = this.#parts;
    const arrivals: Arrival[] = [];
    for (const order of orders) {
      const arrival = this.#arrivalOf(order);
      if (!arrival) continue;
      this.#storing.set(arrival.runId, { cancelAsked: false, unnamed: false });
      arrivals.push(arrival);
    }
    if (arrivals.length === 0) return;
    const results = await spool.store(arrivals, wallMs());
    arrivals.forEach((arrival, at) => {
      const { cancelAsked = false, unnamed = false } = this.#storing.get(arrival.runId) ?? {};
      this.#storing.delete(arrival.runId);
      const error = results[at];
      if (error) this.#refuseUnstored(arrival, error);
      else this.#accept(arrival, cancelAsked, unnamed);
    });
    changed(tellWithinMs);
  }

  /**
   * A hello is being said. It can't name what is still on its way to the disk, so the gateway may take that for never
   * arrived and end it: such a run starts only when its order comes again.
   */
  overtakenByHello(): void {
    for (const storing of this.#storing.values()) storing.unnamed = true;
  }

  /** Null for an order that is answered already. One that can't be handled must not take the others with it. */
  #arrivalOf(order: WireOrder): Arrival | null {
    try {
      return this.#answerKnown(order) ? null : this.#admit(order);
    } catch (error) {
      // It may have a tombstone that can't be read, so nothing true can be said; the gateway's deadline ends it.
      const fields = { run: order.runId.toString('hex'), err: String(error) };
      this.#parts.log.error(fields, 'an order could not be handled');
      return null;
    }
  }

  /** A cancel that comes while the order is being stored. @returns false when it is not. */
  cancel(runId: string): boolean {
    const storing = this.#storing.get(runId);
    if (storing) storing.cancelAsked = true;
    return storing !== undefined;
  }

  /**
   * A run that is known is never looked at again, whatever comes under its id: the answer is what is known of it.
   * So a repeated order after `runBy` is no late one, and a forged one can't end a run.
   */
  #answerKnown(order: WireOrder): boolean {
    const { book, tombstones, starter, say, changed } = this.#parts;
    const runId = order.runId.toString('hex');
    const storing = this.#storing.get(runId);
    if (storing) {
      storing.unnamed = false;
      return true;
    }
    const run = book.get(runId);
    if (run) {
      run.told = Told.nothing;
      run.wanted = true;
      if (run.phase === 'accepted') starter.enqueue(run, null);
      changed();
      return true;
    }
    // The id is the sender's word so far, and becomes a file's name.
    const tombstone = order.runId.length === 32 ? tombstones.get(runId) : null;
    if (!tombstone) return false;
    say({ accepted: { runId: order.runId } });
    say({ finished: tombstone.finished });
    changed();
    return true;
  }

  #admit(order: WireOrder): Arrival | null {
    const { spool, executor, log, say, changed } = this.#parts;
    const trust = this.#parts.trust();
    if (!trust) return null;
    const checked = checkOrder(order, trust);
    if (!checked.ok) {
      const { reason, detail } = checked;
      log.warn({ run: order.runId.toString('hex'), reason }, 'order refused');
      say({ refused: { runId: order.runId, reason, detail } });
      changed();
      return null;
    }
    const { runId, document } = checked;
    const { judgedBy, objection } = this.#parts.policy.ask(document, order.script.toString('utf8'));
    if (objection !== null) {
      log.warn({ run: runId, reason: 'REASON_POLICY', detail: objection }, 'order refused');
      say({ refused: { runId: order.runId, reason: 'REASON_POLICY', detail: objection } });
      changed();
      return null;
    }
    const full = this.#parts.keeper.refusal();
    if (full !== null) {
      log.warn({ run: runId, reason: 'REASON_SPOOL', detail: full }, 'order refused');
      say({ refused: { runId: order.runId, reason: 'REASON_SPOOL', detail: full } });
      changed();
      return null;
    }
    const seat = executor.takeSeat(document);
    try {
      const from = seat?.dir ?? spool.prepare();
      const checking = seat && executor.checkSyntax(order.script);
      return { runId, order, document, seat, judgedBy, from, checking };
    } catch (error) {
      const arrival = { runId, order, document, seat, judgedBy, from: '', checking: null };
      this.#refuseUnstored(arrival, error as Error);
      return null;
    }
  }

  #refuseUnstored({ runId, order, seat }: Arrival, error: Error): void {
    const { executor, log, say, changed } = this.#parts;
    if (seat) executor.giveBack(seat);
    log.error({ run: runId, err: error.message }, 'order refused: the spool can not be written');
    const detail = `the spool can not be written: ${error.message}`.slice(0, detailCharsMax);
    say({ refused: { runId: order.runId, reason: 'REASON_SPOOL', detail } });
    changed();
  }

  #accept(arrival: Arrival, cancelAsked: boolean, unnamed: boolean): void {
    const { runId, document, seat, judgedBy, checking } = arrival;
    const { book, spool, executor, starter, log } = this.#parts;
    const run = newRunRecord(runId, spool.dirOf(runId), document, true);
    run.wanted = !unnamed;
    run.cancelAsked = cancelAsked;
    run.judgedBy = judgedBy;
    run.checking = checking;
    book.set(runId, run);
    log.info({ run: runId, task: document.task, unnamed }, 'order accepted');
    if (!unnamed) starter.enqueue(run, seat);
    else if (seat) executor.giveBack(seat);
  }
}
