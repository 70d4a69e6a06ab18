import type { Alert } from '../core/alert.ts';
import type { MachineRule } from '../core/alert-settings.ts';
import { type FoundMachines, machineFinder } from '../core/find-machines.ts';
import type { Instant } from '../core/task.ts';
import type { Clock } from '../ports/clock.ts';
import type { Store } from '../ports/store.ts';
import { machineIndexMs } from './limits.ts';

/** Which machines an alert is about. */
export type MachineFinder = (alert: Pick<Alert, 'machines' | 'labels'>) => FoundMachines;

/**
 * Which machine an alert is about, for a thousand alerts a second: the machines are read again only after a while, since
 * names and addresses change seldom and heartbeats all the time.
 */
export class MachineIndex {
  readonly #store: Pick<Store, 'listAgents'>;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #rules: readonly MachineRule[];
  #find: Promise<MachineFinder> | null = null;
  #readAt: Instant = 0;

  constructor(parts: {
    store: Pick<Store, 'listAgents'>;
    clock: Pick<Clock, 'now'>;
    rules: readonly MachineRule[];
  }) {
    this.#store = parts.store;
    this.#clock = parts.clock;
    this.#rules = parts.rules;
  }

  async finder(): Promise<MachineFinder> {
    const now = this.#clock.now();
    if (this.#find && now - this.#readAt < machineIndexMs) return this.#find;
    // Kept at once, so that a burst which finds it old reads the machines once; not kept where that fails.
    const found = this.#read();
    this.#find = found;
    this.#readAt = now;
    found.catch(() => {
      if (this.#find === found) this.#find = null;
    });
    return found;
  }

  async #read(): Promise<MachineFinder> {
    return machineFinder(await this.#store.listAgents(), this.#rules);
  }
}
