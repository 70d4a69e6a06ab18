import fs from 'node:fs';
import type { WireLocalPolicy } from '../../../proto/agent-stream.ts';
import type { ApprovalDocument } from '../../../src/core/order.ts';
import { detailCharsMax, policyBytesMax, userRetryMs } from '../core/limits.ts';
import {
  judge,
  noPolicy,
  objectionOf,
  type Policy,
  type PolicyQuestion,
  type PolicyVerdict,
} from '../core/policy.ts';
import { readPolicy } from '../core/policy-file.ts';
import { type Settings, usualSettings } from '../core/settings.ts';
import { foldersOver } from './folders-over.ts';
import type { Confinement, RunUser } from './run-user.ts';

/** What is in force: a policy (that of a file, or none at all) and how scripts are confined, or why nothing may run. */
export type PolicyState =
  | { kind: 'none'; confinement: Confinement }
  | { kind: 'file'; policy: Policy; confinement: Confinement }
  | { kind: 'broken'; problem: string };

/**
 * How it is told to the gateway. It binds when scripts run as a user who can change neither the file nor the spool, nor
 * what this agent is made of.
 */
export const wirePolicyOf = (keeper: PolicyKeeper): WireLocalPolicy => {
  const state = keeper.state();
  const told = {
    none: 'POLICY_STATE_NONE',
    broken: 'POLICY_STATE_BROKEN',
    approved: 'POLICY_STATE_APPROVED',
    'read-only': 'POLICY_STATE_READ_ONLY',
  } as const;
  const user = state.kind === 'broken' ? null : state.confinement.user;
  return {
    state: told[state.kind === 'file' ? state.policy.mode : state.kind],
    binding: user !== null && user.loophole === null,
    user: keeper.user() ?? '',
  };
};

export interface PolicyPlace {
  path: string;
  /** Somebody named it, so it must be there; otherwise no file means no policy. */
  mustExist: boolean;
}

export interface PolicyKeeperParts {
  /** Null for a machine that has no policy, whatever its files are. */
  place: PolicyPlace | null;
  /** Scripts run as this user where nobody names one. */
  user: string;
  /** Where the file says nothing. */
  usual?: Settings;
  /** Null for the agent's own user; why nothing can run as the one that is named. */
  findUser?: (settings: Settings) => RunUser | null | string;
  monotonicMs?: () => number;
}

/** What the file said, or that there is none. */
type FileState =
  | { kind: 'none'; settings: Settings }
  | { kind: 'file'; policy: Policy; settings: Settings }
  | { kind: 'broken'; problem: string };

/** A policy that can't be trusted or understood. */
class Broken extends Error {}

const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = fs.constants;

/**
 * The local policy (law 6): a file on this machine, read by the agent alone; nothing from the server changes it. It is
 * looked at for every order, and read again when it has changed. One that can't be read, understood or trusted refuses
 * everything.
 */
export class PolicyKeeper {
  readonly place: PolicyPlace | null;
  readonly #parts: PolicyKeeperParts;
  #known: { mark: string; state: PolicyState; until: number } | null = null;

  constructor(parts: PolicyKeeperParts) {
    this.place = parts.place;
    this.#parts = parts;
  }

  /** What is in force now: the same object as long as nothing changes. Never throws. */
  state(): PolicyState {
    const { usual = usualSettings, monotonicMs = () => performance.now() } = this.#parts;
    try {
      const mark = (this.place && markOf(this.place.path)) ?? '';
      if (this.#known?.mark !== mark || monotonicMs() > this.#known.until) {
        const { state, isLasting } = this.#confined(this.#read(mark, usual));
        const until = isLasting ? Number.POSITIVE_INFINITY : monotonicMs() + userRetryMs;
        this.#known = { mark, state, until };
      }
      return this.#known.state;
    } catch (error) {
      return { kind: 'broken', problem: `it can't be read: ${(error as Error).message}` };
    }
  }

