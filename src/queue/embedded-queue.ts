import type { Log } from '../ports/log.ts';
import { type Queue, QueueUnavailableError } from '../ports/queue.ts';

interface Line {
  /** Both keep the order in which ids came. */
  waiting: Set<string>;
  inFlight: Set<string>;
}

/**
 * The queue within one server's process: nothing to install and nothing to lose that the store doesn't know.
 *
 * Modes: new; open between `start` and `stop`; stopped for good. Only an open queue answers, the others reject with
 * QueueUnavailableError.
 */
export class EmbeddedQueue implements Queue {
  readonly #log: Log;
  readonly #lines = new Map<string, Line>();
  readonly #rings = new Map<string, Set<() => void>>();
  #mode: 'new' | 'open' | 'stopped' = 'new';

  constructor(options: { log: Log }) {
    this.#log = options.log;
  }

  async start(): Promise<void> {
    if (this.#mode === 'new') this.#mode = 'open';
  }

  async stop(): Promise<void> {
    this.#mode = 'stopped';
    this.#lines.clear();
    this.#rings.clear();
  }

  async push(entries: readonly { agentId: string; runId: string }[]): Promise<void> {
    this.#mustBeOpen();
    const agents = new Set<string>();
    for (const { agentId, runId } of entries) {
      let line = this.#lines.get(agentId);
      if (!line) {
        line = { waiting: new Set(), inFlight: new Set() };
        this.#lines.set(agentId, line);
      }
      if (!line.inFlight.has(runId)) line.waiting.add(runId);
      agents.add(agentId);
    }
    // Rung after this turn's work, so that a listener never runs in the middle of whoever pushes.
    queueMicrotask(() => {
      for (const agentId of agents) this.#ring(agentId);
    });
  }

  async take(agentId: string, countMax: number): Promise<string[]> {
    this.#mustBeOpen();
    const line = this.#lines.get(agentId);
    const taken: string[] = [];
    if (!line) return taken;
    for (const runId of line.waiting) {
      if (taken.length >= countMax) break;
      line.waiting.delete(runId);
      line.inFlight.add(runId);
      taken.push(runId);
    }
    return taken;
  }

  async settle(agentId: string, runIds: readonly string[]): Promise<void> {
    this.#mustBeOpen();
    const line = this.#lines.get(agentId);
    if (!line) return;
    for (const runId of runIds) {
      line.waiting.delete(runId);
      line.inFlight.delete(runId);
    }
    // Agents come and go; an empty line is no different from none.
    if (line.waiting.size + line.inFlight.size === 0) this.#lines.delete(agentId);
  }

  async giveBack(agentId: string): Promise<void> {
    this.#mustBeOpen();
    const line = this.#lines.get(agentId);
    if (!line || line.inFlight.size === 0) return;
    line.waiting = new Set([...line.inFlight, ...line.waiting]);
    line.inFlight = new Set();
  }

  onPush(agentId: string, ring: () => void): () => void {
    const own = (): void => ring();
    const rings = this.#rings.get(agentId) ?? new Set();
    this.#rings.set(agentId, rings.add(own));
    return () => {
      rings.delete(own);
      if (rings.size === 0 && this.#rings.get(agentId) === rings) this.#rings.delete(agentId);
    };
  }

  /** Never rings: what this queue holds is lost only together with its listeners. */
  onAmnesia(_ring: () => void): () => void {
    return () => {};
  }

  isReady(): boolean {
    return this.#mode === 'open';
  }

  #mustBeOpen(): void {
    if (this.#mode !== 'open') throw new QueueUnavailableError(`it is ${this.#mode}`);
  }

  #ring(agentId: string): void {
    for (const ring of this.#rings.get(agentId) ?? []) {
      try {
        ring();
      } catch (error) {
        this.#log.error({ err: error, agentId }, 'a listener to the queue failed');
      }
    }
  }
}
