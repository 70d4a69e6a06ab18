import fs from 'node:fs';
import type { Disk } from './disk.ts';

/** Makes the data directory, for this user alone. */
export const makeDataDir = (dir: string, disk: Disk): void => {
  disk.makeDir(dir);
  if (process.platform !== 'win32') fs.chmodSync(dir, 0o700);
};

/**
 * Goes on as the user whom a data directory belongs to, where root was asked: what is written there must be the
 * agent's own, and root has no business following what another user may have put there. Does nothing for anybody else.
 */
export const becomeOwner = (dir: string): void => {
  if (process.geteuid?.() !== 0) return;
  const owner = fs.statSync(dir, { throwIfNoEntry: false });
  if (!owner || owner.uid === 0) return;
  process.setgroups?.([]);
  process.setgid?.(owner.gid);
  process.setuid?.(owner.uid);
};
