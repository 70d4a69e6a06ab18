import type { Agent } from '../core/agent.ts';
import { certificateEnd } from '../core/certificate-end.ts';
import type { ApiClient } from './client.ts';
import { ExitCode } from './exit-code.ts';
import { paint } from './paint.ts';
import { printJson } from './print-json.ts';
import { plain } from './render-card.ts';
import { spark } from './spark.ts';
import { table } from './table.ts';

/** An hour in slices of five minutes. */
const sparkChars = 12;

/** `nerdy agents`: who is there, and how they are. */
export const listAgentsCommand = async (client: ApiClient, options: { json: boolean }): Promise<ExitCode> => {
  const agents = await client.agents();
  if (options.json) printJson(agents);
  else if (agents.length === 0) {
    console.log('No machine has joined yet. Invite one with: npx nerdy agents invite');
  } else {
    console.log(table(agents.map(agentRow)));
    for (const line of agents.flatMap((agent) => toLookAt(agent, Date.now()))) console.log(`\n${line}`);
  }
  return ExitCode.done;
};

const agentRow = (agent: Agent): string[] => {
  const { load } = agent;
  return [
    `${agent.online ? paint.green('●') : paint.dim('○')} ${paint.bold(agent.name)}`,
    stateOf(agent),
    plain(`${agent.facts.platform} ${agent.facts.arch}`),
    load ? `cpu ${spark(load.history?.cpu ?? [], sparkChars)} ${percent(load.cpuFraction, 1)}` : '',
    load ? `mem ${percent(load.memoryUsedBytes, load.memoryTotalBytes)}` : '',
    load ? `disk ${percent(load.diskUsedBytes, load.diskTotalBytes)}` : '',
    labelsText(agent),
  ];
};

const stateOf = ({ online, identity }: Agent): string => {
  if (identity?.state === 'suspended') return paint.yellow('suspended');
  return online ? 'online' : paint.dim('offline');
};

/** What somebody should do something about, each in a sentence below the list. */
const toLookAt = ({ name, identity }: Agent, now: number): string[] => {
  if (identity?.state === 'suspended') {
    const resume = `\`npx nerdy agents resume ${name}\` lets it work again.`;
    return [`${paint.yellow(`${name} is suspended:`)} ${plain(identity.why?.text ?? '')} ${resume}`];
  }
  const end = certificateEnd(identity, now);
  return end === null ? [] : [`${paint.yellow(`${name}:`)} ${end.text}`];
};

export const labelsText = ({ labels }: Pick<Agent, 'labels'>): string =>
  Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(' ');

const percent = (part: number, whole: number): string =>
  whole > 0 ? `${Math.round((part / whole) * 100)} %` : '–';
