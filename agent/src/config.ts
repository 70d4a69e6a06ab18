import os from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { GatewayAddress } from './link/gateway-channel.ts';
import type { PolicyPlace } from './run/policy-keeper.ts';

export interface AgentConfig {
  dataDir: string;
  address: GatewayAddress;
  name: string;
  labels: Record<string, string>;
  policy: PolicyPlace;
}

const usage =
  'Usage: nerdy-agent run --socket <path> --data <dir> [--name <name>] [--label <key>=<value>]…\n' +
  'On Windows --gateway 127.0.0.1:<port> takes the place of --socket, and NERDY_AGENT_TOKEN holds the token.';

/** The kernel's bound on a Unix socket's path: 108 bytes with the closing NUL on Linux, 104 on macOS. */
const socketPathBytesMax = process.platform === 'linux' ? 107 : 103;

/** The environment, read here and handed on from here. */
export const environment: NodeJS.ProcessEnv = process.env;

/**
 * Reads command line and environment; the only place that does.
 *
 * @returns a sentence for the person who started it when something is missing or wrong.
 */
export const readConfig = (
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): { ok: true; config: AgentConfig } | { ok: false; sentence: string } => {
  const wrong = (problem: string) => ({ ok: false, sentence: `${problem}\n${usage}` }) as const;
  let values: { socket?: string; gateway?: string; data?: string; name?: string; label?: string[] };
  let positionals: string[];
  try {
    ({ values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        socket: { type: 'string' },
        gateway: { type: 'string' },
        data: { type: 'string' },
        name: { type: 'string' },
        label: { type: 'string', multiple: true },
      },
    }));
  } catch (error) {
    return wrong((error as Error).message);
  }
  if (positionals.length !== 1 || positionals[0] !== 'run') return wrong('The command is `run`.');
  if (!values.data) return wrong('--data is missing: the directory that keeps identity and spool.');
  if (/[\r\n]/.test(values.data)) return wrong('--data must not hold a line break.');
  const address = addressOf(values.socket, values.gateway, env.NERDY_AGENT_TOKEN);
  if (typeof address === 'string') return wrong(address);
  const labels: Record<string, string> = {};
  for (const label of values.label ?? []) {
    const at = label.indexOf('=');
    if (at < 1) return wrong(`--label ${label} is not of the form key=value.`);
    labels[label.slice(0, at)] = label.slice(at + 1);
  }
  const name = values.name ?? os.hostname();
  const policy = policyPlaceOf(env);
  return { ok: true, config: { dataDir: resolve(values.data), address, name, labels, policy } };
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

const addressOf = (
  socket: string | undefined,
  gateway: string | undefined,
  token: string | undefined,
): GatewayAddress | string => {
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
