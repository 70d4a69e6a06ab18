import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import type { Card } from '../../src/core/card.ts';
import { yesTo } from '../e2e/attack-scene.ts';
import { effectsIn, type Kept, reached } from '../e2e/loop.ts';

/** Told by the script's end, so that an exit code that somebody made up is seen. */
const exitCode = 42;
/** Lines before and after the script waits; as bytes far more than one frame. */
const linesHalf = 4_000;

const lineOf = (number: number): string => `${number}: all of it arrives, once and in its order`;
const whole = Array.from({ length: linesHalf * 2 }, (_, i) => `${lineOf(i + 1)}\n`).join('');

/**
 * A script that stops in the middle of its output until the test lets it go on: whatever is done to the network
 * meanwhile happens in mid-output, and not by luck.
 */
export class Pour {
  readonly #server: Kept;
  readonly #task: number;
  readonly #effect: string;
  readonly #go: string;

  private constructor(server: Kept, task: number, effect: string) {
    this.#server = server;
    this.#task = task;
    this.#effect = effect;
    this.#go = `${effect}.go`;
  }

  /** Asks, puts the script in, and says yes. */
  static async start(server: Kept, agent: string, dir: string): Promise<Pour> {
    const effect = join(dir, `effect-${agent}-${randomUUID()}`);
    const key = randomUUID();
    const { task } = await server.call((client) =>
      client.ask(`mark the file ${effect} on ${agent}`, null, key),
    );
    const pour = new Pour(server, task, effect);
    const card = await reached(server, task, (c) => c.state === 'proposed');
    const texts = [{ digest: card.scripts[0]?.digest ?? '', text: pour.#script }];
    const proposal = card.proposal?.revision;
    const edited = await server.call((client) => client.act(task, 'edit', { proposal, texts }, randomUUID()));
    const yes = { ...yesTo(edited), confirm: edited.terms?.confirmation?.text ?? null };
    await server.call((client) => client.act(task, 'approve', yes, randomUUID()));
    return pour;
  }

  /** Resolves when the server has half of it, and the script waits. */
  async half(): Promise<void> {
    const bytes = Buffer.byteLength(whole) / 3;
    await reached(this.#server, this.#task, (card) => (card.runs[0]?.stdoutBytes ?? 0) > bytes);
  }

  goOn(): void {
    writeFileSync(this.#go, '');
  }

  /** Lets the script go on, and resolves when it has come to its end, whoever knows of it. */
  async goOnToTheEnd(): Promise<void> {
    this.goOn();
    await vi.waitFor(() => expect(effectsIn(this.#effect)).toBe(2), { timeout: 30_000, interval: 20 });
  }

  /** Resolves with all that can be wrong, when the task is over. */
  async told(): Promise<{ card: Card; isWhole: boolean; bytes: number; effects: number }> {
    const card = await reached(this.#server, this.#task, (c) => !['running', 'answering'].includes(c.state));
    const run = card.runs[0]?.id ?? '';
    const output = await this.#server.call((client) => client.wholeOutput(this.#task, run, 'stdout'));
    const isWhole = output.toString() === whole;
    return { card, isWhole, bytes: output.length, effects: effectsIn(this.#effect) };
  }

  /** What `told` must say: the output whole, the exit code right, begun once and ended once. */
  static readonly expected = {
    card: { state: 'done', runs: [{ state: 'failed', exitCode }] },
    isWhole: true,
    bytes: Buffer.byteLength(whole),
    effects: 2,
  };

  get #script(): string {
    return `echo begun >>${this.#effect}
seq -f '%.0f: all of it arrives, once and in its order' 1 ${linesHalf}
until [ -e ${this.#go} ]; do sleep 0.05; done
seq -f '%.0f: all of it arrives, once and in its order' ${linesHalf + 1} ${linesHalf * 2}
echo ended >>${this.#effect}
exit ${exitCode}
`;
  }
}
