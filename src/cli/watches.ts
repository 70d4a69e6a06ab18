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
  const watch = await client.addWatch({
    ...{ name, request, cron: options.every, timezone: options.timezone, condition: options.when },
    on: options.on ?? null,
    channel: options.channel ?? null,
  });
  if (options.json) printJson(watch);
  else {
    console.log(`${paint.bold(watch.name)} looks next at ${minuteOf(watch.nextAt)}.`);
    console.log(
      paint.dim(
        'It runs by itself only where a rule lets schedules run what only reads (docs/incidents.md).',
      ),
    );
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
  `next ${minuteOf(watch.nextAt)}`,
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
  const watch = await client.removeWatch(name);
  if (options.json) printJson(watch);
  else
    console.log(
      `${plain(watch.name)} is watched no longer. What it raised stays as it is until somebody looks.`,
    );
  return ExitCode.done;
};

const minuteOf = (at: number): string =>
  at > 8e15 ? 'never' : `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
