import fs from 'node:fs';
import { join } from 'node:path';

/**
 * Puts the wrapper of this version into the data directory. Written beside and renamed: a shell reads its program bit by
 * bit, so a file in use must not change; wrappers of an earlier version go on with theirs.
 *
 * @returns its path.
 */
export const writeWrapper = (dataDir: string, text: string): string => {
  const file = join(dataDir, process.platform === 'win32' ? 'wrapper.ps1' : 'wrapper.sh');
  fs.rmSync(`${file}.tmp`, { force: true });
  fs.writeFileSync(`${file}.tmp`, text, { mode: 0o500 });
  fs.renameSync(`${file}.tmp`, file);
  return file;
};
