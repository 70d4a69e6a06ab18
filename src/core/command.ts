import { ListKind } from './listing.ts';

/** What a message asks for without a script: a list, or one task's card. */
export type Command = { kind: 'list'; list: ListKind } | { kind: 'task'; number: number };

const lists: ReadonlyMap<string, ListKind> = new Map([
  ...Object.values(ListKind).map((kind) => [kind, kind] as const),
  ['machines', ListKind.agents],
  ['incidents', ListKind.alerts],
  ['?', ListKind.help],
  ['', ListKind.help],
]);

/**
 * Reads a command where the whole text is one; everything else is a request. An empty text asks for help: somebody
 * has only said our name.
 */
export const parseCommand = (text: string): Command | null => {
  const words = text.trim().toLowerCase();
  const list = lists.get(words);
  if (list) return { kind: 'list', list };
  const number = /^(?:task\s*#?|#)(\d{1,9})$/.exec(words)?.[1];
  return number === undefined ? null : { kind: 'task', number: Number(number) };
};
