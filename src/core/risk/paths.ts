/**
 * What a path stands for. Paths are compared as written, with `//`, `/./` and `..` taken out: links are the
 * machine's own business.
 */

/** `~` and what the shell itself sets to it. */
const homes = /^(~[a-z_-]*|\$HOME|\$\{HOME\})(?=\/|$)/i;

/** The path without detours; a relative path stays relative. */
export const tidyPath = (path: string): string => {
  const isAbsolute = path.startsWith('/');
  const kept: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && kept.length > 0 && kept.at(-1) !== '..') kept.pop();
    else if (part !== '..' || !isAbsolute) kept.push(part);
  }
  return `${isAbsolute ? '/' : ''}${kept.join('/')}`;
};

const secretFiles = [
  /(^|\/)etc\/(shadow|gshadow|sudoers|master\.passwd|security\/opasswd|krb5\.keytab)-?$/,
  /(^|\/)\.ssh\/(id_[a-z0-9_]+|identity|.*_key|.*\.pem)$/,
  /(^|\/)ssh_host_[a-z0-9]+_key$/,
  /(^|\/)id_(rsa|dsa|ecdsa|ed25519)$/,
  /(^|\/)\.aws\/credentials$/,
  /(^|\/)\.(netrc|pgpass|my\.cnf|git-credentials|htpasswd|npmrc|pypirc|vault-token|mylogin\.cnf|boto|s3cfg)$/,
  /(^|\/)\.docker\/config\.json$/,
  /(^|\/)\.kube\/config$/,
  /(^|\/)\.gnupg(\/|$)/,
  /(^|\/)\.(ssh|aws|kube|docker)$/,
  /(^|\/)\.config\/(gcloud|gh|op|rclone)\//,
  /(^|\/)\.azure\/(accessTokens\.json|msal_token_cache.*)$/,
  /(^|\/)\.env(\.[a-z0-9_-]+)?$/i,
  /\.(key|pfx|p12|jks|keystore|kdbx|ppk)$/i,
  /(^|\/)(privkey\d*|private|.*[-_]?key)\.pem$/i,
  /(^|\/)etc\/ssl\/private(\/|$)/,
  /(^|\/)(credentials|secrets?)\.(json|ya?ml|toml|txt|env|ini)$/i,
  /(^|\/)run\/secrets(\/|$)/,
  /(^|\/)serviceaccount\/token$/,
  /(^|\/)proc\/[^/]+\/(environ|mem)$/,
  /(^|\/)\.(bash|zsh|mysql|psql|python|node_repl)_history$/,
  /(^|\/)etc\/kubernetes\/(admin|controller-manager|scheduler|kubelet)\.conf$/,
  /(^|\/)etc\/kubernetes\/pki\/.*\.key$/,
  /(^|\/)dev\/(mem|kmem|port)$/,
  /(^|\/)proc\/kcore$/,
];
/** Examples that are shipped so that nobody needs to show the real one. */
const noSecret = /\.(example|sample|template|dist|pub)$/i;

