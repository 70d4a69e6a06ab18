import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { AuditKind, AuditNote } from '../../src/core/audit.ts';
import { type AuditFilter, isWanted } from '../../src/core/audit-filter.ts';
import { isAuditHeadSigned } from '../../src/core/audit-head.ts';
import { publicKeyFrom } from '../../src/core/order.ts';
import type { Store } from '../../src/ports/store.ts';
import type { SteppedClock } from '../fakes/stepped-clock.ts';
import { aNote, createTask } from './store-rows.ts';

const names = ['Ada', 'ada', 'Élise', 'U1', 'db1', 'O\'Hara "x"'];
const kinds: AuditKind[] = ['task.create', 'task.approve', 'run.finish', 'agent.online'];

const noteFor = fc.record({
  kind: fc.constantFrom(...kinds),
  task: fc.option(fc.integer({ min: 1001, max: 1003 })),
  actorName: fc.constantFrom(...names),
  actorId: fc.constantFrom(...names),
  agent: fc.option(fc.constantFrom(...names)),
  agentId: fc.option(fc.constantFrom(...names)),
  waitMs: fc.integer({ min: 0, max: 3 }),
});
const filterFor: fc.Arbitrary<AuditFilter> = fc.record(
  {
    actor: fc.constantFrom(...names, 'nobody'),
    task: fc.integer({ min: 1001, max: 1004 }),
    agent: fc.constantFrom(...names, 'nobody'),
    kind: fc.constantFrom<string>(...kinds, 'task', 'run', 'tas'),
    since: fc.integer({ min: -1, max: 20 }),
    until: fc.integer({ min: -1, max: 20 }),
  },
  { requiredKeys: [] },
);

/** What a store promises about the log: its signed heads and its search. */
export const sealContract = (
  current: () => { store: Store; clock: SteppedClock; publicKey: Buffer; server: string },
): void => {
  it('signs the head of every commit that adds to the log, and of no other', async () => {
    const { store, publicKey, server } = current();
    expect(await store.signedHead()).toBeNull();
    expect(await store.auditHashAt(1)).toBeNull();
    await Promise.all([createTask(store), createTask(store)]);
    const first = await store.signedHead();
    await createTask(store);
    const second = await store.signedHead();
    await store.change({}, () => ({ result: null, writes: {} }));
    expect(await store.signedHead()).toEqual(second);
    expect([first?.seq, second?.seq]).toEqual([2, 3]);
    for (const head of [first, second]) {
      if (!head) throw new Error('no head');
      const [entry] = await store.listAudit(head.seq - 1, 1);
      expect(head).toMatchObject({ server, hash: entry?.hash, at: entry?.at });
      expect(await store.auditHashAt(head.seq)).toBe(head.hash);
      expect(isAuditHeadSigned(head, publicKeyFrom(publicKey))).toBe(true);
    }
  });

  it('finds entries by actor, task, agent, kind and time exactly as each entry says, newest first', async () => {
    const { store, clock } = current();
    const start = clock.now();
    for (const { waitMs, agent, agentId, actorName, actorId, ...note } of fc.sample(noteFor, 60)) {
      clock.step(waitMs);
      const actor = { kind: 'person' as const, surface: 'web', id: actorId, name: actorName };
      const said: AuditNote = { ...aNote(null), ...note, actor, detail: { agent, agentId } };
      await store.change({}, () => ({ result: null, writes: { audit: [said] } }));
    }
    const all = (await store.listAudit(0, 100)).reverse();
    await fc.assert(
      fc.asyncProperty(filterFor, fc.integer({ min: 1, max: 70 }), async (loose, limit) => {
        const filter = { ...loose };
        if (filter.since !== undefined) filter.since += start;
        if (filter.until !== undefined) filter.until += start;
        const wanted = all.filter((entry) => isWanted(entry, filter));
        const found = await store.findAudit({ ...filter, limit });
        expect(found).toEqual(wanted.slice(0, limit));
        const last = found.at(-1);
        if (!last) return;
        const rest = await store.findAudit({ ...filter, before: last.seq, limit: 100 });
        expect(rest).toEqual(wanted.slice(limit));
      }),
      { numRuns: 150 },
    );
  });
};
