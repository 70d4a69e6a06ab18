import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { dirname } from 'node:path';
import { detailCharsMax, userProbeMs } from '../core/limits.ts';
import type { Settings } from '../core/settings.ts';
import { foldersOver } from './folders-over.ts';

/** The user that scripts run as, where it is not the agent's own. */
export interface RunUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  /** What stands before a program's command line, so that it runs as this user. */
  readonly drop: readonly string[];
  /** Where its working directories are. */
  readonly folder: string;
  /** Why it could change what guards this machine all the same; null when it could not. */
  readonly loophole: string | null;
}

/** How scripts run: what the kernel holds them to, and as whom. Compared by reference: a new one is another one. */
export interface Confinement {
  readonly settings: Settings;
  /** Null for the agent's own user. */
  readonly user: RunUser | null;
}

export interface RunUserParts {
  platform: NodeJS.Platform;
  /** Whose scripts they are otherwise. */
  ownUser: string;
  isRoot: boolean;
  /** Full path of a program on this machine, or null. */
  find: (name: string) => string | null;
  /** Files and directories that the user must not be able to change: policy, data, programs. */
  guarded: readonly string[];
  probeMs?: number;
}

const usualFolder = '/var/lib/nerdyops-run';

/** Whoever is in one of these can make itself root, by a device, a container or a password file. */
const rootLikeGroups = ['root', 'docker', 'lxd', 'incus', 'disk', 'kmem', 'shadow', 'wheel', 'admin'];

/** A clean environment for what is asked of the system here. */
const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' };

/**
 * Finds the user that the settings name, makes the folder for its working directories, and tries that programs can be
 * run as it. Takes some milliseconds, in which nothing else happens.
 *
 * @returns null for the agent's own user; a sentence's end for one as whom nothing can be run.
 */
export const findRunUser = (settings: Settings, parts: RunUserParts): RunUser | null | string => {
  const { runAs: name, mayRaise } = settings;
  const { platform, ownUser, isRoot } = parts;
  if (name === null || name === ownUser) return null;
  // Elsewhere neither setpriv is there nor a file that is given open can be opened anew by its number.
  if (platform !== 'linux') return `scripts can't be run as ${name}: that is possible on Linux only`;
  if (!isRoot) return `scripts can't be run as ${name}: only an agent that runs as root can do that`;
  const uid = numberOf('-u', name);
  const gid = numberOf('-g', name);
  if (uid === null || gid === null) return `there is no user ${name} on this machine`;
  if (uid === 0) return `${name} is root by another name`;
  const folder = settings.folder ?? usualFolder;
  const wrong = makeFolder(folder);
  if (wrong !== null) return wrong;
  let why = 'neither setpriv nor runuser is on this machine';
  for (const way of waysTo(name, gid, mayRaise, parts)) {
    const tried = probe(name, way.drop, folder, parts);
    if (typeof tried === 'string') why = tried;
    else if (tried.uid === uid && tried.gid === gid) {
      const { home, groups, open } = tried;
      const loophole = loopholeOf(mayRaise, way.isFirm, groups, open);
      return { name, uid, gid, home, folder, drop: way.drop, loophole };
    }
  }
  return `scripts can't be run as ${name}: ${why}`.slice(0, detailCharsMax);
};

/** `setpriv` alone can take setuid programs away; `runuser` is for machines without it. */
const waysTo = (
  name: string,
  gid: number,
  mayRaise: boolean,
  { find }: RunUserParts,
): { drop: string[]; isFirm: boolean }[] => {
  const setpriv = find('setpriv');
  const runuser = find('runuser');
  const ways: { drop: string[]; isFirm: boolean }[] = [];
  if (setpriv) {
    const drop = [setpriv, `--reuid=${name}`, `--regid=${gid}`, '--init-groups'];
    ways.push({ drop: mayRaise ? drop : [...drop, '--no-new-privs'], isFirm: !mayRaise });
  }
  if (runuser) ways.push({ drop: [runuser, '-u', name, '--'], isFirm: false });
  return ways;
};

