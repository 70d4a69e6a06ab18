import { beforeEach, describe, expect, it } from 'vitest';
import type { Agent } from '../../src/core/agent.ts';
import { machineIndexMs } from '../../src/flow/limits.ts';
import { MachineIndex } from '../../src/flow/machine-index.ts';
import { anAgent } from '../contract/store-rows.ts';
import { anAlert } from '../fakes/alerts.ts';

let reads = 0;
let now = 0;
let list: () => Promise<Agent[]>;
let index: MachineIndex;
beforeEach(() => {
  reads = 0;
  now = 0;
  list = async () => [anAgent('id', { name: 'db1' })];
  const store = {
    listAgents: () => {
      reads++;
      return list();
    },
  };
  index = new MachineIndex({ store, clock: { now: () => now }, rules: [] });
});

describe('the index of machines', () => {
  it('is read once for all who ask at once, and again only after a while', async () => {
    const finders = await Promise.all([index.finder(), index.finder(), index.finder()]);
    for (const find of finders) expect(find(anAlert()).names).toEqual(['db1']);
    now += machineIndexMs - 1;
    await index.finder();
    expect(reads).toBe(1);
    now += 1;
    await Promise.all([index.finder(), index.finder()]);
    expect(reads).toBe(2);
  });

  it('is read anew by the next who asks where reading it failed', async () => {
    const working = list;
    list = () => Promise.reject(new Error('away'));
    await expect(index.finder()).rejects.toThrow('away');
    list = working;
    expect((await index.finder())(anAlert()).names).toEqual(['db1']);
  });
});
