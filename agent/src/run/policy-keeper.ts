import fs from 'node:fs';
import { dirname } from 'node:path';
import type { WireLocalPolicy } from '../../../proto/agent-stream.ts';
import type { ApprovalDocument } from '../../../src/core/order.ts';
import { policyBytesMax } from '../core/limits.ts';
import {
  judge,
  noPolicy,
  objectionOf,
  type Policy,
  type PolicyQuestion,
  type PolicyVerdict,
} from '../core/policy.ts';
import { readPolicy } from '../core/policy-file.ts';

/** What is in force: a policy (that of a file, or none at all), or why nothing may run. */
export type PolicyState =
  | { kind: 'none' }
  | { kind: 'file'; policy: Policy }
  | { kind: 'broken'; problem: string };

/** How it is told to the gateway. Scripts run as the agent's own user, who could change the file or the spool. */
export const wirePolicyOf = (state: PolicyState): WireLocalPolicy => {
  const told = {
    none: 'POLICY_STATE_NONE',
    broken: 'POLICY_STATE_BROKEN',
    approved: 'POLICY_STATE_APPROVED',
    'read-only': 'POLICY_STATE_READ_ONLY',
  } as const;
  return { state: told[state.kind === 'file' ? state.policy.mode : state.kind], binding: false };
};

export interface PolicyPlace {
  path: string;
  /** Somebody named it, so it must be there; otherwise no file means no policy. */
  mustExist: boolean;
}

const none: PolicyState = { kind: 'none' };

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
  /** Scripts run as this user where the approval names none. */
  readonly #user: string;
  #read: { mark: string; state: PolicyState } | null = null;

  /** @param place null for a machine that has no policy, whatever its files are. */
  constructor(place: PolicyPlace | null, user: string) {
    this.place = place;
    this.#user = user;
  }

  /** What is in force now. Never throws. */
  state(): PolicyState {
    if (this.place === null) return none;
    try {
      const mark = markOf(this.place.path);
      if (mark === null) return this.place.mustExist ? { kind: 'broken', problem: 'it is not there' } : none;
      if (this.#read?.mark !== mark) this.#read = { mark, state: readFile(this.place.path) };
      return this.#read.state;
    } catch (error) {
      return { kind: 'broken', problem: `it can't be read: ${(error as Error).message}` };
    }
  }

  /** Why a script must not run here, and what was in force when that was asked. */
  ask(document: ApprovalDocument, script: string): { judgedBy: PolicyState; objection: string | null } {
    const judgedBy = this.state();
    const user = document.runAs ?? this.#user;
    const { script: approved, decisions } = document;
    const verdict = this.judge({ interpreter: approved.interpreter, script, user, decisions }, judgedBy);
    return { judgedBy, objection: objectionOf(verdict) };
  }

  judge(question: PolicyQuestion, state = this.state()): PolicyVerdict {
    if (state.kind === 'broken') {
      const reason = `its policy file ${this.place?.path} can't be relied on (${state.problem}), so nothing runs until it is mended`;
      return { ok: false, rule: null, reason };
    }
    return judge(state.kind === 'file' ? state.policy : noPolicy, question);
  }
}

/** Changes whenever the file or its folder does, by content, owner or rights. Null when there is no file. */
const markOf = (path: string): string | null => {
  const file = fs.lstatSync(path, { bigint: true, throwIfNoEntry: false });
  if (!file) return null;
  const folder = fs.statSync(dirname(path), { bigint: true });
  return [file, folder].map((s) => `${s.dev}:${s.ino}:${s.size}:${s.mtimeNs}:${s.ctimeNs}`).join(' ');
};

/** Opens it once: what is checked is what is read. */
const readFile = (path: string): PolicyState => {
  try {
    checkFolder(dirname(path));
    const file = openPlain(path);
    try {
      checkOwner(fs.fstatSync(file), 'it');
      const bytes = Buffer.alloc(policyBytesMax + 1);
      const length = fs.readSync(file, bytes, 0, bytes.length, 0);
      if (length > policyBytesMax) throw new Broken(`it is longer than ${policyBytesMax} bytes`);
      const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, length));
      const read = readPolicy(text);
      return read.ok ? { kind: 'file', policy: read.policy } : { kind: 'broken', problem: read.problem };
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
