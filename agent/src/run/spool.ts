import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import { dirname, join } from 'node:path';
import type { WireOrder } from '../../../proto/agent-stream.ts';
import { type ApprovalDocument, decodeDocument, runIdOf } from '../../../src/core/order.ts';
import { type Claim, formatNever, lostClaim, type Never, parseClaim } from '../core/claim.ts';
import { scriptBytesOf, scriptFileOf } from '../core/command-line.ts';
import { type ExitFacts, parseExit } from '../core/exit-file.ts';
import type { OutputFiles } from '../core/kept-output.ts';
import { blankOrderBytes, claimBytesMax } from '../core/limits.ts';
import { formatOrder, parseOrder } from '../core/order-file.ts';
import type { Disk } from './disk.ts';
import type { WrapperProcess } from './wrapper-process.ts';

export type OutputName = 'stdout' | 'stderr';

/** An order on its way to the disk. */
export interface NewRun {
  runId: string;
  order: WireOrder;
  document: ApprovalDocument;
  /** A directory made by `prepare` or `prepareSeat`, which becomes the run's. */
  from: string;
}

/** A run as a restarted agent finds it. `document` is null when the order's file is damaged. */
export interface FoundRun {
  runId: string;
  document: ApprovalDocument | null;
  sameBoot: boolean;
  acceptedAt: number;
}

/**
 * The record of runs on disk, under `<data>/spool`: `runs/<run id>/` for what is not acknowledged yet, `seats/` for
 * directories that wait for an order with a blank `order` that is durable already, `next/` for others on their way in
 * or out, `spool-id`. It keeps no state in memory: what a run is, its files say.
 *
 * A run's directory: `order` (stored before it was accepted), `script`, `work/` (the script's own), `started` (the
 * claim), `group` (the script's process), `stdout`, `stderr`, `….tail`, `exit`, the wrapper's named pipes, and `dropped`
 * where the output was given up.
 */
export class Spool {
  readonly #dir: string;
  readonly #disk: Disk;
  readonly #bootId: string;
  #id = '';

  constructor(dir: string, disk: Disk, bootId: string) {
    this.#dir = dir;
    this.#disk = disk;
    this.#bootId = bootId;
  }

  /** Made when the spool was made: another one means that the record is gone. */
  get id(): string {
    return this.#id;
  }

