import { afterEach, describe, expect, it } from 'vitest';
import type { Card } from '../../src/core/card.ts';
import { targetsUnconfirmedMax } from '../../src/core/limits.ts';
import type { Actor } from '../../src/core/task.ts';
import { changing, policyWith, reading } from '../core/policy/rules.ts';
import { cardOf, joined, wentWell } from './rig.ts';
import { ada, askedFor, bob, cardNow, cleo, codeOf, dan, person, rig, withPolicy, yes } from './rules-rig.ts';

afterEach(() => rig.dispose());

describe('a rule that names who may ask', () => {
  const dba = policyWith([
    { name: 'dba', decision: 'approve', askers: 'group:dba', approvers: 'person:ada' },
  ]);
  const edits = (card: Card, by: Actor) =>
    rig.desk.edit(card.task, {
      by,
      eventId: null,
      proposal: 1,
      texts: [{ digest: card.scripts[0]?.digest ?? '', text: 'systemctl restart redis' }],
    });

  it('lets nobody else edit what they asked for, but those who approve it', async () => {
    await withPolicy(dba);
    const card = await askedFor(changing, { asker: bob });
    expect(codeOf(await edits(card, dan))).toBe('policy_asker_refused');
    expect(await cardNow(card.task)).toEqual(card);
    expect(codeOf(await edits(card, ada))).toBe('proposed');
  });

  it('lets nobody else lead what runs by itself to a machine', async () => {
    const rules = [{ name: 'dba', risk: 'read-only', decision: 'auto', askers: 'group:dba' }];
    await withPolicy(policyWith(rules));
    await joined(rig, 'db2');
    const card = await askedFor(reading, { asker: bob, request: 'do it' });
    const choice = (by: Actor) => rig.desk.choose(card.task, { by, eventId: null, option: 'db2' });
    expect(codeOf(await choice(dan))).toBe('chooser_may_less');
    expect((await cardNow(card.task)).state).toBe('asking');
    expect(codeOf(await choice(cleo))).toBe('drafting');
  });
});

describe('the next wave', () => {
  it('is let go by those who approve, and by whoever approved this', async () => {
    await withPolicy(policyWith([{ name: 'open', decision: 'approve', approvers: 'person:dan' }]));
    await joined(rig, 'db2');
    const card = await askedFor(changing, { request: 'do it on all' });
    const wave = {
      eventId: null,
      proposal: 1,
      digest: card.proposal?.digest ?? '',
      canary: true,
      confirm: null,
    };
    cardOf(await rig.desk.approve(card.task, { ...wave, by: dan }));
    const first = (await rig.store.getTask(card.task))?.runs.find((r) => r.state === 'queued');
    await rig.dispatcher.take(first?.agentId ?? '');
    await rig.reports.finished(first?.agentId ?? '', first?.id ?? '', wentWell);
    expect((await cardNow(card.task)).state).toBe('paused');
    const operator = person('U98', 'Somebody');
    expect(codeOf(await rig.desk.continue(card.task, { by: operator, eventId: null }))).toBe('role_missing');
    expect(codeOf(await rig.desk.continue(card.task, { by: dan, eventId: null }))).toBe('running');
  });
});

describe('a rule that lets what only reads run by itself', () => {
  it('waits for somebody to type the count where the machines are many', async () => {
    await withPolicy(
      policyWith([{ name: 'look around', risk: 'read-only', decision: 'auto', askers: 'role:operator' }]),
    );
    const names = Array.from({ length: targetsUnconfirmedMax + 1 }, (_, i) => `web${i + 1}`);
    await joined(rig, ...names);
    const card = await askedFor(reading, { request: 'do it on web*' });
    expect(card).toMatchObject({
      state: 'proposed',
      terms: { confirmation: { text: String(names.length) } },
    });
    expect(codeOf(await yes(card, bob, null))).toBe('confirm_many');
    expect(codeOf(await yes(card, bob))).toBe('running');
  });
});
