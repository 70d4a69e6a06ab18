import { Chance } from './chance.ts';

/** What the command line asked for. */
export interface Wanted {
  seed: number;
  /** Scripts on machines, over all tasks. */
  runs: number;
  kills: number;
  agents: number;
  /** Wrappers are killed too: then a run may be lost, and must say so. */
  wrappers: boolean;
}

/** One task: a script on some of the agents. */
export interface TaskPlan {
  /** Its place in the plan, which names its folder of effects. */
  index: number;
  agents: string[];
  lines: number;
  napMs: number;
  /** One machine first, the others when a person says so. */
  canary: boolean;
}

export type VictimKind = 'server' | 'agent' | 'redis' | 'wrapper';

/** One kill -9. */
export interface KillPlan {
  /** It is due when so many runs have ended, */
  afterRuns: number;
  /** and that much later. */
  delayMs: number;
  kind: VictimKind;
  /** Which one of its kind, from 0 to 1 over those that live then. */
  which: number;
  /** How long it stays away. A wrapper never comes back. */
  pauseMs: number;
}

export interface Plan {
  agents: string[];
  tasks: TaskPlan[];
  kills: KillPlan[];
}

const agentsATaskMax = 4;
/** A script's nap is told in four digits. */
const napMsMax = 2_500;
const pauseMsMax = 1_500;
const delayMsMax = 400;
/** The last runs are left alone, so that every kill has something to hit. */
const killsUntil = 0.97;

/** Everything that is left to chance, chosen before anything starts: a seed repeats it. */
export const planOf = ({ seed, runs, kills, agents, wrappers }: Wanted): Plan => {
  const chance = new Chance(seed);
  const names = Array.from({ length: agents }, (_, i) => `t${i + 1}`);
  const tasks: TaskPlan[] = [];
  for (let left = runs; left > 0; ) {
    const task = taskOf(chance, tasks.length, names, left);
    tasks.push(task);
    left -= task.agents.length;
  }
  const killPlans = Array.from({ length: kills }, () => killOf(chance, runs, wrappers));
  return { agents: names, tasks, kills: killPlans.sort((a, b) => a.afterRuns - b.afterRuns) };
};

const taskOf = (chance: Chance, index: number, names: readonly string[], left: number): TaskPlan => {
  const wide = Math.min(agentsATaskMax, names.length, left);
  const count = chance.weighed([
    [4, 1],
    [6, chance.between(1, wide)],
  ]);
  const from = chance.between(0, names.length - 1);
  const lines = chance.weighed([
    [60, chance.between(0, 20)],
    [27, chance.between(100, 2_000)],
    [11, chance.between(2_000, 14_000)],
    // More than is kept, so that the middle is left out.
    [2, chance.between(20_000, 30_000)],
  ]);
  const napMs = chance.weighed([
    [40, 0],
    [40, chance.between(20, 400)],
    [20, chance.between(400, napMsMax)],
  ]);
  const canary = chance.next() < 0.2;
  return {
    index,
    agents: Array.from({ length: count }, (_, i) => names[(from + i) % names.length] ?? ''),
    lines,
    napMs,
    canary: canary && count > 1,
  };
};

const killOf = (chance: Chance, runs: number, wrappers: boolean): KillPlan => ({
  afterRuns: Math.floor(chance.next() * runs * killsUntil),
  delayMs: chance.between(0, delayMsMax),
  kind: chance.weighed<VictimKind>([
    [35, 'server'],
    [45, 'agent'],
    [20, 'redis'],
    [wrappers ? 50 : 0, 'wrapper'],
  ]),
  which: chance.next(),
  // Half of them are back at once, as an init system would have it.
  pauseMs: chance.next() < 0.5 ? 0 : chance.between(1, pauseMsMax),
});
