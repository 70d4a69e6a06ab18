import { createInterface } from 'node:readline/promises';
import type { Agent } from '../core/agent.ts';
import { sentence } from '../core/sentences.ts';
import { nearestNames } from '../core/target.ts';
import { labelsText } from './agents-list.ts';
import type { ApiClient } from './client.ts';
import { CliError, ExitCode } from './exit-code.ts';
import { labelsFrom } from './label-option.ts';
import { printJson } from './print-json.ts';
import { plain } from './render-card.ts';

interface Printing {
  json: boolean;
}

/** `nerdy agents remove`: asks a person for the machine's name, since nothing brings it back but joining anew. */
export const removeCommand = async (
  client: ApiClient,
  name: string,
  options: Printing & { yes: boolean },
): Promise<ExitCode> => {
  if (!options.yes) {
    await requireMachine(client, name);
    if (options.json || !process.stdin.isTTY || !process.stdout.isTTY) {
      throw new CliError(
        `Removing ${name} can't be undone, and there is nobody here to ask. Add --yes if it is meant.`,
        ExitCode.usage,
      );
    }
    const typed = await ask(
      `${name} is cut off at once, and comes back only by a new invitation. What it has under way goes on there unseen. Type its name to remove it: `,
    );
    if (typed.trim() !== name)
      throw new CliError(`Nothing was removed: that was not "${name}".`, ExitCode.endedBadly);
  }
  const agent = await client.removeAgent(name);
  return done(agent, options, `${agent.name} is removed. What it did stays in the history.`);
};

/** Nobody is asked to confirm a name that no machine has. */
const requireMachine = async (client: ApiClient, name: string): Promise<void> => {
  const names = (await client.agents()).map((agent) => agent.name);
  if (names.some((n) => n.toLowerCase() === name.toLowerCase())) return;
  const { text } = sentence('machine_unknown', { name, nearest: nearestNames(name, names) });
  throw new CliError(text, ExitCode.endedBadly);
};

const ask = async (question: string): Promise<string> => {
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return await lines.question(question);
  } finally {
    lines.close();
  }
};

/** `nerdy agents suspend` */
export const suspendCommand = async (
  client: ApiClient,
  name: string,
  options: Printing & { reason?: string },
): Promise<ExitCode> => {
  const agent = await client.actOnAgent(name, 'suspend', { reason: options.reason ?? null });
  return done(
    agent,
    options,
    `${agent.name} is suspended. \`npx nerdy agents resume ${agent.name}\` lets it work again.`,
  );
};

/** `nerdy agents resume` */
export const resumeCommand = async (
  client: ApiClient,
  name: string,
  options: Printing,
): Promise<ExitCode> => {
  const agent = await client.actOnAgent(name, 'resume', {});
  return done(agent, options, `${agent.name} may work again. It connects by itself within a minute or so.`);
};

/** `nerdy agents label` */
export const labelCommand = async (
  client: ApiClient,
  name: string,
  labels: readonly string[],
  options: Printing & { none: boolean },
): Promise<ExitCode> => {
  if (options.none === labels.length > 0) {
    throw new CliError(
      `Give the labels that ${name} is to have, as role=db env=prod, or --none.`,
      ExitCode.usage,
    );
  }
  const agent = await client.actOnAgent(name, 'relabel', { labels: labelsFrom(labels) });
  const words = labelsText(agent);
  return done(
    agent,
    options,
    words === '' ? `${agent.name} has no labels now.` : `${agent.name} has the labels ${words}.`,
  );
};

/** `nerdy agents rename` */
export const renameCommand = async (
  client: ApiClient,
  name: string,
  newName: string,
  options: Printing,
): Promise<ExitCode> => {
  const agent = await client.actOnAgent(name, 'rename', { name: newName });
  return done(agent, options, `${name} is called ${agent.name} now.`);
};

const done = (agent: Agent, { json }: Printing, words: string): ExitCode => {
  if (json) printJson(agent);
  else console.log(plain(words));
  return ExitCode.done;
};
