import type { KeyDisk } from './key-disk.ts';

/** The file of the server's keys can't be used; the message says why and what to do. */
export class KeyFileError extends Error {
  readonly code = 'key_file';
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'KeyFileError';
  }
}

const othersMayRead = 0o077;

/** What a file of keys holds, and what is to be done when somebody may have a copy of it. */
export interface KeyKind {
  holds: string;
  /** Continues "if anyone else uses this machine, ". */
  remedy: string;
}
const signingKey: KeyKind = {
  holds: 'the signing key',
  remedy: 'then `npx nerdy keys rotate`, since they may have a copy',
};

/** @throws KeyFileError when anyone but the owner may read a file with a private key. */
export const refuseOpenFile = (path: string, disk: KeyDisk, kind: KeyKind = signingKey): void => {
  const mode = disk.modeOf(path);
  if (mode === null || (mode & othersMayRead) === 0) return;
  throw new KeyFileError(
    `Other users may read ${kind.holds} in ${path} (mode ${mode.toString(8).padStart(4, '0')}), so the server doesn't start. Run \`chmod 600 ${path}\`; if anyone else uses this machine, ${kind.remedy}.`,
  );
};
