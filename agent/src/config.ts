import os from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { dataPlace } from './core/data-place.ts';
import { userPattern } from './core/settings.ts';
import { helpFor } from './help.ts';
import type { LocalAddress } from './link/gateway-channel.ts';
import type { PolicyPlace } from './run/policy-keeper.ts';

export interface AgentConfig {
  dataDir: string;
  /** Null for the server that this machine has joined. */
  address: LocalAddress | null;
  name: string;
  labels: Record<string, string>;
  policy: PolicyPlace;
  /** The user that scripts run as, where the policy names none; null for the agent's own. */
  runAs: string | null;
}

export interface JoinOptions {
  token: string;
  dataDir: string;
  name: string;
  again: boolean;
}

/** Of `status` and `leave`. */
export interface PlaceOptions {
  dataDir: string;
  json: boolean;
  force: boolean;
}

type Wrong = { ok: false; sentence: string };

/** The kernel's bound on a Unix socket's path: 108 bytes with the closing NUL on Linux, 104 on macOS. */
const socketPathBytesMax = process.platform === 'linux' ? 107 : 103;

/** The environment, read here and handed on from here. */
export const environment: NodeJS.ProcessEnv = process.env;

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;

const wrongUse =
  (command: string) =>
  (problem: string): Wrong => ({ ok: false, sentence: `${problem}\n${helpFor(command)}` });

/**
 * Reads the command line of `run`, and the environment; only the functions of this file do.
 *
 * @returns a sentence for the person who started it when something is missing or wrong.
 */
export const readConfig = (
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): { ok: true; config: AgentConfig } | Wrong => {
  const wrong = wrongUse('run');
  const parsed = parse(args, {
    socket: text,
    gateway: text,
    data: text,
    name: text,
    label: { type: 'string', multiple: true },
    'run-as': text,
  });
  if (typeof parsed === 'string') return wrong(parsed);
  const { socket, gateway, data, name, label = [] } = parsed.values;
  if (parsed.positionals.length > 0) return wrong('`run` takes options only.');
  const isLocal = socket !== undefined || gateway !== undefined;
  if (isLocal && !data) return wrong('--data is missing: the directory that keeps identity and spool.');
  const dataDir = dataDirOf(data, env);
  if (dataDir === null) return wrong(noLineBreak);
  const address = isLocal ? addressOf(socket, gateway, env.NERDY_AGENT_TOKEN) : null;
  if (typeof address === 'string') return wrong(address);
  if (!isLocal && (name !== undefined || label.length > 0))
    return wrong('--name and --label are for the local socket; elsewhere joining fixes both.');
  const labels: Record<string, string> = {};
  for (const one of label) {
    const at = one.indexOf('=');
    if (at < 1) return wrong(`--label ${one} is not of the form key=value.`);
    labels[one.slice(0, at)] = one.slice(at + 1);
  }
  const policy = policyPlaceOf(env);
  const runAs = parsed.values['run-as'] ?? null;
  if (runAs !== null && !userPattern.test(runAs)) return wrong("--run-as takes a user's name.");
  return { ok: true, config: { dataDir, address, name: name ?? os.hostname(), labels, policy, runAs } };
};

/** Reads the command line of `join`. */
export const readJoin = (
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): { ok: true; options: JoinOptions } | Wrong => {
  const wrong = wrongUse('join');
  const parsed = parse(args, { data: text, name: text, again: flag });
  if (typeof parsed === 'string') return wrong(parsed);
  const [token, ...more] = parsed.positionals;
  if (token === undefined || more.length > 0) return wrong('`join` takes one token.');
  const { data, name, again = false } = parsed.values;
  const dataDir = dataDirOf(data, env);
  if (dataDir === null) return wrong(noLineBreak);
  return { ok: true, options: { token, dataDir, name: name ?? os.hostname(), again } };
};

/** Reads the command line of `status` or `leave`. */
export const readPlace = (
  command: 'status' | 'leave',
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): { ok: true; options: PlaceOptions } | Wrong => {
  const wrong = wrongUse(command);
  const parsed = parse(args, { data: text, json: flag, force: flag });
  if (typeof parsed === 'string') return wrong(parsed);
  const { data, json = false, force = false } = parsed.values;
  if (parsed.positionals.length > 0) return wrong(`\`${command}\` takes options only.`);
  if (command === 'status' ? force : json)
    return wrong(`\`${command}\` has no --${force ? 'force' : 'json'}.`);
  const dataDir = dataDirOf(data, env);
  return dataDir === null ? wrong(noLineBreak) : { ok: true, options: { dataDir, json, force } };
};

/** Where this machine's policy is: a file that was named must be there, the usual one may be. */
export const policyPlaceOf = (env: NodeJS.ProcessEnv): PolicyPlace => {
  if (env.NERDY_AGENT_POLICY) return { path: resolve(env.NERDY_AGENT_POLICY), mustExist: true };
  const usual =
    process.platform === 'win32'
      ? join(env.ProgramData ?? 'C:\\ProgramData', 'NerdyOps', 'agent-policy.yml')
      : '/etc/nerdyops/agent-policy.yml';
  return { path: usual, mustExist: false };
};

const parse = <O extends NonNullable<Parameters<typeof parseArgs>[0]>['options']>(
  args: readonly string[],
  options: O,
) => {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options: options as NonNullable<O> });
  } catch (error) {
    return (error as Error).message;
  }
};

/** The wrapper's line-based files name paths below it. */
const noLineBreak = '--data must not hold a line break.';

const dataDirOf = (data: string | undefined, env: NodeJS.ProcessEnv): string | null => {
  const isRoot = process.geteuid?.() === 0;
  const dir = data ?? dataPlace({ platform: process.platform, isRoot, home: os.homedir(), env });
  return /[\r\n]/.test(dir) ? null : resolve(dir);
};

const addressOf = (
  socket: string | undefined,
  gateway: string | undefined,
  token: string | undefined,
): LocalAddress | string => {
  if (socket) {
    const path = resolve(socket);
    const bytes = Buffer.byteLength(path);
    return bytes <= socketPathBytesMax
      ? { socket: path }
      : `The socket's path has ${bytes} bytes; at most ${socketPathBytesMax} are possible. Use a shorter one.`;
  }
  if (!gateway) return '--socket is missing: the path of the gateway’s socket.';
  if (!/^127\.0\.0\.1:\d+$/.test(gateway)) return '--gateway must be a port on 127.0.0.1.';
  return token ? { hostPort: gateway, token } : 'NERDY_AGENT_TOKEN is missing.';
};