  /** Makes what is missing, and throws away directories that no order went into. */
  async open(): Promise<void> {
    this.#disk.makeDir(join(this.#dir, 'runs'));
    await this.#disk.remove(join(this.#dir, 'next'));
    this.#disk.makeDir(join(this.#dir, 'next'));
    this.#disk.makeDir(join(this.#dir, 'seats'));
    const file = join(this.#dir, 'spool-id');
    if (!fs.existsSync(file)) {
      this.#disk.write(`${file}.tmp`, randomUUID());
      await this.#disk.sync([`${file}.tmp`]);
      this.#disk.rename(`${file}.tmp`, file);
      await this.#disk.sync([this.#dir]);
    }
    this.#id = fs.readFileSync(file, 'utf8').trim();
  }

  dirOf(runId: string): string {
    return join(this.#dir, 'runs', runId);
  }

  /** A directory for an order to come. */
  prepare(): string {
    const dir = join(this.#dir, 'next', randomUUID());
    this.#disk.makeDir(join(dir, 'work'));
    return dir;
  }

  /**
   * A directory for an order to come, all of which is durable but for the order itself: to store that, one file's
   * data need to be synced. Should the machine die before the directory's new name is durable too, it is found by its
   * old one.
   */
  async prepareSeat(): Promise<string> {
    const seats = join(this.#dir, 'seats');
    const dir = join(seats, randomUUID());
    this.#disk.makeDir(join(dir, 'work'));
    this.#disk.write(join(dir, 'order'), Buffer.alloc(blankOrderBytes));
    await this.#disk.sync([join(dir, 'order'), dir, seats]);
    return dir;
  }

  discard(dir: string): Promise<void> {
    return this.#disk.remove(dir);
  }

  /**
   * Stores orders and makes them durable, all at one time. One that can't be stored leaves nothing behind.
   *
   * @returns for each order null, or why it could not be stored.
   */
  async store(runs: readonly NewRun[], acceptedAt: number): Promise<(Error | null)[]> {
    const results = await Promise.all(
      runs.map(async (run) => {
        try {
          await this.#store(run, acceptedAt);
          return null;
        } catch (error) {
          return error as Error;
        }
      }),
    );
    await Promise.all(runs.map((run, at) => (results[at] ? this.#undo(run) : null)));
    return results;
  }

  async #store({ runId, document, order, from }: NewRun, acceptedAt: number): Promise<void> {
    const { interpreter } = document.script;
    // This file needs no sync: after another boot no run is started, and `order` holds its bytes.
    this.#disk.write(join(from, scriptFileOf(interpreter)), scriptBytesOf(order.script, interpreter));
    const bytes = formatOrder({
      v: 1,
      bootId: this.#bootId,
      acceptedAt,
      document: order.document.toString('base64'),
      signature: order.signature.toString('base64'),
      script: order.script.toString('base64'),
    });
    const isSeat = dirname(from) === join(this.#dir, 'seats') && bytes.length <= blankOrderBytes;
    const dir = this.dirOf(runId);
    if (isSeat) this.#disk.overwrite(join(from, 'order'), bytes);
    else this.#disk.write(join(from, 'order'), bytes);
    this.#disk.rename(from, dir);
    const file = join(dir, 'order');
    if (isSeat) await this.#disk.syncData(file);
    else await this.#disk.sync([file, dir, join(this.#dir, 'runs')]);
  }

  async #undo(run: NewRun): Promise<void> {
    // Should the removal fail as well, a claim of ours keeps the next agent from starting what was refused.
    const claim = formatNever({
      end: 'FINISHED_END_UNSTARTED',
      reason: 'REASON_SPOOL',
      detail: 'it was refused',
    });
    for (const dir of [this.dirOf(run.runId), run.from]) {
      try {
        this.#disk.writeNew(join(dir, 'started'), claim);
      } catch {
        // The directory is not there, or can't be written: both are why we are here.
      }
    }
    await Promise.allSettled([this.#disk.remove(run.from), this.remove(run.runId)]);
  }

  /** Every run that the spool holds. A directory without a whole order and without a claim was never accepted. */
  async recover(agentId: string): Promise<FoundRun[]> {
    await this.#emptySeats(agentId);
    const found: FoundRun[] = [];
    for (const runId of fs.readdirSync(join(this.#dir, 'runs')).sort()) {
      const order = this.#readOrder(this.dirOf(runId), agentId);
      if (order?.runId === runId) found.push(order);
      else if (this.claim(runId)) found.push({ runId, document: null, sameBoot: false, acceptedAt: 0 });
      else await this.remove(runId);
    }
    return found;
  }

  /** Takes in orders that were durable before their directory's name was; other seats were never sat in. */
  async #emptySeats(agentId: string): Promise<void> {
    for (const name of fs.readdirSync(join(this.#dir, 'seats'))) {
      const seat = join(this.#dir, 'seats', name);
      const order = this.#readOrder(seat, agentId);
      if (order && !fs.existsSync(this.dirOf(order.runId))) this.#disk.rename(seat, this.dirOf(order.runId));
      else await this.#disk.remove(seat);
    }
  }

  #readOrder(dir: string, agentId: string): FoundRun | null {
    try {
      const file = parseOrder(fs.readFileSync(join(dir, 'order')));
      if (!file) return null;
      const bytes = Buffer.from(file.document, 'base64');
      const decoded = decodeDocument(bytes);
      if (!decoded.ok) return null;
      const { document } = decoded;
      const sameBoot = file.bootId === this.#bootId;
      return { runId: runIdOf(bytes, agentId), document, sameBoot, acceptedAt: file.acceptedAt };
    } catch {
      return null;
    }
  }

  /** The script as it was approved; null when the order can't be read. */
  script(runId: string): string | null {
    try {
      const file = parseOrder(fs.readFileSync(join(this.dirOf(runId), 'order')));
      return file && Buffer.from(file.script, 'base64').toString('utf8');
    } catch {
      return null;
    }
  }

  /** The claim on a run, null while there is none. */
  claim(runId: string): Claim | null {
    const text = this.#text(runId, 'started');
    return text === null ? null : parseClaim(text);
  }

  /** Claims a run so that it never starts. @returns the claim that holds, which may be a wrapper's. */
  neverStart(runId: string, never: Never): Claim {
    if (this.#disk.writeNew(join(this.dirOf(runId), 'started'), formatNever(never))) {
      return { kind: 'never', never };
    }
    return this.claim(runId) ?? { kind: 'unwritten' };
  }

  /** Claims a run that was started and has no claim any more, so that it never is again. @returns false when there is a claim by now. */
  claimLost(runId: string): boolean {
    return this.#disk.writeNew(join(this.dirOf(runId), 'started'), lostClaim);
  }

  /** True when files of a run tell of an end or hold output, as they can only when its script was started. */
  hasTraces(runId: string): boolean {
    if (this.#text(runId, 'exit') !== null) return true;
    return (['stdout', 'stderr'] as const).some((output) => {
      const { mainBytes, tailBytes } = this.outputFiles(runId, output);
      return mainBytes + tailBytes > 0;
    });
  }

  /**
   * The script's process, leader of its group, and when it was started: by this machine's clock, and by its uptime where
   * the wrapper could read that. Null when the wrapper did not say.
   */
  scriptProcess(
    runId: string,
  ): (WrapperProcess & { startedAt: number; startUptimeMs: number | null }) | null {
    const match = /^(\d+) (.+)\n(?:([\d.]+)\n)?$/.exec(this.#text(runId, 'group') ?? '');
    const pid = Number(match?.[1]);
    // The numbers of every process and of init are no group of ours.
    if (!match?.[2] || !(pid > 1)) return null;
    const startedAt = fs.statSync(join(this.dirOf(runId), 'group')).mtimeMs;
    const startUptimeMs = match[3] === undefined ? null : Number(match[3]) * 1000;
    return { pid, born: match[2], startedAt, startUptimeMs };
  }

  exit(runId: string): ExitFacts | null {
    const text = this.#text(runId, 'exit');
    return text === null ? null : parseExit(text);
  }

  outputFiles(runId: string, output: OutputName): OutputFiles {
    const file = join(this.dirOf(runId), output);
    return { mainBytes: sizeOf(file), tailBytes: sizeOf(`${file}.tail`) };
  }

  /** Bytes of one output file. Shorter than asked only at its end. */
  read(runId: string, output: OutputName, from: 'main' | 'tail', position: number, bytes: number): Buffer {
    const path = join(this.dirOf(runId), from === 'main' ? output : `${output}.tail`);
    const file = openPlain(path);
    try {
      const buffer = Buffer.allocUnsafe(bytes);
      const read = fs.readSync(file, buffer, 0, bytes, position);
      return read === bytes ? buffer : buffer.subarray(0, read);
    } finally {
      fs.closeSync(file);
    }
  }

  /** What a run's files take. */
  bytesOf(runId: string): number {
    const names = ['order', 'script', 'script.ps1', 'stdout', 'stderr', 'stdout.tail', 'stderr.tail'];
    return names.reduce((sum, name) => sum + sizeOf(join(this.dirOf(runId), name)), 0);
  }

  /** Removes the directory in which the script of a finished run worked. */
  removeWork(runId: string): Promise<void> {
    return this.#disk.remove(join(this.dirOf(runId), 'work'));
  }

  /** Removes the output of a finished run; that it is gone, and why, stays told. */
  async dropOutput(runId: string, why: string): Promise<void> {
    const dir = this.dirOf(runId);
    this.#disk.write(join(dir, 'dropped'), `${why}\n`);
    const names = ['stdout', 'stderr', 'stdout.tail', 'stderr.tail'];
    await Promise.all(names.map((name) => this.#disk.remove(join(dir, name))));
  }

  /** Why the output of a run is not there any more; null when it is. */
  givenUp(runId: string): string | null {
    return this.#text(runId, 'dropped')?.trim() ?? null;
  }

  /**
   * Frees a run's files. Its tombstone must be durable by then.
   *
   * The directory leaves its place whole before it is emptied: a removal takes the claim first, and a late wrapper
   * that found it gone would start the script; or the next agent would, after a crash in between. Away from its
   * place a wrapper finds no script.
   */
  async remove(runId: string): Promise<void> {
    const away = join(this.#dir, 'next', randomUUID());
    try {
      this.#disk.rename(this.dirOf(runId), away);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
      // Windows moves no directory that is open; its wrapper may be on its way out.
      if (process.platform !== 'win32') throw error;
      await this.#disk.remove(this.dirOf(runId));
    }
    await this.#disk.remove(away);
  }

  #text(runId: string, name: string): string | null {
    let file: number;
    try {
      file = openPlain(join(this.dirOf(runId), name));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT') return null;
      if (error instanceof NotPlain || code === 'ELOOP') return '';
      throw error;
    }
    try {
      const buffer = Buffer.alloc(claimBytesMax);
      return buffer.toString('utf8', 0, fs.readSync(file, buffer, 0, claimBytesMax, 0));
    } finally {
      fs.closeSync(file);
    }
  }
}

/** Something else stands where the spool keeps a file: scripts run as the agent's own user and can put it there. */
class NotPlain extends Error {}

const { O_RDONLY, O_NONBLOCK = 0, O_NOFOLLOW = 0 } = fs.constants;

/** Opens a file for reading. Of anything else it keeps off: opening a named pipe would hold the agent for ever. */
const openPlain = (path: string): number => {
  const file = fs.openSync(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW);
  if (fs.fstatSync(file).isFile()) return file;
  fs.closeSync(file);
  throw new NotPlain(`${path} is no file`);
};

const sizeOf = (path: string): number => fs.statSync(path, { throwIfNoEntry: false })?.size ?? 0;
