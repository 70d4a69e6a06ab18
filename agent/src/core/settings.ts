import {
  changesAtOnceUsual,
  fileBytesUsual,
  niceUsual,
  openFilesUsual,
  processesUsual,
  runsAtOnceMax,
  runsAtOnceUsual,
  spoolBytesUsual,
  spoolDaysUsual,
  spoolFreeBytesUsual,
} from './limits.ts';
import { isMap, Mistake, onlyKeys } from './mistake.ts';

/** How scripts are confined on this machine, and how much of its disk the agent may keep. */
export interface Settings {
  /** The user that scripts run as; null for the agent's own. */
  readonly runAs: string | null;
  /** Scripts may use sudo and other setuid programs, although they run as that user. */
  readonly mayRaise: boolean;
  /** Where the working directories of that user are; null for the usual place. */
  readonly folder: string | null;
  readonly runsAtOnce: number;
  /** Of these, scripts that are not proven to only read. */
  readonly changesAtOnce: number;
  readonly limits: ScriptLimits;
  readonly spool: SpoolBounds;
}

/** What the kernel holds each script to; null leaves what the agent was started with. */
export interface ScriptLimits {
  readonly nice: number;
  readonly openFiles: number | null;
  readonly processes: number | null;
  readonly fileBytes: number | null;
  /** Of address space, for each process. */
  readonly memoryBytes: number | null;
}

export interface SpoolBounds {
  /** Days after an order's latest start that output waits for a server that doesn't take it. */
  readonly days: number;
  /** All that finished runs may hold. */
  readonly bytes: number;
  /** Of its file system: with less, no order is taken. */
  readonly freeBytes: number;
}

const mebibyte = 1024 * 1024;

/** The settings of a machine that has none of its own. */
export const usualSettings: Settings = {
  runAs: null,
  mayRaise: false,
  folder: null,
  runsAtOnce: runsAtOnceUsual,
  changesAtOnce: changesAtOnceUsual,
  limits: {
    nice: niceUsual,
    openFiles: openFilesUsual,
    processes: processesUsual,
    fileBytes: fileBytesUsual,
    memoryBytes: null,
  },
  spool: { days: spoolDaysUsual, bytes: spoolBytesUsual, freeBytes: spoolFreeBytesUsual },
};

/** The keys of the file that are settings. */
export const settingKeys = ['runAs', 'runs', 'spool'] as const;

const runKeys = [
  'atOnce',
  'changesAtOnce',
  'nice',
  'openFiles',
  'processes',
  'fileMegabytes',
  'memoryMegabytes',
  'sudo',
  'folder',
] as const;

/** Reads the settings of a policy file, on top of the given ones. @throws Mistake */
export const readSettings = (file: Record<string, unknown>, usual: Settings): Settings => {
  const runs = mapOf(file.runs, runKeys, '`runs`');
  const spool = mapOf(file.spool, ['days', 'megabytes', 'freeMegabytes'], '`spool`');
  const { limits } = usual;
  const runsAtOnce = count(runs.atOnce, '`runs.atOnce`', 1, runsAtOnceMax) ?? usual.runsAtOnce;
  return {
    runAs: userOf(file.runAs) ?? usual.runAs,
    mayRaise: flag(runs.sudo, '`runs.sudo`') ?? usual.mayRaise,
    folder: folderOf(runs.folder) ?? usual.folder,
    runsAtOnce,
    changesAtOnce: count(runs.changesAtOnce, '`runs.changesAtOnce`', 1, runsAtOnceMax) ?? usual.changesAtOnce,
    limits: {
      nice: count(runs.nice, '`runs.nice`', 0, 19) ?? limits.nice,
      openFiles: limitOf(runs.openFiles, '`runs.openFiles`', 64, limits.openFiles),
      processes: limitOf(runs.processes, '`runs.processes`', 16, limits.processes),
      fileBytes: bytesOf(limitOf(runs.fileMegabytes, '`runs.fileMegabytes`', 1, undefined), limits.fileBytes),
      memoryBytes: bytesOf(
        limitOf(runs.memoryMegabytes, '`runs.memoryMegabytes`', 64, undefined),
        limits.memoryBytes,
      ),
    },
    spool: {
      days: count(spool.days, '`spool.days`', 1, 365) ?? usual.spool.days,
      bytes: bytesOf(count(spool.megabytes, '`spool.megabytes`', 16, numberMax), usual.spool.bytes),
      freeBytes: bytesOf(
        count(spool.freeMegabytes, '`spool.freeMegabytes`', 0, numberMax),
        usual.spool.freeBytes,
      ),
    },
  };
};

/** What a shell's arithmetic and a kernel's limits still hold when it is counted in bytes. */
const numberMax = 1_000_000_000;

const mapOf = (value: unknown, keys: readonly string[], where: string): Record<string, unknown> => {
  if (value === undefined || value === null) return {};
  if (!isMap(value)) throw new Mistake(`${where} must be a map of ${keys.join(', ')}`);
  onlyKeys(value, keys, where);
  return value;
};

const count = (value: unknown, where: string, min: number, max: number): number | undefined => {
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max) return value;
  throw new Mistake(`${where} must be a whole number from ${min} to ${max}`);
};

/** `none` takes a limit away. */
const limitOf = <T extends number | null | undefined>(
  value: unknown,
  where: string,
  min: number,
  usual: T,
): number | null | T => {
  if (value === 'none') return null;
  return count(value, where, min, numberMax) ?? usual;
};

const bytesOf = <T extends number | null>(megabytes: number | null | undefined, usual: T): T | number =>
  megabytes === undefined ? usual : ((megabytes === null ? null : megabytes * mebibyte) as T | number);

const flag = (value: unknown, where: string): boolean | undefined => {
  if (value === undefined || typeof value === 'boolean') return value;
  throw new Mistake(`${where} must be true or false`);
};

/** A user's name as useradd takes it; no option and no number can look like one. */
export const userPattern = /^[A-Za-z_][A-Za-z0-9_.-]{0,31}$/;

const userOf = (value: unknown): string | undefined => {
  if (value === undefined) return undefined;
  if (typeof value === 'string' && userPattern.test(value)) return value;
  throw new Mistake("`runAs` must be a user's name");
};

const folderOf = (value: unknown): string | undefined => {
  if (value === undefined) return undefined;
  const isPlain =
    typeof value === 'string' &&
    /^\/[^\p{Cc}]*[^/\p{Cc}]$/u.test(value) &&
    !value.split('/').some((part) => /^\.\.?$/.test(part));
  if (isPlain) return value as string;
  throw new Mistake('`runs.folder` must begin with /, without "." and ".." in it');
};
