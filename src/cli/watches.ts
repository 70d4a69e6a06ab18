import { scheduleWords } from '../core/schedule-words.ts';
import { sentence } from '../core/sentences.ts';
import type { Watch } from '../core/watch.ts';
import type { ApiClient } from './client.ts';
import { ExitCode } from './exit-code.ts';
import { paint } from './paint.ts';
import { printJson } from './print-json.ts';
import { plain } from './render-card.ts';
import { table } from './table.ts';

/** `nerdy watch add` */
export const addWatchCommand = async (
  client: ApiClient,
  name: string,
  request: string,
  options: { when: string; every: string; timezone: string; on?: string; channel?: string; json: boolean },
): Promise<ExitCode> => {
  const added = await client.addWatch({
    ...{ name, request, cron: options.every, timezone: options.timezone, condition: options.when },
    on: options.on ?? null,
    channel: options.channel ?? null,
  });
  const { watch, forecast } = added;
  if (options.json) printJson(added);
  else {
    console.log(`${paint.bold(watch.name)} looks next at ${minuteOf(watch.nextAt)}, ${whenOf(watch)}.`);
    const words = plain(forecast.sentence.text);
    console.log(forecast.kind === 'runs' ? words : paint.yellow(words));
  }
  return ExitCode.done;
};

/** `nerdy watch list` */
export const listWatchesCommand = async (
  client: ApiClient,
  options: { json: boolean },
): Promise<ExitCode> => {
  const watches = await client.watches();
  if (options.json) printJson(watches);
  else if (watches.length === 0) {
    console.log(
      'Nothing is watched. npx nerdy watch add disk-db1 "check disk usage" --on db1 --when "disk > 90 %"',
    );
  } else console.log(table(watches.map(rowOf)));
  return ExitCode.done;
};

const rowOf = (watch: Watch): string[] => [
  paint.bold(plain(watch.name)),
  plain(`"${watch.request}"${watch.on === null ? '' : ` on ${watch.on}`}`),
  plain(watch.condition),
  plain(`${scheduleWords(watch.cron)} (${watch.timezone})`),
  // The next look comes once this one has ended, whatever the schedule says.
  watch.task === null ? `next ${minuteOf(watch.nextAt)}` : `#${watch.task} is looking, or waits for a yes`,
  paint.dim(plain(watch.says ?? 'not looked yet').slice(0, saysCharsMax)),
];

/** The rest of what the last look came to is in `--json` and in its task. */
const saysCharsMax = 100;

/** `nerdy watch remove` */
export const removeWatchCommand = async (
  client: ApiClient,
  name: string,
  options: { json: boolean },
): Promise<ExitCode> => {
  const gone = await client.removeWatch(name);
  if (options.json) printJson(gone);
  else console.log(plain(sentence('watch_removed', { name: gone.watch.name, ended: gone.ended }).text));
  return ExitCode.done;
};

const whenOf = ({ cron, timezone }: Watch): string => `then ${scheduleWords(cron)} (${plain(timezone)})`;

const minuteOf = (at: number): string =>
  at > 8e15 ? 'never' : `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
