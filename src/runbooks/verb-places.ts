import { actionOf } from './actions.ts';

/** Two words that are one verb only together: "starte nginx neu", "shut it down", 다시 시작. */
const pairs: readonly (readonly [first: RegExp, second: string, action: string | null])[] = [
  [/^start(?:e|en|et)?$/, 'neu', 'restart'],
  [/^lade$/, 'neu', 'reload'],
  [/^fahre?$/, 'herunter', 'poweroff'],
  [/^fahre?$/, 'runter', 'poweroff'],
  [/^fahre?$/, 'hoch', 'start'],
  [/^schalte?$/, 'aus', 'disable'],
  [/^schalte?$/, 'ab', 'disable'],
  [/^schalte?$/, 'ein', 'enable'],
  [/^shut$/, 'down', 'poweroff'],
  [/^(?:power|turn|switch)$/, 'off', 'poweroff'],
  [/^(?:power|turn|switch)$/, 'on', 'start'],
  [/^bring$/, 'up', 'start'],
  [/^free$/, 'up', 'clean'],
  // To send a ping is to ask.
  [/^(?:send|envoie|envoyer|envoyez|sende|schicke)$/, 'ping', null],
  [/^(?:send|envoie|envoyer|envoyez|sende|schicke)$/, 'pings', null],
  [/^보내/, '핑', null],
  [/^(?:bring|take)$/, 'down', 'stop'],
  [/^(?:시작|켜|기동|실행)/, '다시', 'restart'],
  [/^켜/, '껐다', 'restart'],
  [/^met(?:s|tre|tez)$/, 'jour', 'update'],
  [/^(?:종료|죽)/, '강제', 'kill'],
];

/**
 * The verb of two words together, which replaces the verb that the first has alone; null when together they order
 * nothing, undefined when they aren't a pair.
 */
export const pairedAction = (word: string, others: ReadonlySet<string>): string | null | undefined =>
  pairs.find(([first, second]) => first.test(word) && others.has(second))?.[2];

/** Second halves of pairs say nothing by themselves. */
export const pairSeconds: ReadonlySet<string> = new Set(
  pairs.flatMap(([, second, action]) => (action === null ? [] : [second])),
);

/** Nouns anywhere else, orders where a request begins with them: "sync the clock", "time sync status". */
const firstForms: Record<string, string> = {
  release: 'send',
  sync: 'change',
  synchronize: 'change',
  synchronise: 'change',
  schedule: 'create',
  connect: 'connect',
  login: 'connect',
  listen: 'start',
  forward: 'change',
  fix: 'change',
  repair: 'change',
  write: 'change',
};
/** Written like plural nouns, so no verbs even there: "updates for nginx", "changes since yesterday". */
const nounLike = new Set(
  'update upgrade patch change copy mount dump backup restart block lock drop boot'.split(' '),
);

/** What a request's first word orders although it orders nothing elsewhere, given the word after it. */
export const firstAction = (first: string, second: string): string | null => {
  if (first === 'open') return second === 'port' ? 'allow' : null;
  // "time sync", "sync status": two nouns; "sync the clock", "sync now".
  if (Object.hasOwn(firstForms, first))
    return /^(?:status|state|etat)$/.test(second) || second === '' ? null : (firstForms[first] ?? null);
  // Manuals say "installs the package".
  const bare = first.replace(/s$/, '');
  return bare === first || nounLike.has(bare) ? null : actionOf(bare, bare);
};

/** What may stand before a request's verb: "could you please sync the clock". */
const politeness = new Set(
  'please kindly bitte can could would will you i want need to let us just sudo'.split(' '),
);
export const isPoliteness = (key: string): boolean => politeness.has(key);
