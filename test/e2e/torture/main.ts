/** `npm run torture`: kill -9 of everything, again and again, while tasks flow; then everything is counted. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { packageDir } from '../processes.ts';
import { tableOf } from './table.ts';
import { torture } from './torture.ts';

const usage = `Usage: npm run torture -- [--runs <n>] [--kills <n>] [--agents <n>] [--wrappers] [--seed <n>] [--agent-file <path>]`;

const count = (text: string, least: number): number => {
  if (!/^\d{1,9}$/.test(text) || Number(text) < least) {
    console.error(`${text} is no number from ${least} on.\n${usage}`);
    process.exit(2);
  }
  return Number(text);
};

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '200' },
    kills: { type: 'string', default: '20' },
    agents: { type: 'string', default: '4' },
    wrappers: { type: 'boolean', default: false },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1e9)) },
    'agent-file': { type: 'string', default: join(packageDir, 'agent/dist/nerdy-agent.cjs') },
  },
});
const wanted = {
  seed: count(values.seed, 0),
  runs: count(values.runs, 1),
  kills: count(values.kills, 0),
  agents: count(values.agents, 1),
  wrappers: values.wrappers,
};
console.log(
  `Torture with --seed ${wanted.seed}: ${wanted.runs} runs, ${wanted.kills} kills, ${wanted.agents} agents.`,
);
const result = await torture(wanted, values['agent-file']);
console.log(tableOf(result));
process.exit(result.tally.faults.length === 0 ? 0 : 1);
