import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Decided, View } from '../../src/ports/store.ts';

/** What happens at the chosen point. */
export type PointAction = () => void | Promise<void>;

/** Listeners and getters: nothing of the loop happens in them. */
const quiet = new Set([
  ...['onCommit', 'onPush', 'onAmnesia', 'onRotate', 'isReady', 'start', 'stop', 'then'],
  ...['publicKeys', 'successions', 'unnoted', 'noted'],
]);

/**
 * Stands between the flow and every port. Each call has two points, before and after; a store's change is named by
 * what it writes to the log, so that the points are the transitions themselves.
 */
export class CrashPoints {
  readonly #counts = new Map<string, number>();
  readonly #wanted: string | null;
  readonly #recordTo: string | null;
  readonly #armFile: string | null;
  readonly #action: PointAction;

  /**
   * @param options.wanted the point at which `action` happens, once: `store.change[task.approve]#1 after`.
   * @param options.armFile while it is there, it has patterns, one a line: once all are passed in turn, `action` happens.
   * @param options.recordTo a file that gets each point's name as it is passed.
   */
  constructor(options: {
    wanted: string | null;
    recordTo: string | null;
    armFile?: string | undefined;
    action: PointAction;
  }) {
    this.#wanted = options.wanted;
    this.#recordTo = options.recordTo;
    this.#armFile = options.armFile ?? null;
    this.#action = options.action;
  }

  readonly decorate = <T extends object>(port: string, part: T): T =>
    new Proxy(part, {
      get: (target, property) => {
        const value: unknown = Reflect.get(target, property, target);
        if (typeof value !== 'function') return value;
        const method = String(property);
        const bound = value.bind(target) as (...args: unknown[]) => unknown;
        if (quiet.has(method)) return bound;
        return (...args: unknown[]) => this.#call(`${port}.${method}`, bound, args);
      },
    });

  #call(name: string, call: (...args: unknown[]) => unknown, args: unknown[]): unknown {
    if (name === 'store.change')
      return this.#change(call, args as [unknown, (view: View) => Decided<unknown>]);
    const number = this.#count(name);
    this.#at(`${name}#${number} before`);
    const result = call(...args);
    if (!(result instanceof Promise)) {
      this.#at(`${name}#${number} after`);
      return result;
    }
    return result.then(async (value) => {
      await this.#at(`${name}#${number} after`);
      return value;
    });
  }

  /** Before: decided and not committed. After: committed and not yet known to the caller. */
  async #change(
    call: (...args: unknown[]) => unknown,
    args: [unknown, (view: View) => Decided<unknown>],
  ): Promise<unknown> {
    const [scope, decide] = args;
    let name = '';
    let number = 0;
    const result = await call(scope, (view: View) => {
      const decided = decide(view);
      name = `store.change[${labelOf(decided)}]`;
      number = this.#count(name);
      this.#at(`${name}#${number} before`);
      return decided;
    });
    await this.#at(`${name}#${number} after`);
    return result;
  }

  #count(name: string): number {
    const number = (this.#counts.get(name) ?? 0) + 1;
    this.#counts.set(name, number);
    return number;
  }

  #at(point: string): void | Promise<void> {
    if (this.#recordTo !== null) appendFileSync(this.#recordTo, `${point}\n`);
    if (point === this.#wanted || this.#isArmed(point)) return this.#action();
  }

  #isArmed(point: string): boolean {
    if (this.#armFile === null || !existsSync(this.#armFile)) return false;
    const [pattern = '', ...rest] = readFileSync(this.#armFile, 'utf8').split('\n');
    if (!new RegExp(pattern).test(point)) return false;
    if (rest.length > 0) writeFileSync(this.#armFile, rest.join('\n'));
    else rmSync(this.#armFile);
    return rest.length === 0;
  }
}

const labelOf = ({ writes }: Decided<unknown>): string => {
  if (writes === undefined) return 'nothing';
  const kinds = (writes.audit ?? []).map((note) => note.kind);
  if (writes.output !== undefined) kinds.push('output' as never);
  if (kinds.length === 0) kinds.push(`rows ${Object.keys(writes).sort().join('+')}` as never);
  return kinds.join('+');
};
