import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { dirname } from 'node:path';
import { followSuccessions, type ServerKey, type SignedSuccession } from '../core/succession.ts';
import type { Actor, Instant } from '../core/task.ts';
import { KeyFileError, refuseOpenFile } from './key-access.ts';
import type { KeyDisk } from './key-disk.ts';

/** One step of the succession, with what the audit log is to know of it. */
export interface KeptSuccession extends SignedSuccession {
  by: Actor;
  /** True once it is in the audit log. */
  isNoted: boolean;
}

/** What the file holds: the one private key, and by which keys it came to be the server's. */
export interface KeptKeys {
  privateKey: KeyObject;
  firstKey: Buffer;
  firstSince: Instant;
  successions: KeptSuccession[];
}

interface FileForm {
  v: 1;
  server: string;
  firstKey: string;
  firstSince: Instant;
  successions: { statement: string; signature: string; by: Actor; isNoted: boolean }[];
  privateKey: string;
}

/**
 * Reads the file and proves it: each key's word for the next, and that the private key is the last one's.
 *
 * @returns null where there is no file. @throws KeyFileError when others may read it, or it doesn't hold together.
 */
export const readKeyFile = (
  path: string,
  server: string,
  disk: KeyDisk,
): { kept: KeptKeys; keys: ServerKey[] } | null => {
  const text = disk.read(path);
  if (text === null) return null;
  refuseOpenFile(path, disk);
  try {
    const form = JSON.parse(text) as FileForm;
    if (form.v !== 1) throw new Error('its version is not known here');
    if (form.server !== server) throw new Error(`it is of the server ${form.server}, and this is ${server}`);
    const kept: KeptKeys = {
      privateKey: createPrivateKey(form.privateKey),
      firstKey: Buffer.from(form.firstKey, 'base64'),
      firstSince: form.firstSince,
      successions: form.successions.map((s) => ({
        statement: Buffer.from(s.statement, 'utf8'),
        signature: Buffer.from(s.signature, 'base64'),
        by: s.by,
        isNoted: s.isNoted,
      })),
    };
    return { kept, keys: keysOf(kept, server) };
  } catch (cause) {
    throw new KeyFileError(
      `${path} can't be used: ${(cause as Error).message}. Restore it from a backup. Without one, move it away: the next start makes a new key, and each agent must be started once with a new --data directory.`,
      cause,
    );
  }
};

/** The keys that these came to, the last of them the private key's. @throws when they don't hold together. */
export const keysOf = (kept: KeptKeys, server: string): ServerKey[] => {
  const from = { publicKey: kept.firstKey, since: kept.firstSince };
  const followed = followSuccessions(from, kept.successions, server);
  if (!followed.ok) throw new Error(followed.reason);
  const { keys } = followed;
  const own = spkiOf(kept.privateKey);
  if (!keys.at(-1)?.publicKey.equals(own) || keys.length !== kept.successions.length + 1) {
    throw new Error('its private key is not the one that its statements of succession lead to');
  }
  return keys;
};

/** SPKI of a private key's public half. */
export const spkiOf = (privateKey: KeyObject): Buffer =>
  createPublicKey(privateKey).export({ type: 'spki', format: 'der' });

/**
 * Replaces the file in one step: at any moment it is the old one or the new one, whole. With the old one its private
 * key is gone.
 *
 * @returns that step. Until it is taken nothing has changed; when it throws, the file may be either.
 */
export const replaceKeyFile = (path: string, server: string, kept: KeptKeys, disk: KeyDisk): (() => void) => {
  const form: FileForm = {
    v: 1,
    server,
    firstKey: kept.firstKey.toString('base64'),
    firstSince: kept.firstSince,
    successions: kept.successions.map((s) => ({
      statement: s.statement.toString('utf8'),
      signature: s.signature.toString('base64'),
      by: s.by,
      isNoted: s.isNoted,
    })),
    privateKey: kept.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
  const draft = `${path}.draft`;
  // What a killed server may have left: a key that was never used.
  disk.remove(draft);
  disk.writeNew(draft, `${JSON.stringify(form, null, 2)}\n`);
  return () => {
    disk.rename(draft, path);
    disk.syncDirectory(dirname(path));
  };
};
