import { ListKind } from './listing.ts';
import { parseWatchWords, type WatchWords } from './watch-words.ts';

/** What a message asks for without a script: a list, one task's card, or what is to be watched. */
export type Command =
  | { kind: 'list'; list: ListKind }
  | { kind: 'task'; number: number }
  | { kind: 'watch'; words: WatchWords };

const lists: ReadonlyMap<string, ListKind> = new Map([
  ...Object.values(ListKind).map((kind) => [kind, kind] as const),
  ['machines', ListKind.agents],
  ['incidents', ListKind.alerts],
  ['watch', ListKind.watches],
  ['watch list', ListKind.watches],
  ['?', ListKind.help],
  ['', ListKind.help],
]);

const greetings: ReadonlySet<string> = new Set(
  'hello,hi,hey,good morning,help me,what can you do,bonjour,salut,aide,hallo,guten tag,hilfe,안녕,안녕하세요,도움말'.split(
    ',',
  ),
);

/** Whoever only greets us wants to know what can be said; said to a colleague it is nothing for us. */
export const isGreeting = (text: string): boolean =>
  greetings.has(
    text
      .trim()
      .toLowerCase()
      .replace(/\s*[!.?,]+$/, ''),
  );

/**
 * Reads a command where the whole text is one; everything else is a request. An empty text asks for help: somebody
 * has only said our name.
 */
export const parseCommand = (text: string): Command | null => {
  const said = text.trim();
  const words = said.toLowerCase();
  const list = lists.get(words);
  if (list) return { kind: 'list', list };
  const number = /^(?:task\s*#?|#)(\d{1,9})$/.exec(words)?.[1];
  if (number !== undefined) return { kind: 'task', number: Number(number) };
  const watch = parseWatchWords(said);
  return watch && { kind: 'watch', words: watch };
};
