import { groupChangesMax } from '../core/limits.ts';
import type { AuditSeal } from '../ports/audit-seal.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import { type Committed, StoreUnavailableError } from '../ports/store.ts';
import { GroupTransaction } from './group-transaction.ts';
import { isUnavailable, type SqliteSession } from './sqlite-session.ts';
import { Trails } from './trails.ts';

interface Job {
  /** Does the work in the open transaction and returns what to do once that is durable. */
  readonly run: (transaction: GroupTransaction) => () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Collects the changes of one turn of the event loop and commits them as one durable transaction: a commit's cost is
 * waiting for the disk, and the disk waits no longer for many.
 *
 * Modes: idle; waiting for the end of this turn, with changes in hand; closed after `close`, when everything rejects.
 */
export class CommitGroup {
  readonly #session: SqliteSession;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #seal: AuditSeal;
  readonly #trails: Trails;
  readonly #listeners: ReadonlySet<(committed: Committed) => void>;
  #waiting: Job[] = [];
  #turnEnd: NodeJS.Immediate | null = null;
  #closed = false;

  constructor(
    session: SqliteSession,
    { clock, log, seal }: { clock: Clock; log: Log; seal: AuditSeal },
    listeners: ReadonlySet<(committed: Committed) => void>,
  ) {
    this.#session = session;
    this.#clock = clock;
    this.#log = log;
    this.#seal = seal;
    this.#trails = new Trails(session, seal);
    this.#listeners = listeners;
  }

  /** Resolves with what `work` returned once that is durable. @throws what `work` threw, StoreUnavailableError. */
  submit<T>(work: (transaction: GroupTransaction) => T): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#closed) {
        reject(new StoreUnavailableError('it is closed'));
        return;
      }
      const run = (transaction: GroupTransaction): (() => void) => {
        try {
          const result = work(transaction);
          return () => resolve(result);
        } catch (error) {
          if (isUnavailable(error)) throw error;
          return () => reject(error);
        }
      };
      this.#waiting.push({ run, reject });
      this.#turnEnd ??= setImmediate(() => this.#commit());
    });
  }

  /** Commits what is in hand, then takes nothing more. */
  close(): void {
    this.#closed = true;
    while (this.#waiting.length > 0) this.#commit();
  }

  #commit(): void {
    if (this.#turnEnd) clearImmediate(this.#turnEnd);
    this.#turnEnd = null;
    const jobs = this.#waiting.slice(0, groupChangesMax);
    this.#waiting = this.#waiting.slice(groupChangesMax);
    // The rest goes in the next turn, so that sockets are served between two long commits.
    if (this.#waiting.length > 0) this.#turnEnd = setImmediate(() => this.#commit());
    if (jobs.length === 0) return;
    const settle: (() => void)[] = [];
    let committed: Committed | null;
    try {
      this.#session.rollback();
      this.#session.begin();
      const transaction = new GroupTransaction(this.#session, this.#clock.now(), this.#seal, this.#trails);
      for (const job of jobs) settle.push(job.run(transaction));
      committed = transaction.finish();
      this.#session.commit();
      transaction.settle();
    } catch (error) {
      this.#fail(jobs, error);
      return;
    }
    for (const done of settle) done();
    if (committed) this.#tell(committed);
  }

  #fail(jobs: readonly Job[], error: unknown): void {
    this.#log.error({ err: error, changes: jobs.length }, 'a commit failed; none of its changes happened');
    try {
      this.#session.rollback();
    } catch (second) {
      this.#log.error({ err: second }, 'the failed commit could not be rolled back yet');
    }
    const unavailable = new StoreUnavailableError(error);
    for (const job of jobs) job.reject(unavailable);
  }

  #tell(committed: Committed): void {
    for (const listener of this.#listeners) {
      try {
        listener(committed);
      } catch (error) {
        this.#log.error({ err: error }, 'a listener to commits failed');
      }
    }
  }
}
