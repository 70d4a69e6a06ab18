import { iso } from '../core/iso.ts';
import { type Listing, ListKind } from '../core/listing.ts';
import { parseSchedule, scheduleWords } from '../core/schedule-words.ts';
import { type Sentence, sentence } from '../core/sentences.ts';
import type { Watch } from '../core/watch.ts';
import { type WatchWords, watchNameOf } from '../core/watch-words.ts';
import type { Heard, HeardOutcome } from './hear.ts';
import type { WatchForecast } from './watch-forecast.ts';
import type { Watches, WatchWish } from './watches.ts';

/** Adds or removes what somebody said in a chat, and says what was understood. */
export const talkOfWatch = (
  watches: Watches | null,
  words: WatchWords,
  heard: Pick<Heard, 'by' | 'eventId' | 'surface' | 'channel' | 'text'>,
): Promise<HeardOutcome> | HeardOutcome => {
  if (!watches) return refused(sentence('alerts_off', {}));
  return words.verb === 'remove' ? remove(watches, words.name, heard) : add(watches, words, heard);
};

/** A look that would come to something. */
type Coming = Exclude<WatchForecast, { kind: 'fails' }>;
type Said = Parameters<typeof talkOfWatch>[2];

const remove = async (watches: Watches, name: string, { by, eventId }: Said): Promise<HeardOutcome> => {
  const gone = await watches.remove(by, name, eventId);
  if (gone.kind === 'refused') return gone;
  return said(`Watched no longer: ${name}`, [sentence('watch_removed', { name, ended: gone.ended }).text]);
};

/** What would only make work for people, or never come to anything, is not added before it was told. */
const add = async (
  watches: Watches,
  words: Extract<WatchWords, { verb: 'add' }>,
  heard: Said,
): Promise<HeardOutcome> => {
  const { by, eventId, surface, channel } = heard;
  const schedule = parseSchedule(words.schedule ?? '');
  if (words.request === '' || words.schedule === null) return refused(sentence('watch_how', {}));
  if (schedule === null) return refused(sentence('watch_schedule', { schedule: words.schedule }));
  const taken = new Set((await watches.list()).map((watch) => watch.name));
  const wish: WatchWish = {
    name: words.name ?? watchNameOf(words.request, taken),
    request: words.request,
    on: words.on,
    cron: schedule.cron,
    timezone: words.timezone ?? 'UTC',
    condition: words.condition ?? 'not ok',
    home: watches.homeIn({ surface, channel }),
  };
  const planned = await watches.plan(by, wish);
  if (planned.kind === 'refused') return planned;
  const { forecast, watch } = planned;
  if (forecast.kind === 'fails') return refused(forecast.sentence);
  if (forecast.kind === 'waits' && !words.isConfirmed) return question(watch, forecast, heard.text);
  const added = await watches.add(by, wish, eventId);
  if (added.kind === 'refused') return added;
  return said(`Watching: ${added.watch.name}`, [
    understood(added.watch, forecast),
    forecast.sentence.text,
    sentence('watch_next', { name: added.watch.name, at: minuteOf(added.watch.nextAt) }).text,
  ]);
};

const question = (watch: Watch, forecast: Coming, text: string): HeardOutcome => {
  const { name, condition } = watch;
  const row = { tone: 'waiting' as const, name, words: condition, detail: null, task: null };
  const listing: Listing = {
    ...{ kind: ListKind.watches, title: 'Nothing is watched yet', empty: '' },
    lead: `${understood(watch, forecast)} ${forecast.sentence.text}`,
    rows: [{ ...row, request: `${text.trim()} anyway`, requestLabel: 'Watch it anyway' }],
    foot: sentence('watch_anyway', {}).text,
  };
  return { kind: 'listing', listing };
};

/** In a sentence, so that who was misunderstood sees it. */
const understood = ({ cron, timezone, condition }: Watch, { words, machines }: Coming): string =>
  sentence('watch_understood', {
    ...{ request: words, machines, timezone, condition },
    schedule: scheduleWords(cron),
  }).text;

const said = (title: string, sentences: readonly string[]): HeardOutcome => ({
  kind: 'listing',
  listing: { kind: ListKind.watches, title, lead: sentences.join(' '), rows: [], empty: '', foot: null },
});

const refused = (why: Sentence): HeardOutcome => ({ kind: 'refused', sentence: why });

const minuteOf = (at: number): string => `${iso(at).slice(0, 16).replace('T', ' ')} UTC`;
