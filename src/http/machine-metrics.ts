import { Gauge, type Registry } from 'prom-client';
import type { Agent } from '../core/agent.ts';
import type { Store } from '../ports/store.ts';
import { machineSeriesMax } from './limits.ts';

/** What is told of each machine, as its last heartbeat said it. */
const figures: Readonly<Record<string, { help: string; of: (agent: Agent) => number | null }>> = {
  nerdyops_agent_cpu_fraction: {
    help: 'CPU in use, 0 to 1, since the heartbeat before.',
    of: (a) => a.load?.cpuFraction ?? null,
  },
  nerdyops_agent_load1: { help: 'The load average of one minute.', of: (a) => a.load?.load1 ?? null },
  nerdyops_agent_memory_used_bytes: {
    help: 'Memory that programs could not have.',
    of: (a) => a.load?.memoryUsedBytes ?? null,
  },
  nerdyops_agent_memory_total_bytes: { help: 'Memory.', of: (a) => a.load?.memoryTotalBytes ?? null },
  nerdyops_agent_uptime_seconds: {
    help: 'Since the machine booted.',
    of: (a) => a.load?.uptimeSeconds ?? null,
  },
};

/** The machines in Prometheus' words: one series each, by name. An offline one has no figures, but for being offline. */
export class MachineMetrics {
  readonly #store: Store;
  readonly #online: Gauge<'agent'>;
  readonly #gauges: { gauge: Gauge<'agent'>; of: (agent: Agent) => number | null }[];
  readonly #disks: { used: Gauge<'agent' | 'mount'>; total: Gauge<'agent' | 'mount'> };

  constructor(registry: Registry, store: Store) {
    this.#store = store;
    const registers = [registry];
    this.#online = new Gauge({
      name: 'nerdyops_agent_online',
      help: '1 while the agent is heard of, else 0.',
      labelNames: ['agent'] as const,
      registers,
    });
    this.#gauges = Object.entries(figures).map(([name, { help, of }]) => ({
      gauge: new Gauge({ name, help, labelNames: ['agent'] as const, registers }),
      of,
    }));
    const disk = (what: 'used' | 'total') =>
      new Gauge({
        name: `nerdyops_agent_disk_${what}_bytes`,
        help: `Bytes of each local disk, ${what}.`,
        labelNames: ['agent', 'mount'] as const,
        registers,
      });
    this.#disks = { used: disk('used'), total: disk('total') };
  }

  /** Sets every series anew, so that what is gone is not told any longer. */
  async refresh(): Promise<void> {
    const agents = (await this.#store.listAgents()).slice(0, machineSeriesMax);
    const { used, total } = this.#disks;
    for (const gauge of [this.#online, used, total, ...this.#gauges.map((g) => g.gauge)]) gauge.reset();
    for (const agent of agents) {
      this.#online.set({ agent: agent.name }, agent.online ? 1 : 0);
      if (!agent.online) continue;
      for (const { gauge, of } of this.#gauges) {
        const value = of(agent);
        if (value !== null) gauge.set({ agent: agent.name }, value);
      }
      for (const { mount, usedBytes, totalBytes } of agent.load?.disks ?? []) {
        used.set({ agent: agent.name, mount }, usedBytes);
        total.set({ agent: agent.name, mount }, totalBytes);
      }
    }
  }
}
