import fs from 'node:fs';
import { dirname, resolve } from 'node:path';

/** All folders over a path, as they are named and as links lead: whoever may write to one may put another below it. */
export const foldersOver = (path: string): ReadonlySet<string> => {
  const folders = new Set<string>();
  for (const start of [resolve(dirname(path)), fs.realpathSync(dirname(path))]) {
    for (let folder = start; !folders.has(folder); folder = dirname(folder)) folders.add(folder);
  }
  return folders;
};
