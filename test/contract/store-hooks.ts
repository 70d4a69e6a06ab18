import { expect, it } from 'vitest';
import type { Hook } from '../../src/core/hook.ts';
import type { Store } from '../../src/ports/store.ts';
import { somebody } from './store-rows.ts';

const aHook = (id: string, over: Partial<Hook> = {}): Hook => ({
  id,
  source: 'cloudwatch',
  tokenDigest: `digest of ${id}`,
  secret: null,
  home: { surface: 'slack', channel: 'C1' },
  mapping: null,
  topic: null,
  by: somebody,
  createdAt: 1,
  removedAt: null,
  ...over,
});

/** What a store promises about hooks, and about what came in that can't be read. */
export const hooksContract = (current: () => { store: Store }): void => {
  const write = (hook: Hook) =>
    current().store.change({ hook: hook.id }, () => ({ result: null, writes: { hook } }));

  it('gives back every field of a hook, by its token and in the list, oldest first', async () => {
    const { store } = current();
    const full = aHook('h2', { secret: 's', mapping: 'm', createdAt: 2 });
    await write(full);
    await write(aHook('h1'));
    expect(await store.hookByToken('digest of h2')).toEqual(full);
    expect(await store.hookByToken('digest of h3')).toBeNull();
    expect((await store.listHooks()).map(({ id }) => id)).toEqual(['h1', 'h2']);
  });

  it('writes only the topic and the end of a hook, and nothing after its end', async () => {
    const { store } = current();
    await write(aHook('h1'));
    await write(aHook('h1', { topic: 't', secret: 'another' }));
    expect(await store.hookByToken('digest of h1')).toEqual(aHook('h1', { topic: 't' }));
    await write(aHook('h1', { topic: 't', removedAt: 9 }));
    expect(await store.hookByToken('digest of h1')).toBeNull();
    expect(await store.listHooks()).toEqual([]);
    await expect(write(aHook('h1', { topic: 'u' }))).rejects.toThrow();
  });

  it('keeps what was put aside as it was first, newest first', async () => {
    const { store } = current();
    const park = (id: string, at: number, body: string) =>
      store.change({}, () => ({
        result: null,
        writes: { parked: { id, via: 'sqs', at, reason: 'unreadable', body } },
      }));
    await park('m1', 1, 'one');
    await park('m2', 2, 'two');
    await park('m1', 3, 'one again');
    expect(await store.listParked(10)).toEqual([
      { id: 'm2', via: 'sqs', at: 2, reason: 'unreadable', body: 'two' },
      { id: 'm1', via: 'sqs', at: 1, reason: 'unreadable', body: 'one' },
    ]);
    expect(await store.listParked(1)).toHaveLength(1);
  });
};
