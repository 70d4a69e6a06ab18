import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import { join } from 'node:path';
import type { WireOrder } from '../../../proto/agent-stream.ts';
import { type ApprovalDocument, decodeDocument, runIdOf } from '../../../src/core/order.ts';
import { type Claim, formatNever, lostClaim, type Never, parseClaim } from '../core/claim.ts';
import { scriptBytesOf, scriptFileOf } from '../core/command-line.ts';
import { type ExitFacts, parseExit } from '../core/exit-file.ts';
import type { OutputFiles } from '../core/kept-output.ts';
import { claimBytesMax } from '../core/limits.ts';
import type { Disk } from './disk.ts';
import type { WrapperProcess } from './wrapper-process.ts';

export type OutputName = 'stdout' | 'stderr';

/** An order on its way to the disk. */
export interface NewRun {
  runId: string;
  order: WireOrder;
  document: ApprovalDocument;
  /** A directory made by `prepare`, which becomes the run's. */
  from: string;
}

/** A run as a restarted agent finds it. `document` is null when the order's file is damaged. */
export interface FoundRun {
  runId: string;
  document: ApprovalDocument | null;
  sameBoot: boolean;
  acceptedAt: number;
}

/** The file `order`. The signature and the script's bytes are kept too: the evidence stands by itself. */
interface OrderFile {
  v: 1;
  bootId: string;
  acceptedAt: number;
  document: string;
  signature: string;
  script: string;
}

/**
 * The record of runs on disk, under `<data>/spool`: `runs/<run id>/` for what is not acknowledged yet, `next/` for
 * directories that wait for an order, `spool-id`. It keeps no state in memory: what a run is, its files say.
 *
 * A run's directory: `order` (stored before it was accepted), `script`, `work/` (the script's own), `started` (the
 * claim), `group` (the script's process), `stdout`, `stderr`, `….tail`, `exit`, and the wrapper's named pipes.
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

  discard(dir: string): Promise<void> {
    return this.#disk.remove(dir);
  }

  /**
   * Stores orders and makes them durable, all at one time. Each becomes visible by one rename, whole. One that
   * can't be stored leaves nothing behind.
   *
   * @returns for each order null, or why it could not be stored.
   */
  async store(runs: readonly NewRun[], acceptedAt: number): Promise<(Error | null)[]> {
    const results = await Promise.all(
      runs.map(async (run) => {
        const dir = this.dirOf(run.runId);
        try {
          this.#writeOrder(run, acceptedAt);
          this.#disk.rename(run.from, dir);
          // The script's file needs no sync: after another boot no run is started, and `order` holds its bytes.
          await this.#disk.sync([join(dir, 'order'), dir, join(this.#dir, 'runs')]);
          return null;
        } catch (error) {
          return error as Error;
        }
      }),
    );
    await Promise.all(runs.map((run, at) => (results[at] ? this.#undo(run) : null)));
    return results;
  }

  #writeOrder(run: NewRun, acceptedAt: number): void {
    const { document, order, from } = run;
    const file: OrderFile = {
      v: 1,
      bootId: this.#bootId,
      acceptedAt,
      document: order.document.toString('base64'),
      signature: order.signature.toString('base64'),
      script: order.script.toString('base64'),
    };
    const { interpreter } = document.script;
    this.#disk.write(join(from, scriptFileOf(interpreter)), scriptBytesOf(order.script, interpreter));
    this.#disk.write(join(from, 'order'), JSON.stringify(file));
  }

  async #undo(run: NewRun): Promise<void> {
    // Should the removal fail as well, a claim of ours keeps the next agent from starting what was refused.
    try {
      this.#disk.writeNew(
        join(this.dirOf(run.runId), 'started'),
        formatNever({ end: 'FINISHED_END_UNSTARTED', reason: 'REASON_SPOOL', detail: 'it was refused' }),
      );
    } catch {
      // The directory never came to be, or can't be written: both are why we are here.
    }
    await Promise.allSettled([this.#disk.remove(run.from), this.remove(run.runId)]);
  }

  /** Every run that the spool holds. A directory without a readable order and without a claim was never accepted. */
  async recover(agentId: string): Promise<FoundRun[]> {
    const found: FoundRun[] = [];
    for (const runId of fs.readdirSync(join(this.#dir, 'runs')).sort()) {
      const order = this.#readOrder(runId, agentId);
      if (order) found.push(order);
      else if (this.claim(runId)) found.push({ runId, document: null, sameBoot: false, acceptedAt: 0 });
      else await this.remove(runId);
    }
    return found;
  }

  #readOrder(runId: string, agentId: string): FoundRun | null {
    try {
      const file = JSON.parse(fs.readFileSync(join(this.dirOf(runId), 'order'), 'utf8')) as OrderFile;
      const bytes = Buffer.from(file.document, 'base64');
      const decoded = decodeDocument(bytes);
      if (!decoded.ok || runIdOf(bytes, agentId) !== runId) return null;
      const sameBoot = file.bootId === this.#bootId;
      return { runId, document: decoded.document, sameBoot, acceptedAt: file.acceptedAt };
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

  /** The script's process, leader of its group, and when it was started; null when the wrapper did not say. */
  scriptProcess(runId: string): (WrapperProcess & { startedAt: number }) | null {
    const match = /^(\d+) (.+)\n$/.exec(this.#text(runId, 'group') ?? '');
    const pid = Number(match?.[1]);
    // The numbers of every process and of init are no group of ours.
    if (!match?.[2] || !(pid > 1)) return null;
    const startedAt = fs.statSync(join(this.dirOf(runId), 'group')).mtimeMs;
    return { pid, born: match[2], startedAt };
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
