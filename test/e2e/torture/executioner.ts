import type { Victim } from './kept-process.ts';
import type { KillPlan, VictimKind } from './plan.ts';
import type { Scene } from './scene.ts';
import type { Wrappers } from './wrappers.ts';

/** How often a wrapper to kill, or a victim that is back, is looked for. */
const lookMs = 5;

/** Carries out the planned kills as runs end. One whose victim is away waits until it is back. */
export class Executioner {
  readonly #scene: Scene;
  readonly #wrappers: Wrappers;
  readonly #due: KillPlan[];
  readonly done: Record<VictimKind, number> = { server: 0, agent: 0, redis: 0, wrapper: 0 };
  /** Resolves when the last one was carried out. */
  readonly finished: Promise<void>;
  #finish = (): void => {};
  #left: number;
  #isStopped = false;

  constructor(scene: Scene, wrappers: Wrappers, kills: readonly KillPlan[]) {
    this.#scene = scene;
    this.#wrappers = wrappers;
    this.#due = [...kills];
    this.#left = kills.length;
    this.finished = new Promise((resolve) => {
      this.#finish = resolve;
    });
    if (kills.length === 0) this.#finish();
  }

  /** So many runs have ended: the kills that were waiting for it begin their delay. */
  progress(runsEnded: number): void {
    while (this.#due[0] && this.#due[0].afterRuns <= runsEnded) {
      const kill = this.#due.shift() as KillPlan;
      setTimeout(() => this.#carryOut(kill), kill.delayMs);
    }
  }

  stop(): void {
    this.#isStopped = true;
  }

  #carryOut(kill: KillPlan): void {
    if (this.#isStopped) return;
    if (kill.kind === 'wrapper' ? this.#wrappers.killOne(kill.which) : this.#killVictim(kill)) {
      this.done[kill.kind]++;
      if (--this.#left === 0) this.#finish();
      return;
    }
    setTimeout(() => this.#carryOut(kill), lookMs);
  }

  #killVictim({ kind, which, pauseMs }: KillPlan): boolean {
    const victim = this.#victimOf(kind, which);
    if (!victim.isUp) return false;
    void victim.kill(pauseMs);
    return true;
  }

  #victimOf(kind: VictimKind, which: number): Victim {
    const { server, redis, agents } = this.#scene;
    if (kind !== 'agent') return kind === 'server' ? server : redis;
    const all = [...agents.values()];
    return all[Math.floor(which * all.length)] ?? server;
  }
}