  #read(mark: string, usual: Settings): FileState {
    if (this.place === null || (mark === '' && !this.place.mustExist))
      return { kind: 'none', settings: usual };
    return mark === '' ? { kind: 'broken', problem: 'it is not there' } : readFile(this.place.path, usual);
  }

  /** A user as whom nothing can run is no reason to run it as another one. */
  #confined(read: FileState): { state: PolicyState; isLasting: boolean } {
    if (read.kind === 'broken') return { state: read, isLasting: true };
    const { settings } = read;
    const user = this.#parts.findUser?.(settings) ?? null;
    if (typeof user === 'string') return { state: { kind: 'broken', problem: user }, isLasting: false };
    const confinement = { settings, user };
    const state: PolicyState =
      read.kind === 'none'
        ? { kind: 'none', confinement }
        : { kind: 'file', policy: read.policy, confinement };
    return { state, isLasting: true };
  }

  /** How a script would run now; null while nothing runs at all. */
  confinement(): Confinement | null {
    const state = this.state();
    return state.kind === 'broken' ? null : state.confinement;
  }

  /** Those in force; the usual ones while nothing runs at all. */
  settings(): Settings {
    return this.confinement()?.settings ?? this.#parts.usual ?? usualSettings;
  }

  /** The user that scripts run as; null while nothing runs at all. */
  user(): string | null {
    const confinement = this.confinement();
    return confinement && (confinement.user?.name ?? this.#parts.user);
  }

  /** Why a script must not run here, and what was in force when that was asked. */
  ask(document: ApprovalDocument, script: string): { judgedBy: PolicyState; objection: string | null } {
    const judgedBy = this.state();
    const user = this.user() ?? document.runAs ?? this.#parts.user;
    const { script: approved, decisions } = document;
    if (judgedBy.kind !== 'broken' && document.runAs !== null && document.runAs !== user) {
      const objection = `it was approved to run as ${document.runAs}, and scripts run as ${user} here by now`;
      return { judgedBy, objection: objection.slice(0, detailCharsMax) };
    }
    const verdict = this.judge({ interpreter: approved.interpreter, script, user, decisions }, judgedBy);
    return { judgedBy, objection: objectionOf(verdict) };
  }

  judge(question: PolicyQuestion, state = this.state()): PolicyVerdict {
    if (state.kind === 'broken') {
      const what = this.place === null ? 'its settings' : `its policy file ${this.place.path}`;
      const reason = `${what} can't be relied on (${state.problem}), so nothing runs until it is mended`;
      return { ok: false, rule: null, reason };
    }
    return judge(state.kind === 'file' ? state.policy : noPolicy, question);
  }
}

/** Changes whenever the file does, by content, owner or rights, or who may write to a folder over it. Null for no file. */
const markOf = (path: string): string | null => {
  const file = fs.lstatSync(path, { bigint: true, throwIfNoEntry: false });
  if (!file) return null;
  const { dev, ino, size, mtimeNs, ctimeNs } = file;
  const folders = [...foldersOver(path)].map((folder) => {
    const stat = fs.statSync(folder);
    return `${stat.dev}:${stat.ino}:${stat.uid}:${stat.mode}`;
  });
  return [`${dev}:${ino}:${size}:${mtimeNs}:${ctimeNs}`, ...folders].join(' ');
};

/** Opens it once: what is checked is what is read. */
const readFile = (path: string, usual: Settings): FileState => {
  try {
    for (const folder of foldersOver(path)) checkFolder(folder);
    const file = openPlain(path);
    try {
      checkOwner(fs.fstatSync(file), 'it');
      const bytes = Buffer.alloc(policyBytesMax + 1);
      const length = fs.readSync(file, bytes, 0, bytes.length, 0);
      if (length > policyBytesMax) throw new Broken(`it is longer than ${policyBytesMax} bytes`);
      const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, length));
      const read = readPolicy(text, usual);
      if (!read.ok) return { kind: 'broken', problem: read.problem };
      return { kind: 'file', policy: read.policy, settings: read.settings };
    } finally {
      fs.closeSync(file);
    }
  } catch (error) {
    const { message } = error as Error;
    return { kind: 'broken', problem: error instanceof Broken ? message : `it can't be read: ${message}` };
  }
};

const openPlain = (path: string): number => {
  let file: number;
  try {
    file = fs.openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ELOOP') throw new Broken('it is a link');
    throw error;
  }
  if (fs.fstatSync(file).isFile()) return file;
  fs.closeSync(file);
  throw new Broken('it is no file');
};

/** Whoever may write to the folder may put another file in its place; a sticky one keeps them from it. */
const checkFolder = (folder: string): void => {
  const stat = fs.statSync(folder);
  if ((stat.mode & 0o1000) === 0) checkOwner(stat, `its folder ${folder}`);
};

const checkOwner = (stat: fs.Stats, what: string): void => {
  // Windows has no such modes: there the folder's own access list is the guard.
  if (process.platform === 'win32') return;
  const own = process.geteuid?.();
  if (stat.uid !== 0 && stat.uid !== own) throw new Broken(`${what} belongs to another user`);
  if ((stat.mode & 0o022) !== 0) throw new Broken(`${what} may be written by others: chmod go-w`);
};
