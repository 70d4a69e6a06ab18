import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { alertSettingsShape } from '../../src/core/alert-settings.ts';
import { policyOf, policyShape } from '../../src/core/policy/read-policy.ts';
import { Listener } from '../../src/flow/listener.ts';
import { type Incidents, makeIncidents } from '../../src/incidents.ts';
import type { Draft } from '../../src/ports/drafter.ts';
import { fixedRunbooks } from '../fakes/runbooks.ts';
import { draftOf, FakeDrafter } from './fake-mind.ts';
import { joined, makeRig, type Rig } from './rig.ts';

const policy = policyOf(
  policyShape.parse({
    people: {
      ada: { role: 'operator', identities: ['chat:U1'] },
      vic: { role: 'viewer', identities: ['chat:U2'] },
    },
    rules: [
      { name: 'nothing on web1', risk: 'read-only', agents: 'web1', decision: 'refuse' },
      {
        ...{ name: 'watches may look', risk: 'read-only', runbooks: ['disk-usage'], agents: 'db*' },
        ...{ askers: ['schedules'], decision: 'auto' },
      },
    ],
  }),
);

let rig: Rig;
let incidents: Incidents;
let listener: Listener;
let runbook: string | null;
let events = 0;
beforeEach(async () => {
  rig = await makeRig((store) => store, undefined, policy);
  await joined(rig, 'db1', 'web1', 'app1');
  const drafter = new FakeDrafter();
  runbook = 'disk-usage';
  drafter.say = ({ platforms }): Draft =>
    runbook === null
      ? { ...none, language: 'en' }
      : ({
          ...{ ...draftOf(platforms, 'df'), drafter: 'runbook' },
          runbook: { name: runbook, verbatim: true, parameters: {} },
        } as Draft);
  const { store, clock, redactor, terms, log, desk } = rig;
  const posting = { tasks: desk, postingSurfaces: new Set(['chat']), runbookDrafter: drafter };
  incidents = makeIncidents(alertSettingsShape.parse({}), { store, clock, redactor, terms, log, ...posting });
  const { watches, desk: alerts } = incidents;
  listener = new Listener(store, {
    desk,
    alerts,
    watches,
    runbooks: fixedRunbooks(),
    roster: terms.policy.roster,
    clock,
  });
});
afterEach(() => rig.dispose());

const none = {
  kind: 'nothing' as const,
  sentence: { code: 'runbook_none' as const, values: {}, text: '' },
  nearest: [{ label: 'Disk', request: 'check disk usage' }],
};

const hear = (text: string, { id = 'U1', eventId = `e${events++}` } = {}) =>
  listener.hear({
    ...{ surface: 'chat', channel: 'C7', under: null, text, context: null, on: null },
    ...{ by: { kind: 'person', surface: 'chat', id, name: id }, eventId, isAddressed: true },
  });

const listed = async (text: string, over: { id?: string; eventId?: string } = {}) => {
  const outcome = await hear(text, over);
  if (outcome.kind !== 'listing') throw new Error(`it was ${JSON.stringify(outcome)}`);
  return outcome.listing;
};
const refusedAs = async (text: string, over: { id?: string } = {}) => {
  const outcome = await hear(text, over);
  return outcome.kind === 'refused' ? outcome.sentence.code : outcome.kind;
};
const words = 'watch disk on db1 every 5 minutes when disk > 90 %';

describe('a watch from a chat', () => {
  it('is added for its channel, and says what was understood and by which rule it runs', async () => {
    const { lead } = await listed(words);
    expect(lead).toBe(
      `Every 5 minutes (UTC) I ask "disk" on db1, and raise an alert here while disk > 90 %. Each look runs the runbook "disk-usage" by itself, by the rule "watches may look". The first look is at 2026-01-01 00:05 UTC. "watch remove disk-db1" ends it.`,
    );
    expect(await incidents.watches.list()).toMatchObject([
      {
        ...{ name: 'disk-db1', cron: '*/5 * * * *', timezone: 'UTC', condition: 'disk > 90 %' },
        ...{ home: { surface: 'chat', channel: 'C7' }, by: { surface: 'chat', id: 'U1' } },
      },
    ]);
    const log = await rig.store.listAudit(0, 99);
    expect(log.at(-1)).toMatchObject({ kind: 'watch.add', actor: { surface: 'chat', id: 'U1' } });
  });

  it('whose looks would each wait for a yes is asked about first, with a button that says it again', async () => {
    const question = await listed('watch disk on app1 every hour');
    expect(question.lead).toContain("wait for somebody's yes");
    expect(question.lead).toContain('while it is not ok');
    expect(await incidents.watches.list()).toEqual([]);
    const again = question.rows[0]?.request ?? '';
    expect(again).toBe('watch disk on app1 every hour anyway');
    await listed(again);
    expect(await incidents.watches.list()).toMatchObject([{ name: 'disk-app1', condition: 'not ok' }]);
  });

  it('is added once however often its message is delivered, and removed once', async () => {
    await listed(words, { eventId: 'm1' });
    await listed('watch add disk-db1: disk on db1 every 5 minutes when disk > 90 %', { eventId: 'm2' }).catch(
      (err: Error) => expect(err.message).toContain('watch_exists'),
    );
    expect(await incidents.watches.list()).toHaveLength(1);
    for (const eventId of ['m3', 'm3']) {
      expect((await listed('watch remove disk-db1', { eventId })).lead).toBe(
        'disk-db1 is watched no longer.',
      );
    }
    expect(await refusedAs('watch remove disk-db1')).toBe('watch_unknown');
  });

  it('is refused with a sentence where it can come to nothing, and for who may only look', async () => {
    expect(await refusedAs(words, { id: 'U2' })).toBe('role_missing');
    expect(await refusedAs('watch remove disk-db1', { id: 'U2' })).toBe('role_missing');
    expect(await refusedAs('watch add disk on db1')).toBe('watch_how');
    expect(await refusedAs('watch add disk on db1 every 7 minutes')).toBe('watch_schedule');
    expect(await refusedAs('watch disk on db1 every hour when very full')).toBe('watch_condition');
    expect(await refusedAs('watch disk on nosuch every hour')).toBe('machine_unknown');
    expect(await refusedAs('watch disk on web1 every hour')).toBe('policy_refused');
    runbook = null;
    expect(await refusedAs('watch frobnication on db1 every hour')).toBe('watch_no_runbook');
    expect(await incidents.watches.list()).toEqual([]);
  });

  it('is listed for who may look, with what the last look came to', async () => {
    expect((await listed('watches', { id: 'U2' })).rows).toEqual([]);
    await listed(words);
    expect((await listed('watches', { id: 'U2' })).rows).toMatchObject([
      {
        ...{ name: 'disk-db1', words: 'disk on db1 · every 5 minutes (UTC) · disk > 90 %' },
        ...{ detail: 'Not looked yet.', request: null },
      },
    ]);
  });
});
