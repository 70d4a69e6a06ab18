import { afterEach, describe, expect, it } from 'vitest';
import type { Card } from '../../src/core/card.ts';
import { demandLine } from '../../src/core/demand-words.ts';
import { targetsUnconfirmedMax } from '../../src/core/limits.ts';
import type { Actor } from '../../src/core/task.ts';
import { noteWindowMs, refusedYesesMax } from '../../src/flow/limits.ts';
import { changing, dangerous, policyWith, reading } from '../core/policy/rules.ts';
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
      terms: {
        confirmation: { text: String(names.length) },
        demands: [{ rule: 'look around', approvals: 1, given: 0, names: ['ada', 'bob', 'cleo'] }],
      },
    });
    expect(codeOf(await yes(card, bob, null))).toBe('confirm_many');
    expect(codeOf(await yes(card, bob))).toBe('running');
  });
});

describe('what is dangerous and asked from an account that nobody listed', () => {
  it('says who can list it, and whose yes counts then', async () => {
    await withPolicy(policyWith([]));
    const card = await askedFor(dangerous, { asker: person('U77', 'Zoe') });
    const [demand] = card.terms?.demands ?? [];
    expect(demand).toMatchObject({ nobody: true, unlisted: ['slack:U77'], admins: ['ada'] });
    expect(demand && demandLine(demand)).toBe(
      '0 of 1 approval: nobody can say yes yet: slack:U77 may be anybody\'s account; ada can add it to a person\'s identities under "people" in nerdyops.yml, then an approver can, if they are somebody else; or ask again from an account that is listed',
    );
    expect(card.actions.map((a) => a.kind)).toEqual(['reject', 'edit']);
    // What to type would only be read as if that helped.
    expect(card.terms?.confirmation).toBeNull();
  });
});

describe('a yes that is refused again and again', () => {
  it('cannot fill the log: some are noted in a window, the rest counted with the next', async () => {
    await withPolicy(policyWith([]));
    const card = await askedFor(changing);
    const noted = async () =>
      (await rig.store.listAudit(0, 1_000)).filter((entry) => entry.kind === 'approve.refused');
    for (let i = 0; i < refusedYesesMax + 3; i++) await yes(card, dan);
    expect(await noted()).toHaveLength(refusedYesesMax);
    await yes(card, person('U99', 'Somebody else'));
    expect(await noted()).toHaveLength(refusedYesesMax + 1);
    rig.clock.step(noteWindowMs);
    await yes(card, dan);
    expect((await noted()).at(-1)).toMatchObject({ actor: dan, detail: { leftOut: 3 } });
  });
});

describe('labels that change in the very turn of a yes', () => {
  it('are not those of before the change that stood in front of it in the same commit', async () => {
    const frozen = { name: 'frozen', agents: 'env=prod', decision: 'refuse', reason: 'Change freeze' };
    await withPolicy(policyWith([frozen]));
    const card = await askedFor(changing);
    const [agent] = await rig.store.listAgents();
    if (!agent) throw new Error('no agent');
    const note = {
      kind: 'agent.rename' as const,
      actor: ada,
      task: null,
      run: null,
      digest: null,
      detail: {},
    };
    const relabelled = rig.store.change({ agent: agent.id }, (view) => ({
      result: undefined,
      writes: { agent: { ...(view.agent ?? agent), labels: { env: 'prod' } }, audit: [note] },
    }));
    const outcome = yes(card, bob);
    await relabelled;
    expect(codeOf(await outcome)).toBe('policy_refused');
  });
});
