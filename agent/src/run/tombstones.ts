import fs from 'node:fs';
import { join } from 'node:path';
import type { WireFinished } from '../../../proto/agent-stream.ts';
import { tombstoneMarginMs } from '../core/limits.ts';
import type { Disk } from './disk.ts';

/** What is left of a run whose files are freed: enough to answer the same order again without running it. */
export interface Tombstone {
  runBy: number;
  finished: WireFinished;
}

/**
 * The memory of runs that are over, `<data>/spool/done/<run id>.json`. An order that is here is never started
 * again; it is forgotten only when `runBy` has passed by a margin, and then the order itself is too late to start.
 */
export class Tombstones {
  readonly #dir: string;
  readonly #disk: Disk;

  constructor(spoolDir: string, disk: Disk) {
    this.#dir = join(spoolDir, 'done');
    this.#disk = disk;
  }

  open(): void {
    this.#disk.makeDir(this.#dir);
  }

  /** Resolves when it is durable. */
  async put(runId: string, tombstone: Tombstone): Promise<void> {
    const file = this.#file(runId);
    const { finished, runBy } = tombstone;
    this.#disk.write(`${file}.tmp`, JSON.stringify({ runBy, finished: { ...finished, runId } }));
    await this.#disk.sync([`${file}.tmp`]);
    this.#disk.rename(`${file}.tmp`, file);
    await this.#disk.sync([this.#dir]);
  }

  /** @throws when it is there and can't be read: the run is over, and nobody knows how it ended. */
  get(runId: string): Tombstone | null {
    // Nearly every order is asked for here, and nearly none is there: an error for that would be the dear way.
    if (!fs.statSync(this.#file(runId), { throwIfNoEntry: false })) return null;
    const text = fs.readFileSync(this.#file(runId), 'utf8');
    const { runBy, finished } = (JSON.parse(text) ?? {}) as Partial<Tombstone>;
    if (typeof runBy !== 'number' || typeof finished?.end !== 'string') {
      throw new Error(`the tombstone of ${runId} is damaged`);
    }
    return { runBy, finished: { ...finished, runId: Buffer.from(runId, 'hex') } };
  }

  /** @param now the server's clock. */
  async prune(now: number): Promise<void> {
    for (const name of fs.readdirSync(this.#dir)) {
      const runId = name.slice(0, -'.json'.length);
      if (!name.endsWith('.json')) continue;
      const runBy = this.#runByOf(runId);
      if (runBy !== null && now > runBy + tombstoneMarginMs) await this.#disk.remove(this.#file(runId));
    }
  }

  /** Null for a damaged one, which is kept for good: that its run is over is all that it says. */
  #runByOf(runId: string): number | null {
    try {
      return this.get(runId)?.runBy ?? null;
    } catch {
      return null;
    }
  }

  #file(runId: string): string {
    return join(this.#dir, `${runId}.json`);
  }
}