/** What every one of the patterns above needs: most words of a script have none of it, and are done with. */
const mayName =
  /\.|[*?[]|shadow|sudoers|passw|keytab|id_|_key|identity|secret|environ|\/mem|kmem|\/port|kcore|private|serviceaccount/i;

/** Whether reading this file gives a key, a password or a token away. A glob that can mean one counts. */
export const isSecretPath = (text: string, isGlob = /[*?[]/.test(text)): boolean => {
  if (text.length > pathCharsMax || !mayName.test(text)) return false;
  const equals = text.indexOf('=');
  const named = equals > 0 && text.startsWith('-') ? text.slice(equals + 1) : text.replace(/^@/, '');
  // `HEAD:.env` is git's way to name a file.
  const path = tidyPath(named.replace(/^[\w@^~./{}-]*:(?=[\w.])/, ''));
  if (noSecret.test(path)) return false;
  return secretFiles.some((pattern) => pattern.test(path)) || (isGlob && globMayBeSecret(path));
};
/** Linux's PATH_MAX: a longer word is no path. */
const pathCharsMax = 4_096;

/** Secrets that a glob is held against, each standing for its kind. */
const wellKnown = (
  '/etc/shadow /etc/gshadow /etc/sudoers /etc/ssl/private/x.pem /etc/ssh/ssh_host_rsa_key /proc/1/environ /dev/mem ' +
  '/run/secrets/db .env ' +
  ['~', '/root', '/home/a']
    .flatMap((home) =>
      '.ssh/id_rsa .ssh/id_ed25519 .aws/credentials .netrc .pgpass .my.cnf .bash_history .kube/config .docker/config.json .git-credentials'
        .split(' ')
        .map((file) => `${home}/${file}`),
    )
    .join(' ')
)
  .split(' ')
  .map((path) => path.split('/'));

const globMayBeSecret = (path: string): boolean => {
  const parts = path.split('/');
  if (parts.length > 6 || path.length > globCharsMax) return false;
  return wellKnown.some(
    (secret) =>
      secret.length === parts.length && parts.every((part, i) => globMatches(part, secret[i] ?? '')),
  );
};
/** A glob that is longer names its files well enough. */
const globCharsMax = 200;

const globMatches = (glob: string, name: string): boolean => {
  if (!/[*?[]/.test(glob)) return glob === name;
  if (name.startsWith('.') && !glob.startsWith('.')) return false;
  const source = glob
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replace(/\?/g, '.')
    .replace(/\[[!^]([^\]]+)\]/g, '[^$1]');
  try {
    return new RegExp(`^${source}$`).test(name);
  } catch {
    // No class that a pattern could have: a shell takes it as it stands.
    return glob === name;
  }
};

/** How much it takes to lose what is at a path. */
export const Place = {
  /** The root itself, a top folder of it, or a home. */
  system: 'system',
  /** A file of the system's. */
  systemFile: 'system-file',
  device: 'device',
  /** Somewhere under /tmp, where nothing is meant to last. */
  temporary: 'temporary',
  /** `/dev/null` and a terminal: nothing is kept. */
  nowhere: 'nowhere',
  /** Any other place. */
  ordinary: 'ordinary',
} as const;
export type Place = (typeof Place)[keyof typeof Place];

const nowhere = /^\/dev\/(null|zero|full|stdout|stderr|stdin|tty|fd\/\d+|pts\/\d+)$/;
const disks =
  /^\/dev\/(sd|hd|vd|xvd|nvme|mmcblk|md|dm-|disk|rdisk|loop|sr|mapper\/|nbd|pmem|nda|ada|da\d|zvol|zd|vg|root|block|by-)/;
const systemTop =
  /^\/(bin|boot|dev|etc|home|lib|lib32|lib64|libx32|media|mnt|opt|proc|root|run|sbin|srv|sys|usr|var|private|System|Library|Users|Applications|Volumes)(\/|$)/;

/** What kind of place a path is; `*` at its end stands for all that is there. */
export const placeOf = (written: string): Place => {
  const path = tidyPath(written);
  if (nowhere.test(path)) return Place.nowhere;
  if (disks.test(path)) return Place.device;
  if (/^\/(var\/)?tmp\/[^*?[]/.test(path) && !path.includes('..')) return Place.temporary;
  if (isWholeSystem(path)) return Place.system;
  if (systemTop.test(path) || homes.test(path)) return Place.systemFile;
  return Place.ordinary;
};

/** The root, everything in it, or a folder without which the machine doesn't start or nobody can log in. */
export const isWholeSystem = (written: string): boolean => {
  const path = tidyPath(written).replace(/\/(\.?[*?]+|\{.*\}|\.\[.*)$/, '') || '/';
  return (
    path === '/' ||
    path === '*' ||
    homes.exec(path)?.[0] === path ||
    /^\/[^/]+$/.test(path) ||
    /^\/(usr|var)\/(bin|sbin|lib|lib64|lib\w*|local|share)$/.test(path) ||
    /^\/(private\/\w+|home\/[^/]+|Users\/[^/]+|System\/Library)$/.test(path)
  );
};