const loopholeOf = (
  mayRaise: boolean,
  isFirm: boolean,
  groups: readonly string[],
  open: readonly string[],
): string | null => {
  if (mayRaise) return 'its scripts may use sudo';
  if (!isFirm) return 'there is no setpriv here that keeps its scripts from setuid programs';
  const group = groups.find((name) => rootLikeGroups.includes(name));
  if (group !== undefined) return `it is in the group ${group}`;
  return open[0] === undefined ? null : `it may change ${open[0]}`;
};

const numberOf = (which: '-u' | '-g', name: string): number | null => {
  const { status, stdout } = ask('id', [which, name]);
  return status === 0 && /^\d+\n$/.test(stdout) ? Number(stdout) : null;
};

/** Only root may change it or put another in its place, and everybody may go through it. */
const makeFolder = (folder: string): string | null => {
  try {
    fs.mkdirSync(folder, { recursive: true, mode: 0o711 });
    const { uid, mode } = fs.lstatSync(folder);
    if (!fs.lstatSync(folder).isDirectory()) return `the folder ${folder} is none`;
    if (uid !== 0 || (mode & 0o022) !== 0) return `the folder ${folder} may be changed by others than root`;
    for (const over of foldersOver(folder)) {
      const stat = fs.statSync(over);
      if (stat.uid !== 0 || (stat.mode & 0o022 && !(stat.mode & 0o1000)))
        return `${over}, over the folder ${folder}, may be changed by others than root`;
    }
    fs.chmodSync(folder, 0o711);
    return null;
  } catch (error) {
    return `the folder ${folder} can't be made: ${(error as Error).message}`;
  }
};

interface Tried {
  uid: number;
  gid: number;
  groups: string[];
  home: string;
  /** What it could change of that which it must not. */
  open: string[];
}

/** What the user itself finds. The kernel answers, so that access lists and read-only mounts count too. */
const probeScript = `cd "$1" || exit 1
shift
id -u && id -g && id -Gn && eval "echo ~$1" || exit 1
shift
for path; do
  if [ -O "$path" ] || { [ -w "$path" ] && ! [ -k "$path" ]; }; then echo "$path"; fi
done
exit 0`;

const probe = (
  name: string,
  [file = '', ...args]: readonly string[],
  folder: string,
  { guarded, probeMs }: RunUserParts,
): Tried | string => {
  const paths = [...new Set(guarded.flatMap(withParents))];
  const line = [...args, '/bin/sh', '-c', probeScript, 'sh', folder, name, ...paths];
  const { status, stdout, stderr } = ask(file, line, probeMs);
  if (status !== 0) return stderr.trim().split('\n')[0] || `${file} failed`;
  const [uid, gid, groups = '', home = '/', ...open] = stdout.trimEnd().split('\n');
  return { uid: Number(uid), gid: Number(gid), groups: groups.split(' '), home, open };
};

/** Whoever may change a directory can put something else in the place of what is in it. */
const withParents = (path: string): string[] => {
  let at = path;
  try {
    at = fs.realpathSync(path);
  } catch {
    // What isn't there may still be put there.
  }
  const paths = [at];
  while (dirname(at) !== at) {
    at = dirname(at);
    paths.push(at);
  }
  return paths;
};

const ask = (
  file: string,
  args: readonly string[],
  timeout = userProbeMs,
): { status: number | null; stdout: string; stderr: string } => {
  const { status, stdout, stderr, error } = spawnSync(file, args, {
    env,
    cwd: '/',
    encoding: 'utf8',
    timeout,
    // What runs as that user its other processes can stop, and nothing else ends one that is stopped.
    killSignal: 'SIGKILL',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return { status, stdout: stdout ?? '', stderr: error ? error.message : (stderr ?? '') };
};
