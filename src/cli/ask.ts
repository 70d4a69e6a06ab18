import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline/promises';
import type { Card } from '../core/card.ts';
import { sentence } from '../core/sentences.ts';
import { isTaskEnded } from '../core/task.ts';
import type { ApiClient } from './client.ts';
import { CliError, ExitCode } from './exit-code.ts';
import { isAtRest, until } from './follow.ts';
import { LiveOutput } from './live-output.ts';
import { paint } from './paint.ts';
import { printJson } from './print-json.ts';
import { renderCard } from './render-card.ts';

export interface ShowOptions {
  json: boolean;
}

export interface FollowOptions extends ShowOptions {
  /** Show the output while it runs. */
  watch?: boolean;
  /** False returns as soon as the act is done. */
  wait?: boolean;
}

export interface AskOptions extends FollowOptions {
  on: string | null;
  /** The task whose conversation this goes on with. */
  thread?: string;
  yes: boolean;
}

/** `nerdy ask`: asks, shows the script, approves where the person says so, and stays until the answer. */
export const askCommand = async (
  client: ApiClient,
  request: string,
  options: AskOptions,
): Promise<ExitCode> => {
  if (request.trim() === '') throw new CliError(sentence('request_empty', {}).text, ExitCode.usage);
  const asked = await client.ask(request, options.on, randomUUID(), options.thread ?? null);
  const proposed = await until(client, asked.task, {
    ...{ label: 'looking for a script', json: options.json },
    isEnough: (c) => c.state !== 'drafting',
  });
  if (proposed.state !== 'proposed') return show(proposed, options);
  return decide(client, proposed, options);
};

/** Shows a proposal and approves it where the person says so; without one it says how. */
const decide = async (client: ApiClient, proposed: Card, options: AskOptions): Promise<ExitCode> => {
  if (!options.json) console.log(renderCard(proposed));
  const confirmation = proposed.terms?.confirmation ?? null;
  // A yes given before anyone has seen the script is no answer to a question that this script raises.
  const saidYes = options.yes && confirmation === null;
  const isAsked = !saidYes && isInteractive(options) && isApprovable(proposed);
  const typed = isAsked ? await askPerson(proposed) : null;
  if (saidYes || typed !== null) {
    return followAct(client, await approveShown(client, proposed, { confirm: typed }), options);
  }
  if (options.watch) return watchToEnd(client, proposed.task, options);
  if (options.json) printJson(proposed);
  else console.log(approveHint(proposed));
  return ExitCode.waiting;
};

const isApprovable = ({ actions }: Card): boolean => actions.some((action) => action.kind === 'approve');

const approveHint = (card: Card): string => {
  const { task, terms } = card;
  if (!isApprovable(card)) return '\nNothing has run, and as things stand nobody can approve it.';
  const confirm = terms?.confirmation ? ` --confirm ${terms.confirmation.text}` : '';
  const yes = paint.bold(`npx nerdy approve ${task}${confirm}`);
  return `\nNothing has run. Approve it with: ${yes}\nSay no with: ${paint.bold(`npx nerdy reject ${task}`)}`;
};

/** `nerdy approve N`: shows the whole script, asks, and approves exactly that. */
export const approveCommand = async (
  client: ApiClient,
  task: number,
  options: AskOptions & { canary: boolean; confirm: string | null },
): Promise<ExitCode> => {
  const card = await client.card(task);
  if (!options.json) console.log(renderCard(card));
  const typed = await typedFor(card, options);
  const after = await approveShown(client, card, { canary: options.canary, confirm: typed });
  return followAct(client, after, options);
};

const isInteractive = ({ json }: ShowOptions): boolean =>
  !json && process.stdin.isTTY && process.stdout.isTTY;

/** What goes with the yes: what stands in `--confirm`, or what the person types now. */
const typedFor = async (
  card: Card,
  options: AskOptions & { confirm: string | null },
): Promise<string | null> => {
  const confirmation = card.terms?.confirmation ?? null;
  if (card.state !== 'proposed' || options.confirm !== null) return options.confirm;
  if (options.yes && confirmation === null) return null;
  const typed = isInteractive(options) ? await askPerson(card) : null;
  if (typed !== null) return typed;
  const how = confirmation
    ? `${confirmation.why.text} On the command line: --confirm ${confirmation.text}`
    : 'Say yes at the question, or pass --yes once you have read the script.';
  throw new CliError(`Nothing was approved. ${how}`, ExitCode.waiting);
};

/** Asks for a yes, or for what the card wants typed. Null is a no; else what was typed. */
const askPerson = async (card: Card): Promise<string | null> => {
  const line = createInterface({ input: process.stdin, output: process.stdout });
  try {
    // At Ctrl-C and Ctrl-D the question is never answered, which is a no.
    const closed = new Promise<string>((resolve) => line.once('close', () => resolve('')));
    const machines = card.targets.map((t) => t.name).join(', ');
    const confirmation = card.terms?.confirmation ?? null;
    const question = confirmation
      ? `\n${confirmation.why.text}\nType ${confirmation.text} to run this on ${machines}: `
      : `\nRun this on ${machines}? [y/N] `;
    const said = (await Promise.race([line.question(question).catch(() => ''), closed])).trim();
    if (confirmation) return said.replace(/^#/, '') === confirmation.text ? said : null;
    return /^(y|yes|j|ja|o|oui|네|예)$/i.test(said) ? said : null;
  } finally {
    line.close();
  }
};

/** Sends the digest of the card that was shown; where that is no proposal any more the server says why. */
const approveShown = (
  client: ApiClient,
  card: Card,
  { canary = false, confirm }: { canary?: boolean; confirm: string | null },
): Promise<Card> => {
  const { revision, digest } = card.proposal ?? { revision: 1, digest: '0'.repeat(64) };
  return client.act(card.task, 'approve', { proposal: revision, digest, canary, confirm });
};

/** After an act: follows the task to where it rests next, since the card at the act's own moment tells nothing yet. */
export const followAct = async (
  client: ApiClient,
  acted: Card,
  options: FollowOptions,
): Promise<ExitCode> => {
  // More people must say yes; whoever waits for them may say --watch.
  if (acted.state === 'proposed') return show(acted, options);
  if (options.wait !== false) return watchToEnd(client, acted.task, options);
  show(acted, options);
  return ExitCode.done;
};

/** Follows the task to where it rests, with live output where wanted, and shows it. */
export const watchToEnd = async (
  client: ApiClient,
  task: number,
  options: FollowOptions,
): Promise<ExitCode> => {
  const live = options.watch && !options.json ? new LiveOutput(client, task) : null;
  // Who watches a proposal wants to see it decided by somebody else.
  const isEnough = options.watch
    ? (card: Card): boolean => isTaskEnded(card.state) || card.state === 'paused'
    : (card: Card): boolean => isAtRest(card);
  const last = await until(client, task, { label: 'running', json: options.json, isEnough, live });
  await live?.drain(last);
  return show(last, options);
};

/** Prints the card and says with the exit code how it stands. */
export const show = (card: Card, { json }: ShowOptions): ExitCode => {
  if (json) printJson(card);
  else console.log(renderCard(card));
  if (card.state === 'proposed' && !json) console.log(approveHint(card));
  if (['proposed', 'asking', 'paused'].includes(card.state)) return ExitCode.waiting;
  if (!isTaskEnded(card.state)) return ExitCode.done;
  return card.tone === 'good' ? ExitCode.done : ExitCode.endedBadly;
};
