import { execFile } from 'node:child_process';
import { accessSync, constants, readFileSync } from 'node:fs';
import os from 'node:os';
import { delimiter, join } from 'node:path';
import type { WireFacts, WirePlatform, WireShell } from '../../../proto/agent-stream.ts';
import { shellProbeMs } from '../core/limits.ts';
import { askCloud } from './cloud.ts';

/** What the agent finds out about its machine, once, at its start. */
export interface Machine {
  facts: Omit<WireFacts, 'policy'>;
  /** Changes with each boot. */
  bootId: string;
  bash: string | null;
  powershell: string | null;
  /** The whole environment of scripts, but for NERDY_RUN. */
  env: Record<string, string>;
  user: string;
}

const run = (
  file: string,
  args: string[],
  env: NodeJS.ProcessEnv,
): Promise<{ out: string; err: string } | null> =>
  new Promise((resolve) => {
    execFile(file, args, { env, timeout: shellProbeMs, windowsHide: true }, (error, out, err) =>
      resolve(error ? null : { out: out.trim(), err: err.trim() }),
    );
  });

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** Full path of a program, also where the path that is given has nothing. */
export const findProgram = (name: string, path = '/usr/sbin:/sbin'): string | null => {
  const places = [...path.split(delimiter), '/bin', '/usr/bin', '/usr/local/bin', '/opt/homebrew/bin'];
  return (
    places.map((place) => join(place, name)).find((file) => file.startsWith('/') && isExecutable(file)) ??
    null
  );
};

const windowsPowershell = (env: NodeJS.ProcessEnv): string =>
  join(env.SystemRoot ?? 'C:\\Windows', 'System32', 'WindowsPowerShell', 'v1.0', 'powershell.exe');

/** A locale that this machine doesn't have makes every script begin with a warning; so it is tried first. */
const findLocale = async (bash: string | null): Promise<string> => {
  for (const locale of ['C.UTF-8', 'en_US.UTF-8']) {
    const tried = bash && (await run(bash, ['--noprofile', '--norc', '-c', ':'], { LC_ALL: locale }));
    if (tried && tried.err === '') return locale;
  }
  return 'C';
};

const findBootId = async (env: NodeJS.ProcessEnv): Promise<string> => {
  if (process.platform === 'linux') return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  if (process.platform === 'darwin') {
    const found = await run('/usr/sbin/sysctl', ['-n', 'kern.bootsessionuuid'], {});
    if (found?.out) return found.out;
  } else {
    const ask = '(Get-CimInstance Win32_OperatingSystem).LastBootUpTime.ToFileTimeUtc()';
    const found = await run(windowsPowershell(env), ['-NoProfile', '-NonInteractive', '-Command', ask], env);
    if (found?.out) return found.out;
  }
  throw new Error('the id of this boot can not be found out, so no run could be kept from starting twice');
};

const platforms: { readonly [P in string]?: WirePlatform } = {
  linux: 'PLATFORM_LINUX',
  darwin: 'PLATFORM_MACOS',
  win32: 'PLATFORM_WINDOWS',
};

const privateIps = (): string[] =>
  Object.values(os.networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter((address) => !address.internal && !address.address.startsWith('fe80:'))
    .map((address) => address.address);

const osVersion = (): string => {
  try {
    return /^PRETTY_NAME="?([^"\n]*)"?$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? os.version();
  } catch {
    return os.version();
  }
};

const asksVersion = '$PSVersionTable.PSVersion.ToString()';

/**
 * Finds out about this machine.
 *
 * @param env the agent's own environment, of which scripts get the few that are named here.
 * @throws when the boot's id can't be had: without it at-most-once can't be kept.
 */
export const inspectMachine = async (agentVersion: string, env: NodeJS.ProcessEnv = {}): Promise<Machine> => {
  const isWindows = process.platform === 'win32';
  // An empty one finds nothing, not even `ls`.
  const path = env.PATH || '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
  const bash = isWindows ? null : findProgram('bash', path);
  const powershell = isWindows ? windowsPowershell(env) : findProgram('pwsh', path);
  const [bootId, locale, bashVersion, powershellVersion, cloud] = await Promise.all([
    findBootId(env),
    isWindows ? '' : findLocale(bash),
    bash && run(bash, ['--noprofile', '--norc', '-c', 'echo "$BASH_VERSION"'], {}),
    powershell && run(powershell, ['-NoProfile', '-NonInteractive', '-Command', asksVersion], env),
    env.NERDY_AGENT_CLOUD === 'aws' ? askCloud() : null,
  ]);
  const shells: WireShell[] = [];
  if (bash && bashVersion)
    shells.push({ interpreter: 'INTERPRETER_BASH', version: bashVersion.out, path: bash });
  if (powershell && powershellVersion) {
    shells.push({ interpreter: 'INTERPRETER_POWERSHELL', version: powershellVersion.out, path: powershell });
  }
  const { username, homedir } = ownAccount();
  return {
    bootId,
    bash: bashVersion ? bash : null,
    powershell: powershellVersion ? powershell : null,
    user: username,
    env: isWindows ? windowsEnv(env) : cleanEnv(path, homedir, username, locale),
    facts: {
      platform: platforms[process.platform] ?? 'PLATFORM_UNSPECIFIED',
      arch: os.arch(),
      hostname: os.hostname(),
      osVersion: osVersion(),
      kernel: os.release(),
      privateIps: privateIps(),
      shells,
      cpus: os.cpus().length,
      memoryBytes: os.totalmem(),
      agentVersion,
      cloud,
    },
  };
};

/** Containers give a process a number that no file has a name for. */
const ownAccount = (): { username: string; homedir: string } => {
  try {
    return os.userInfo();
  } catch {
    return { username: String(process.geteuid?.() ?? ''), homedir: '/' };
  }
};

const cleanEnv = (path: string, home: string, user: string, locale: string): Record<string, string> => ({
  PATH: path,
  HOME: home,
  USER: user,
  LANG: locale,
  LC_ALL: locale,
  TERM: 'dumb',
});

/** Without these Windows programs can't find themselves; nothing else of the agent's environment is passed on. */
const windowsEnv = (env: NodeJS.ProcessEnv): Record<string, string> => {
  const names = ['PATH', 'SystemRoot', 'SystemDrive', 'ComSpec', 'PATHEXT', 'TEMP', 'TMP', 'USERPROFILE'];
  names.push('USERNAME', 'ProgramFiles', 'ProgramData', 'LOCALAPPDATA', 'APPDATA', 'PSModulePath');
  return Object.fromEntries(names.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
};
