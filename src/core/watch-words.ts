import { parseCondition } from './condition.ts';
import { parseSchedule } from './schedule-words.ts';
import { agentNamePattern } from './selector.ts';

/** What somebody said of a watch in a chat. */
export type WatchWords =
  | {
      verb: 'add';
      /** Null where none was said: it is made from the request. */
      name: string | null;
      request: string;
      /** Machines beside the request, null where it names them itself. */
      on: string | null;
      /** As it was said; null for nothing said. */
      schedule: string | null;
      condition: string | null;
      timezone: string | null;
      /** "anyway" stands at its end: it was told what to think of first. */
      isConfirmed: boolean;
    }
  | { verb: 'remove'; name: string };

/**
 * Reads what is said of a watch: "watch disk on db1 every 5 minutes when disk > 90 %", "watch add …", "watch remove
 * disk-db1". Null for what isn't. Who says "watch" without "add" may mean something else: only a schedule makes it one.
 */
export const parseWatchWords = (text: string): WatchWords | null => {
  const removed = /^(?:watch\s+(?:remove|rm|delete|stop|end)|unwatch|stop\s+watching)\s+(\S+)$/i.exec(text);
  if (removed?.[1]) {
    const name = removed[1].replace(/^[`"“']|[`"”']$/g, '');
    return agentNamePattern.test(name) ? { verb: 'remove', name } : null;
  }
  const said = /^watch(?<add>\s+add)?(?:\s+(?<rest>.+))?$/is.exec(text)?.groups;
  if (!said || (said.add === undefined && said.rest === undefined)) return null;
  const wish = wishIn(said.rest ?? '');
  if (said.add !== undefined) return wish;
  return wish.schedule !== null && parseSchedule(wish.schedule) !== null ? wish : null;
};

type Clause = 'request' | 'schedule' | 'condition' | 'on' | 'timezone';

/** The words that begin a clause; those with hyphens as the command line has them, which people copy. */
const begins: Readonly<Record<string, Clause>> = {
  every: 'schedule',
  each: 'schedule',
  hourly: 'schedule',
  daily: 'schedule',
  '--every': 'schedule',
  when: 'condition',
  if: 'condition',
  while: 'condition',
  '--when': 'condition',
  '--on': 'on',
  '--timezone': 'timezone',
};

/** "… and tell me when …" */
const linking = new Set(['and', 'then', 'alert', 'tell', 'warn', 'me', 'us']);

const wishIn = (text: string): Extract<WatchWords, { verb: 'add' }> => {
  const clauses: Record<Clause, string[]> = {
    request: [],
    schedule: [],
    condition: [],
    on: [],
    timezone: [],
  };
  const said = text.split(/\s+/).filter((word) => word !== '');
  const isConfirmed = said.length > 1 && said.at(-1)?.toLowerCase() === 'anyway';
  const words = isConfirmed ? said.slice(0, -1) : said;
  let at: Clause = 'request';
  for (const [i, word] of words.entries()) {
    const next = clauseAt(words, i, clauses.schedule.length > 0);
    if (next === null || clauses[next].length > 0) {
      clauses[at].push(word);
      continue;
    }
    while (linking.has(clauses[at].at(-1)?.toLowerCase() ?? '')) clauses[at].pop();
    at = next;
    if (/^(?:every|each|hourly|daily)$/i.test(word)) clauses[at].push(word);
  }
  const joined = (clause: Clause): string | null => unquoted(clauses[clause].join(' ')) || null;
  const schedule = joined('schedule');
  const condition = joined('condition');
  return {
    ...{ verb: 'add', isConfirmed, schedule, on: joined('on') },
    condition: condition === null ? null : conditionIn(condition),
    timezone: joined('timezone') ?? (schedule === null ? null : (parseSchedule(schedule)?.timezone ?? null)),
    ...namedIn(clauses.request),
  };
};

/** "check if nginx runs every hour" asks for that: an "if" is a condition only after the schedule, or as one. */
const clauseAt = (words: readonly string[], at: number, isAfterSchedule: boolean): Clause | null => {
  const word = words[at]?.toLowerCase() ?? '';
  const clause = begins[word] ?? null;
  if ((word !== 'if' && word !== 'while') || isAfterSchedule) return clause;
  const rest = words.slice(at + 1);
  const end = rest.findIndex((next) => begins[next.toLowerCase()] !== undefined);
  const condition = conditionIn((end < 0 ? rest : rest.slice(0, end)).join(' '));
  return parseCondition(condition) === null ? null : clause;
};

/** "disk is above 90 %" as it is kept: "disk > 90 %". */
const conditionIn = (text: string): string => {
  if (
    /^(?:it|that|something|anything)?\s*(?:is|goes)?\s*(?:not (?:ok|well|right|healthy)|wrong)$/i.test(text)
  )
    return 'not ok';
  const plain = text.replace(/\s+/g, ' ');
  return comparing.reduce((said, [words, operator]) => said.replace(words, ` ${operator} `), plain);
};

const comparing: readonly [RegExp, string][] = [
  [/\s+(?:is |are )?at least\s+/i, '>='],
  [/\s+(?:is |are )?at most\s+/i, '<='],
  [/\s+(?:(?:is |are |goes |rises )?(?:above|over|more than|higher than|greater than)|exceeds)\s+/i, '>'],
  [/\s+(?:is |are |goes |falls |drops )?(?:below|under|less than|lower than|fewer than)\s+/i, '<'],
];

/** "disk-db1: check disk usage", or the command line's `disk-db1 "check disk usage"`. */
const namedIn = (words: readonly string[]): { name: string | null; request: string } => {
  const [first = '', ...rest] = words;
  const name = first.endsWith(':') ? first.slice(0, -1) : /^["“]/.test(rest[0] ?? '') ? first : null;
  if (name === null || !agentNamePattern.test(name))
    return { name: null, request: unquoted(words.join(' ')) };
  return { name, request: unquoted(rest.join(' ')) };
};

const unquoted = (text: string): string =>
  text
    .replace(/^["“`](.*)["”`]$/s, '$1')
    .replace(/,$/, '')
    .trim();

/** A name for a watch of whom none was said: "check disk usage on db1" is `disk-usage-db1`. */
export const watchNameOf = (request: string, taken: ReadonlySet<string>): string => {
  const words = request.toLowerCase().match(/[a-z0-9][a-z0-9_.-]*/g) ?? [];
  const telling = words.filter((word) => !passedOver.has(word)).slice(0, nameWordsMax);
  const base = telling.join('-').slice(0, nameCharsMax) || 'watch';
  const names = Array.from({ length: taken.size + 1 }, (_, i) => (i === 0 ? base : `${base}-${i + 1}`));
  return names.find((name) => !taken.has(name)) ?? base;
};

const passedOver = new Set([
  'a',
  'an',
  'and',
  'check',
  'how',
  'in',
  'is',
  'of',
  'on',
  'please',
  'show',
  'the',
]);
const nameWordsMax = 4;
/** Far below what a name may have, so that a number behind it still fits. */
const nameCharsMax = 48;
