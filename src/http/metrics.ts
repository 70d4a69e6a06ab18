import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Store } from '../ports/store.ts';
import { MachineMetrics } from './machine-metrics.ts';

/** Batches of audit entries that are counted at once. */
const entriesAtOnceMax = 1_000;

/** What happens here in Prometheus' words. Counted from the audit log, so it says the same as the log. */
export class Metrics {
  readonly contentType: string;
  readonly #registry = new Registry();
  readonly #events: Counter;
  readonly #store: Store;
  readonly #machines: MachineMetrics;
  #cursor = 0;
  #reading = false;

  constructor(parts: { store: Store; connectedAgents: () => number }) {
    this.#store = parts.store;
    this.contentType = this.#registry.contentType;
    this.#machines = new MachineMetrics(this.#registry, parts.store);
    collectDefaultMetrics({ register: this.#registry });
    this.#events = new Counter({
      name: 'nerdyops_events_total',
      help: 'Entries of the audit log since this server started, by kind (task.approve, run.finish, …).',
      labelNames: ['kind'],
      registers: [this.#registry],
    });
    new Gauge({
      name: 'nerdyops_agents_connected',
      help: 'Agents whose stream is open now.',
      registers: [this.#registry],
      collect() {
        this.set(parts.connectedAgents());
      },
    });
  }

  /** Starts counting from the log's present end. */
  async start(): Promise<void> {
    this.#cursor = await this.#store.lastSeq();
  }

  async text(): Promise<string> {
    await Promise.all([this.#count(), this.#machines.refresh()]);
    return this.#registry.metrics();
  }

  async #count(): Promise<void> {
    if (this.#reading) return;
    this.#reading = true;
    try {
      for (;;) {
        const entries = await this.#store.listAudit(this.#cursor, entriesAtOnceMax);
        for (const entry of entries) this.#events.inc({ kind: entry.kind });
        this.#cursor = entries.at(-1)?.seq ?? this.#cursor;
        if (entries.length < entriesAtOnceMax) return;
      }
    } finally {
      this.#reading = false;
    }
  }
}
