import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Card } from '../../../src/core/card.ts';
import { yesTo } from '../attack-scene.ts';
import type { TaskPlan } from './plan.ts';
import type { Scene } from './scene.ts';
import { digestOf, type ToldRun } from './tally.ts';
import type { TaskWatch } from './task-watch.ts';

/** States in which nobody needs to do anything and more will come. */
const onItsWay: readonly string[] = ['drafting', 'running', 'answering', 'cancelling'];

/** A person who asks, says yes, and reads the result, with a key for each act so that repeating one is safe. */
export class Customer {
  readonly #scene: Scene;
  readonly #watch: TaskWatch;
  readonly #seed: number;
  readonly #effectsDir: string;

  constructor(scene: Scene, watch: TaskWatch, seed: number, effectsDir: string) {
    this.#scene = scene;
    this.#watch = watch;
    this.#seed = seed;
    this.#effectsDir = effectsDir;
  }

  /** From words to the last byte of the last run's output. @returns its runs; none where nothing was approved. */
  async order(plan: TaskPlan): Promise<ToldRun[]> {
    const folder = join(this.#effectsDir, String(plan.index));
    mkdirSync(folder);
    const nap = String(plan.napMs).padStart(4, '0');
    const request = `tally in ${folder} with l${plan.lines} after n${nap}`;
    const { task } = await this.#scene.call((client) =>
      client.ask(request, plan.agents.join(', '), this.#keyOf(plan, 'ask')),
    );
    let card = await this.#settled(task);
    if (card.state === 'proposed') {
      await this.#act(plan, card, 'approve', {
        ...yesTo(card),
        canary: plan.canary,
        confirm: card.terms?.confirmation?.text ?? null,
      });
      card = await this.#settled(task);
    }
    if (card.state === 'paused') {
      await this.#act(plan, card, 'continue', {});
      card = await this.#settled(task);
    }
    const isDone = card.state === 'done' && card.runs.length === plan.agents.length;
    if (!isDone) this.#scene.faults.push(`Task #${task} is ${card.state}: ${card.headline}`);
    return Promise.all(card.runs.map((run) => this.#told(plan, task, run)));
  }

  async #told(plan: TaskPlan, task: number, run: Card['runs'][number]): Promise<ToldRun> {
    const bytes = await this.#scene.call((client) => client.wholeOutput(task, run.id, 'stdout'));
    const { id, name: agent, state } = run;
    const output = { lines: plan.lines, digest: digestOf(bytes), bytes: bytes.length };
    return { id, task, agent, state, code: run.sentence?.code ?? null, output };
  }

  #act(plan: TaskPlan, card: Card, verb: string, body: object): Promise<Card> {
    return this.#scene.call((client) => client.act(card.task, verb, body, this.#keyOf(plan, verb)));
  }

  #settled(task: number): Promise<Card> {
    return this.#watch.reached(task, (card) => !onItsWay.includes(card.state));
  }

  #keyOf(plan: TaskPlan, verb: string): string {
    return `torture-${this.#seed}-${plan.index}-${verb}`;
  }
}
