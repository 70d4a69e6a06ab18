import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import { join } from 'node:path';
import type { PinnedKeys } from '../core/pinned-keys.ts';
import type { Disk } from './disk.ts';

/** Who this agent is and whom it obeys, `<data>/identity.json`. */
export interface Identity {
  agentId: string;
  pinned: PinnedKeys;
}

/** The file's form. Versions before key rotation knew no server id and no former keys. */
interface IdentityForm {
  agentId: string;
  serverId: string | null;
  pinnedKey: string | null;
  formerKeys: { key: string; until: number }[];
}

/** Replaces the file in one step; when this resolves, it is on disk. */
export const writeIdentity = async (dir: string, identity: Identity, disk: Disk): Promise<void> => {
  const file = join(dir, 'identity.json');
  const { agentId, pinned } = identity;
  const form: IdentityForm = {
    agentId,
    serverId: pinned.serverId,
    pinnedKey: pinned.key,
    formerKeys: pinned.former,
  };
  disk.write(`${file}.tmp`, JSON.stringify(form));
  await disk.sync([`${file}.tmp`]);
  disk.rename(`${file}.tmp`, file);
  await disk.sync([dir]);
};

/** Reads the identity of this data directory, or makes it. @throws when the file is damaged: nobody may guess it. */
export const loadIdentity = async (dir: string, disk: Disk): Promise<Identity> => {
  const file = join(dir, 'identity.json');
  if (!fs.existsSync(file)) {
    const identity = { agentId: randomUUID(), pinned: { serverId: null, key: null, former: [] } };
    await writeIdentity(dir, identity, disk);
    return identity;
  }
  const form = JSON.parse(fs.readFileSync(file, 'utf8')) as Partial<IdentityForm>;
  if (typeof form.agentId !== 'string') throw new Error(`${file} holds no agent id`);
  const { serverId = null, pinnedKey = null, formerKeys = [] } = form;
  return { agentId: form.agentId, pinned: { serverId, key: pinnedKey, former: formerKeys } };
};

/** Makes the data directory, for this user alone. */
export const makeDataDir = (dir: string, disk: Disk): void => {
  disk.makeDir(dir);
  if (process.platform !== 'win32') fs.chmodSync(dir, 0o700);
};
