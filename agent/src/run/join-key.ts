import { generateKeyPairSync } from 'node:crypto';
import fs from 'node:fs';
import { join } from 'node:path';
import type { Disk } from './disk.ts';

const fileOf = (dir: string): string => join(dir, 'join-key.json');

/** A new P-256 key; PKCS #8, PEM. */
export const makeAgentKey = (): string =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
    type: 'pkcs8',
    format: 'pem',
  }) as string;

/**
 * The key that an invitation is spent with. It is on disk before it is used: a join whose answer was lost is repeated
 * with the same key, and only that is answered again.
 */
export const joinKeyFor = async (dir: string, inviteId: string, disk: Disk): Promise<string> => {
  const file = fileOf(dir);
  const kept = readKept(file);
  if (kept?.inviteId === inviteId && typeof kept.key === 'string') return kept.key;
  const key = makeAgentKey();
  disk.write(`${file}.tmp`, JSON.stringify({ inviteId, key }));
  await disk.sync([`${file}.tmp`]);
  disk.rename(`${file}.tmp`, file);
  await disk.sync([dir]);
  return key;
};

/** The identity has it now, or nobody needs it any more. */
export const forgetJoinKey = (dir: string, disk: Disk): Promise<void> => disk.remove(fileOf(dir));

const readKept = (file: string): { inviteId?: unknown; key?: unknown } | null => {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8')) as { inviteId?: unknown; key?: unknown } | null;
  } catch {
    return null;
  }
};
