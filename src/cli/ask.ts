import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline/promises';
import spinner from 'yocto-spinner';
import type { Card } from '../core/card.ts';
import { isTaskEnded } from '../core/task.ts';
import type { ApiClient } from './client.ts';
import { CliError, ExitCode } from './exit-code.ts';
import { LiveOutput } from './live-output.ts';
import { paint } from './paint.ts';
import { printJson } from './print-json.ts';
import { renderCard } from './render-card.ts';

export interface AskOptions {
  on: string | null;
  /** The task whose conversation this goes on with. */
  thread?: string;
  yes: boolean;
  json: boolean;
  watch: boolean;
}

/** `nerdy ask`: asks, shows the script, approves where the person says so, and stays until the answer. */
export const askCommand = async (
  client: ApiClient,
  request: string,
  options: AskOptions,
): Promise<ExitCode> => {
  const asked = await client.ask(request, options.on, randomUUID(), options.thread ?? null);
  const proposed = await until(
    client,
    asked.task,
    'looking for a script',
    options,
    (c) => c.state !== 'drafting',
  );
  if (proposed.state !== 'proposed') return show(proposed, options);
  if (!options.json) console.log(renderCard(proposed));
  const isApproved = options.yes || (isInteractive(options) && (await confirm(proposed)));
  if (isApproved) await approveShown(client, proposed);
  else if (!options.watch) {
    if (options.json) printJson(proposed);
    else
      console.log(`\nNothing has run. Approve it with: ${paint.bold(`npx nerdy approve ${proposed.task}`)}`);
    return ExitCode.waiting;
  }
  return watchToEnd(client, proposed.task, options);
};

/** `nerdy approve N`: shows the whole script, asks, and approves exactly that. */
export const approveCommand = async (
  client: ApiClient,
  task: number,
  options: AskOptions & { canary: boolean },
): Promise<ExitCode> => {
  const card = await client.card(task);
  if (!options.json) console.log(renderCard(card));
  if (card.state === 'proposed' && !options.yes && !(isInteractive(options) && (await confirm(card)))) {
    const how = 'Say yes at the question, or pass --yes once you have read the script.';
    throw new CliError(`Nothing was approved. ${how}`, ExitCode.waiting);
  }
  await approveShown(client, card, options.canary);
  return watchToEnd(client, task, options);
};

const isInteractive = ({ json }: AskOptions): boolean => !json && process.stdin.isTTY && process.stdout.isTTY;

const confirm = async (card: Card): Promise<boolean> => {
  const line = createInterface({ input: process.stdin, output: process.stdout });
  try {
    // At Ctrl-C and Ctrl-D the question is never answered, which is a no.
    const closed = new Promise<string>((resolve) => line.once('close', () => resolve('')));
    const question = `\nRun this on ${card.targets.map((t) => t.name).join(', ')}? [y/N] `;
    const said = await Promise.race([line.question(question).catch(() => ''), closed]);
    return /^(y|yes|j|ja|o|oui|네|예)$/i.test(said.trim());
  } finally {
    line.close();
  }
};

/** Sends the digest of the card that was shown; where that is no proposal any more the server says why. */
const approveShown = async (client: ApiClient, card: Card, canary = false): Promise<void> => {
  const { revision, digest } = card.proposal ?? { revision: 1, digest: '0'.repeat(64) };
  await client.act(card.task, 'approve', { proposal: revision, digest, canary });
};

/** Follows the task to its end, with live output where wanted, and shows it. */
export const watchToEnd = async (client: ApiClient, task: number, options: AskOptions): Promise<ExitCode> => {
  const live = options.watch && !options.json ? new LiveOutput(client, task) : null;
  const stops = (card: Card): boolean => isTaskEnded(card.state) || card.state === 'paused';
  const last = await until(client, task, 'running', options, stops, live);
  await live?.drain(last);
  return show(last, options);
};

const until = async (
  client: ApiClient,
  task: number,
  label: string,
  options: AskOptions,
  isEnough: (card: Card) => boolean,
  live: LiveOutput | null = null,
): Promise<Card> => {
  const wait = !options.json && !live && process.stderr.isTTY ? spinner({ text: label }).start() : null;
  const stop = new AbortController();
  try {
    for await (const card of client.follow(task, stop.signal)) {
      if (wait) wait.text = card.headline;
      await live?.show(card);
      if (isEnough(card)) return card;
    }
  } finally {
    wait?.stop();
    stop.abort();
  }
  throw new CliError(`Task #${task} could not be followed to its end.`, ExitCode.unreachable);
};

/** Prints the card and says with the exit code how it stands. */
export const show = (card: Card, { json }: { json: boolean }): ExitCode => {
  if (json) printJson(card);
  else console.log(renderCard(card));
  if (['proposed', 'asking', 'paused'].includes(card.state)) return ExitCode.waiting;
  if (!isTaskEnded(card.state)) return ExitCode.done;
  return card.tone === 'good' ? ExitCode.done : ExitCode.endedBadly;
};
