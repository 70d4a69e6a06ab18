import fs from 'node:fs';
import { join } from 'node:path';
import type { Disk } from './disk.ts';
import { Spool } from './spool.ts';

/** How many runs a spool holds, by how far they are. */
export interface SpoolCount {
  accepted: number;
  started: number;
  finished: number;
}

/** Looks at a spool from outside, while its agent may be running. Changes nothing. */
export const countRuns = (dataDir: string, disk: Disk): SpoolCount => {
  const dir = join(dataDir, 'spool');
  const count: SpoolCount = { accepted: 0, started: 0, finished: 0 };
  const runs = join(dir, 'runs');
  if (!fs.existsSync(runs)) return count;
  const spool = new Spool(dir, disk, '');
  for (const runId of fs.readdirSync(runs)) {
    const claim = spool.claim(runId);
    if (spool.exit(runId) || claim?.kind === 'never' || claim?.kind === 'lost') count.finished += 1;
    else if (claim) count.started += 1;
    else count.accepted += 1;
  }
  return count;
};

/** Another identity's runs mean nothing to the next one. @returns where they are now, null when there were none. */
export const putSpoolAside = (dataDir: string, agentId: string, disk: Disk): string | null => {
  const dir = join(dataDir, 'spool');
  if (!fs.existsSync(dir)) return null;
  const aside = join(dataDir, `spool-of-${agentId.replaceAll(/[^A-Za-z0-9-]/g, '_')}`);
  fs.rmSync(aside, { recursive: true, force: true });
  disk.rename(dir, aside);
  return aside;
};
