import { expect, it } from 'vitest';
import type { AgentIdentity, Invite } from '../../src/core/enrolment.ts';
import { sentence } from '../../src/core/sentences.ts';
import type { Store, View } from '../../src/ports/store.ts';
import type { SteppedClock } from '../fakes/stepped-clock.ts';
import { anAgent, somebody } from './store-rows.ts';

const identity: AgentIdentity = {
  state: 'active',
  since: 1,
  why: null,
  generation: 1,
  certificateUntil: 2,
};

const anInvite = (id: string, over: Partial<Invite> = {}): Invite => ({
  id,
  secretDigest: 'ab'.repeat(32),
  name: null,
  labels: { role: 'db' },
  rejoins: null,
  by: somebody,
  createdAt: 1,
  expiresAt: 100,
  used: null,
  withdrawnAt: null,
  ...over,
});

/** What a store promises about invitations and identities. */
export const enrolmentContract = (current: () => { store: Store; clock: SteppedClock }): void => {
  const write = (invite: Invite) =>
    current().store.change({ invite: invite.id }, () => ({ result: null, writes: { invite } }));
  const writeAgent = (id: string, over: object) =>
    current().store.change({ agent: id }, ({ agent }) => ({
      result: null,
      writes: { agent: { ...anAgent(id), ...agent, ...over } },
    }));
  const viewed = (scope: object): Promise<View> =>
    current().store.change(scope, (view) => ({ result: { ...view } }));

  it('gives back every field of an invitation as it was written, also after its end', async () => {
    const { store } = current();
    await writeAgent('a1', { identity });
    const full = anInvite('i1', { name: 'db1', rejoins: 'a1' });
    await write(full);
    expect(await store.getInvite('i1')).toEqual(full);
    expect((await viewed({ invite: 'i1' })).invite).toEqual(full);
    const used = { ...full, used: { agentId: 'a1', generation: 2, keyDigest: 'cd', at: 7 } };
    await write(used);
    expect(await store.getInvite('i1')).toEqual(used);
    expect(await store.getInvite('i2')).toBeNull();
  });

  it('ends an invitation once', async () => {
    await write(anInvite('i1', { withdrawnAt: 5 }));
    const again = write(anInvite('i1', { used: { agentId: 'a', generation: 1, keyDigest: 'k', at: 6 } }));
    await expect(again).rejects.toThrow();
    expect((await current().store.getInvite('i1'))?.used).toBeNull();
  });

  it('lists the invitations that are open, newest first', async () => {
    const { store } = current();
    await write(anInvite('old', { createdAt: 1 }));
    await write(anInvite('new', { createdAt: 3 }));
    await write(anInvite('short', { createdAt: 2, expiresAt: 50 }));
    await write(anInvite('gone', { withdrawnAt: 5 }));
    const open = async (now: number, limit = 10) => (await store.openInvites(now, limit)).map((i) => i.id);
    expect(await open(49)).toEqual(['new', 'short', 'old']);
    expect(await open(50)).toEqual(['new', 'old']);
    expect(await open(0, 1)).toEqual(['new']);
    expect(await open(100)).toEqual([]);
  });

  it('keeps an identity beside its agent, whatever changes of it', async () => {
    const { store } = current();
    const held = {
      ...identity,
      state: 'suspended' as const,
      why: sentence('agent_suspended', { detail: 'x' }),
    };
    await writeAgent('a1', { identity });
    await writeAgent('a1', { lastSeenAt: 5 });
    expect(await store.getAgent('a1')).toEqual(anAgent('a1', { identity, lastSeenAt: 5 }));
    await writeAgent('a1', { identity: held });
    expect(await store.listAgents()).toEqual([anAgent('a1', { identity: held, lastSeenAt: 5 })]);
    expect(await store.getAgent('a2')).toBeNull();
  });

  it('lists an agent that was removed no more, and keeps it', async () => {
    const { store } = current();
    await writeAgent('a1', { identity: { ...identity, state: 'removed' } });
    await writeAgent('a2', {});
    expect((await store.listAgents()).map((a) => a.id)).toEqual(['a2']);
    expect((await store.listAgents(['a2', 'a1', 'a2', 'a9'])).map((a) => a.id)).toEqual(['a2']);
    expect(await store.listAgents([])).toEqual([]);
    expect((await store.getAgent('a1'))?.identity?.state).toBe('removed');
    expect((await viewed({ agent: 'a1' })).agent?.id).toBe('a1');
  });

  it('finds who has a name, in any case, and frees it when its machine is removed', async () => {
    await writeAgent('a1', { name: 'Db1' });
    const of = async (agentName: string) => (await viewed({ agentName })).namesake?.id ?? null;
    expect([await of('db1'), await of('DB1'), await of('db2')]).toEqual(['a1', 'a1', null]);
    await writeAgent('a1', { identity: { ...identity, state: 'removed' } });
    expect(await of('db1')).toBeNull();
  });
};
