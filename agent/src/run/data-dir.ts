import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import { join } from 'node:path';
import type { Disk } from './disk.ts';

/** Who this agent is, `<data>/identity.json`. */
export interface Identity {
  agentId: string;
  /** The SPKI form of the server's signing key in base64; null before the first welcome. */
  pinnedKey: string | null;
}

const writeIdentity = async (dir: string, identity: Identity, disk: Disk): Promise<void> => {
  const file = join(dir, 'identity.json');
  disk.write(`${file}.tmp`, JSON.stringify(identity));
  await disk.sync([`${file}.tmp`]);
  disk.rename(`${file}.tmp`, file);
  await disk.sync([dir]);
};

/** Reads the identity of this data directory, or makes it. @throws when the file is damaged: nobody may guess it. */
export const loadIdentity = async (dir: string, disk: Disk): Promise<Identity> => {
  const file = join(dir, 'identity.json');
  if (!fs.existsSync(file)) {
    const identity = { agentId: randomUUID(), pinnedKey: null };
    await writeIdentity(dir, identity, disk);
    return identity;
  }
  const { agentId, pinnedKey } = JSON.parse(fs.readFileSync(file, 'utf8')) as Partial<Identity>;
  if (typeof agentId !== 'string') throw new Error(`${file} holds no agent id`);
  return { agentId, pinnedKey: pinnedKey ?? null };
};

/** Keeps the server's key: at once in memory, and when this resolves on disk. */
export const pinKey = (dir: string, identity: Identity, key: string, disk: Disk): Promise<void> => {
  identity.pinnedKey = key;
  return writeIdentity(dir, identity, disk);
};

/** Makes the data directory, for this user alone. */
export const makeDataDir = (dir: string, disk: Disk): void => {
  disk.makeDir(dir);
  if (process.platform !== 'win32') fs.chmodSync(dir, 0o700);
};
