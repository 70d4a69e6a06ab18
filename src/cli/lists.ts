import type { ApiClient } from './client.ts';
import { ExitCode } from './exit-code.ts';
import { paint } from './paint.ts';
import { printJson } from './print-json.ts';
import { headOf, plain } from './render-card.ts';

/** `nerdy tasks`: the latest, newest last, so that it stands above the prompt. */
export const tasksCommand = async (
  client: ApiClient,
  options: { json: boolean; limit: string; state?: string },
): Promise<ExitCode> => {
  const query = new URLSearchParams({ limit: options.limit });
  if (options.state) query.set('state', options.state);
  const cards = await client.cards(query);
  if (options.json) printJson(cards);
  else if (cards.length === 0) console.log('No tasks yet. Ask for one: npx nerdy ask "check memory"');
  else for (const card of cards.reverse()) console.log(headOf(card, agoWords(Date.now() - card.askedAt)));
  return ExitCode.done;
};

/** `nerdy output N`: what the runs printed, as it was kept; standard error goes to standard error. */
export const outputCommand = async (client: ApiClient, task: number): Promise<ExitCode> => {
  const card = await client.card(task);
  for (const run of card.runs) {
    if (card.runs.length > 1) console.log(paint.bold(`${run.name}:`));
    for (const stream of ['stdout', 'stderr'] as const) {
      const text = (await client.wholeOutput(task, run.id, stream)).toString('utf8');
      const print = stream === 'stdout' ? console.log : console.error;
      if (text !== '') print(plain(text.replaceAll('\r\n', '\n').replace(/\n$/, '')));
    }
  }
  return ExitCode.done;
};

/** How long ago, as people say it; the clock of whoever asks may be a little off, so nothing is in the future. */
export const agoWords = (ms: number): string => {
  const units: [ms: number, name: string][] = [
    [86_400_000, 'd'],
    [3_600_000, 'h'],
    [60_000, 'min'],
  ];
  for (const [unit, name] of units) if (ms >= unit) return `${Math.floor(ms / unit)} ${name} ago`;
  return 'just now';
};
