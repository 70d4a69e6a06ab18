import type { Actor } from './task.ts';

/** What a drafter said of its own text may be false of another; who wrote it is all that is surely true. */
export const editedSummary = (editors: readonly Actor[]): string => {
  const names = editors.map((e) => e.name);
  return `Edited by ${names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`}.`;
};
