import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { joined } from '../loop.ts';
import { packageDir } from '../processes.ts';
import { Customer } from './customer.ts';
import { Executioner } from './executioner.ts';
import { type Plan, planOf, type VictimKind, type Wanted } from './plan.ts';
import { Scene } from './scene.ts';
import { type Tally, type ToldRun, tallyOf } from './tally.ts';
import { TaskWatch } from './task-watch.ts';
import { Wrappers } from './wrappers.ts';

/** Tasks on their way at one time: enough that every kill meets runs in all of their states. */
const tasksAtOnce = 12;
/** Nothing ended for so long: it never will. Longer than an agent waits before it tries to connect again. */
const stalledMs = 120_000;

export interface Result {
  wanted: Wanted;
  tally: Tally;
  killed: Record<VictimKind, number>;
  repeats: number;
  tookMs: number;
  /** Error lines of all processes' log; what they say is no fault by itself while others are killed. */
  errorsLogged: string[];
  /** Where everything still is, when something went wrong. */
  kept: string | null;
}

/** @param agentFile the agent's one file, another one to prove that this finds what is broken. */
export const torture = async (wanted: Wanted, agentFile: string): Promise<Result> => {
  const startedAt = performance.now();
  const plan = planOf(wanted);
  const scene = await Scene.start(plan.agents, agentFile);
  const abandon = (): void => void scene.abandon().then(() => process.exit(1));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, abandon);
  const wrappers = new Wrappers(scene.dir);
  const executioner = new Executioner(scene, wrappers, plan.kills);
  const effectsDir = join(scene.dir, 'effects');
  mkdirSync(effectsDir);
  const told = await runAll(plan, scene, executioner, wanted.seed, effectsDir);
  executioner.stop();
  const tally = tallyOf(told.runs, effectsIn(effectsDir), wrappers.runsHit);
  if (told.isWhole) {
    await scene.stop();
    tally.faults.push(...(await auditFaults(scene, plan.agents)));
  } else await scene.abandon();
  tally.faults.push(...scene.faults);
  if (tally.runs !== wanted.runs) tally.faults.push(`${tally.runs} runs were approved, not ${wanted.runs}.`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, abandon);
  const isGood = tally.faults.length === 0;
  const errorsLogged = scene.errorsLogged();
  if (isGood) scene.remove();
  return {
    wanted,
    tally,
    killed: executioner.done,
    repeats: scene.repeats,
    tookMs: performance.now() - startedAt,
    errorsLogged,
    kept: isGood ? null : scene.dir,
  };
};

/** Plays all tasks, some at a time, until the last has ended or nothing goes on any more. */
const runAll = async (
  plan: Plan,
  scene: Scene,
  executioner: Executioner,
  seed: number,
  effectsDir: string,
): Promise<{ runs: ToldRun[]; isWhole: boolean }> => {
  const watch = new TaskWatch(scene);
  const watching = watch.run();
  const customer = new Customer(scene, watch, seed, effectsDir);
  const runs: ToldRun[] = [];
  const waiting = [...plan.tasks];
  const open = new Set<number>();
  let onStall = (): void => {};
  const stalled = new Promise<'stalled'>((resolve) => {
    onStall = () => resolve('stalled');
  });
  const timer = setTimeout(onStall, stalledMs);
  const work = async (): Promise<void> => {
    for (let task = waiting.shift(); task; task = waiting.shift()) {
      open.add(task.index);
      try {
        runs.push(...(await customer.order(task)));
      } catch (err) {
        scene.faults.push(`Task ${task.index} of the plan could not be played: ${(err as Error).message}`);
      }
      open.delete(task.index);
      timer.refresh();
      executioner.progress(runs.length);
    }
  };
  for (const name of plan.agents) await joined(scene, name);
  timer.refresh();
  executioner.progress(0);
  const worked = Promise.all(Array.from({ length: tasksAtOnce }, work)).then(() => executioner.finished);
  const isWhole = (await Promise.race([worked, stalled])) !== 'stalled';
  clearTimeout(timer);
  watch.stop();
  if (!isWhole) {
    const left = [...open].join(', ');
    scene.faults.push(`Nothing ended for ${stalledMs / 1000} s; tasks ${left} of the plan are still open.`);
    return { runs, isWhole };
  }
  await watching;
  return { runs, isWhole };
};

/** What the scripts left, by run. */
const effectsIn = (dir: string): Map<string, string[]> => {
  const effects = new Map<string, string[]>();
  for (const task of readdirSync(dir)) {
    for (const run of readdirSync(join(dir, task))) {
      const lines = readFileSync(join(dir, task, run), 'utf8')
        .split('\n')
        .filter(Boolean);
      effects.set(run, [...(effects.get(run) ?? []), ...lines]);
    }
  }
  return effects;
};

/** The log must be whole after all of it, and be the one that every agent was shown. */
const auditFaults = async (scene: Scene, agents: readonly string[]): Promise<string[]> => {
  const faults: string[] = [];
  for (const name of agents) {
    const witness = join(scene.dir, name, 'witness.json');
    const args = existsSync(witness) ? ['--witness', witness] : [];
    const { code, text } = await nerdy(['audit', 'verify', scene.dataDir, ...args]);
    if (code !== 0) faults.push(`The audit log is not what agent ${name} saw: ${text.trim()}`);
  }
  return faults;
};

const nerdy = (args: readonly string[]): Promise<{ code: number; text: string }> =>
  new Promise((resolve) => {
    execFile(process.execPath, [join(packageDir, 'dist/nerdy.js'), ...args], (err, stdout, stderr) => {
      resolve({ code: err ? 1 : 0, text: `${stdout}${stderr}` });
    });
  });
