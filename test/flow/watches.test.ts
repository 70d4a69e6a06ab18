import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { alertSettingsShape } from '../../src/core/alert-settings.ts';
import type { HostReading } from '../../src/core/answer.ts';
import { policyOf, policyShape } from '../../src/core/policy/read-policy.ts';
import { type Incidents, makeIncidents } from '../../src/incidents.ts';
import type { Draft } from '../../src/ports/drafter.ts';
import { draftOf, FakeDrafter } from './fake-mind.ts';
import { ada, agentIdOf, joined, makeRig, type Rig, reached, sentTo, turns, wentWell, yes } from './rig.ts';

const policy = policyOf(
  policyShape.parse({
    people: { ada: { role: 'admin', identities: ['web:U1'] } },
    rules: [
      {
        name: 'watches may look',
        risk: 'read-only',
        runbooks: ['disk-usage'],
        askers: ['schedules'],
        decision: 'auto',
      },
    ],
  }),
);
const minute = 60_000;

let rig: Rig;
let incidents: Incidents;
let drafter: FakeDrafter;
let reading: Partial<HostReading>;
/** What a model drafts next; null for the kept runbook. */
let draftNext: string | null;
beforeEach(async () => {
  rig = await makeRig((store) => store, undefined, policy);
  await joined(rig, 'db1');
  drafter = new FakeDrafter();
  incidents = makeAgain();
  draftNext = null;
  drafter.say = () =>
    draftNext !== null
      ? draftOf(['linux'], draftNext)
      : ({
          ...draftOf(['linux'], 'df'),
          drafter: 'runbook',
          runbook: { name: 'disk-usage', verbatim: true, parameters: {} },
        } as Draft);
  await rig.drafting(drafter);
  await rig.answering({
    interpret: async ({ language }) => ({
      ...{ words: 'read', followUps: [], language, reader: 'runbook' as const },
      hosts: [{ agentName: 'db1', words: '', facts: [], evidence: [], ok: true, ...reading }],
    }),
  });
});
afterEach(() => rig.dispose());

const makeAgain = (): Incidents => {
  const { store, clock, redactor, terms, log } = rig;
  const posting = { tasks: rig.desk, postingSurfaces: new Set<string>() };
  const parts = { store, clock, redactor, terms, log, ...posting, runbookDrafter: drafter };
  return makeIncidents(alertSettingsShape.parse({ diagnose: 'asked' }), parts);
};
const wish = {
  ...{ name: 'disk-db1', request: 'check disk usage', on: 'db1', cron: '*/5 * * * *', timezone: 'UTC' },
  ...{ condition: 'disk > 90 %', home: null },
};
const disk = (percent: number): Partial<HostReading> => ({ facts: [{ label: '/', value: `${percent} %` }] });
const tasks = async () => (await rig.store.listTasks({ limit: 99 })).map((t) => t.number);

/** Lets the next look come, and its machine answer with this. */
const look = async (read: Partial<HostReading>): Promise<void> => {
  reading = read;
  const before = (await tasks()).length;
  const [watch] = await incidents.watches.list();
  rig.clock.step((watch?.nextAt ?? 0) - rig.clock.now() + 1_000);
  const task = await rig.until(async () =>
    (await tasks()).length > before ? ((await tasks())[0] ?? null) : null,
  );
  await reached(rig, task, 'running');
  const [run] = await sentTo(rig, 'db1');
  if (!run) throw new Error('nothing was sent');
  await rig.reports.accepted(agentIdOf('db1'), run.id);
  await rig.reports.started(agentIdOf('db1'), run.id);
  await rig.reports.finished(agentIdOf('db1'), run.id, wentWell);
  await reached(rig, task, 'done');
  // No commit tells of it where nothing is raised.
  while ((await incidents.watches.list())[0]?.task !== null) await turns(1);
};

describe('a watch', () => {
  it('asks by the schedule when its time has come, and raises and ends an incident by what was read', async () => {
    for (const worker of incidents.workers) await rig.started(worker);
    const added = await incidents.watches.add(ada, wish);
    expect(added).toMatchObject({ kind: 'done', watch: { nextAt: rig.clock.now() + 5 * minute } });
    await look(disk(42));
    expect(await rig.store.listIncidents({ limit: 9 })).toEqual([]);
    await look(disk(93));
    expect(await rig.store.getIncident(1)).toMatchObject({
      ...{
        state: 'firing',
        source: 'watch',
        machines: ['db1'],
        title: 'disk-db1: disk > 90 %',
        summary: '/: 93 %',
      },
    });
    await look({ words: 'nothing to read' });
    expect((await rig.store.getIncident(1))?.state, 'what says nothing changes nothing').toBe('firing');
    await look(disk(50));
    expect((await rig.store.getIncident(1))?.state).toBe('resolved');
    const [task] = await rig.store.listTasks({ limit: 1 });
    expect(task?.asker).toMatchObject({ kind: 'schedule', surface: 'schedule', id: 'disk-db1/web:U1' });
  });

  it('looks once after a server was away, never twice at a time, and once where two servers run', async () => {
    await incidents.watches.add(ada, wish);
    rig.clock.step(60 * minute);
    for (const worker of [...incidents.workers, ...makeAgain().workers]) await rig.started(worker);
    await rig.until(async () => ((await tasks()).length > 0 ? true : null));
    rig.clock.step(20 * minute);
    await turns();
    expect(await tasks(), 'the first look has not ended').toHaveLength(1);
  });

  it('that can not be asked holds up no other', async () => {
    const { clock, redactor, terms, log, store } = rig;
    const tasks = {
      ask: async (wanted: { on: string | null }) => {
        if (wanted.on === 'broken') throw new Error('of this one alone');
        return rig.desk.ask(wanted as never);
      },
    };
    const posting = { tasks: tasks as never, postingSurfaces: new Set<string>() };
    const parts = { store, clock, redactor, terms, log, ...posting, runbookDrafter: drafter };
    const { watches } = makeIncidents(alertSettingsShape.parse({ diagnose: 'asked' }), parts);
    await watches.add(ada, { ...wish, name: 'a', on: 'broken' });
    await watches.add(ada, { ...wish, name: 'b' });
    rig.clock.step(6 * minute);
    await rig.started(watches.worker);
    const asked = await rig.until(async () => (await rig.store.listTasks({ limit: 9 }))[0] ?? null);
    expect(asked.asker.name).toBe('the watch "b"');
  });

  it('that is removed closes what it had raised, and what is told of later is its own', async () => {
    for (const worker of incidents.workers) await rig.started(worker);
    await incidents.watches.add(ada, wish);
    await look(disk(93));
    expect(await incidents.watches.remove(ada, 'disk-db1')).toMatchObject({ kind: 'done', ended: [1] });
    expect(await incidents.desk.incident(1)).toMatchObject({
      ...{ state: 'resolved', tone: 'quiet', firing: 0, resolved: 1, alerts: [{ isFiring: false }] },
      ...{ headline: 'Closed: disk-db1: disk > 90 % on db1, after less than a minute' },
      notices: [{ code: 'incident_unwatched', text: expect.stringContaining('disk-db1') }],
    });
    const log = await rig.store.listAudit(0, 99);
    expect(log.at(-1)).toMatchObject({ kind: 'incident.close', detail: { incident: 1, to: 'resolved' } });
    await incidents.watches.add(ada, wish);
    await look(disk(95));
    expect(await rig.store.getIncident(2)).toMatchObject({ state: 'firing', firing: 1 });
    expect((await rig.store.getIncident(1))?.state).toBe('resolved');
  });

  it('that was removed just before its server died has its incident closed by the next', async () => {
    for (const worker of incidents.workers) await rig.started(worker);
    await incidents.watches.add(ada, wish);
    await look(disk(93));
    for (const worker of incidents.workers) await worker.stop();
    await rig.store.change({ watch: wish.name }, ({ watch, now }) => ({
      result: null,
      ...(watch && { writes: { watch: { ...watch, removedAt: now } } }),
    }));
    for (const worker of makeAgain().workers) await rig.started(worker);
    await rig.until(async () => ((await rig.store.getIncident(1))?.state === 'resolved' ? true : null));
  });

  it('keeps its hour in its own time zone when the clocks change there', async () => {
    // The rig's clock begins on 1 January 2026; Berlin's clocks change on 29 March at 1:00 UTC.
    rig.clock.step(Date.UTC(2026, 2, 27, 12) - rig.clock.now());
    const daily = { ...wish, cron: '30 2 * * *', timezone: 'Europe/Berlin' };
    await incidents.watches.add(ada, daily);
    for (const worker of incidents.workers) await rig.started(worker);
    const next = async (): Promise<string> => {
      const [watch] = await incidents.watches.list();
      return new Date(watch?.nextAt ?? 0).toISOString();
    };
    const times = [await next()];
    for (let day = 0; day < 3; day++) {
      await look(disk(10));
      times.push(await next());
    }
    expect(times, 'what the day doesn’t have comes when that hour would have begun').toEqual([
      '2026-03-28T01:30:00.000Z',
      '2026-03-29T01:00:00.000Z',
      '2026-03-30T00:30:00.000Z',
      '2026-03-31T00:30:00.000Z',
    ]);
  });

  it('is refused with a sentence where it can’t be', async () => {
    const codeOf = async (over: Partial<typeof wish>) => {
      const outcome = await incidents.watches.add(ada, { ...wish, ...over });
      return outcome.kind === 'refused' ? outcome.sentence.code : outcome.kind;
    };
    expect(await codeOf({ name: 'two words' })).toBe('watch_name');
    expect(await codeOf({ cron: 'every day' })).toBe('watch_cron');
    expect(await codeOf({ cron: '* * * * * *' })).toBe('watch_too_often');
    expect(await codeOf({ timezone: 'Mars/Base' })).toBe('watch_timezone');
    expect(await codeOf({ condition: 'very full' })).toBe('watch_condition');
    expect(await codeOf({})).toBe('done');
    expect(await codeOf({})).toBe('watch_exists');
    expect(await incidents.watches.remove(ada, 'no-such')).toMatchObject({
      sentence: { code: 'watch_unknown' },
    });
    expect(await incidents.watches.remove(ada, 'disk-db1')).toMatchObject({ kind: 'done' });
    expect(await incidents.watches.list()).toEqual([]);
    expect(await codeOf({}), 'its name is free again').toBe('done');
  });
});

describe('who sets up a watch', () => {
  it('stands behind what it asks, and approves nothing dangerous of it alone', async () => {
    for (const worker of incidents.workers) await rig.started(worker);
    await incidents.watches.add(ada, { ...wish, request: 'power off', condition: 'not ok' });
    draftNext = 'systemctl poweroff;';
    rig.clock.step(5 * minute);
    const task = await rig.until(async () => (await tasks())[0] ?? null);
    await reached(rig, task, 'proposed');
    const card = await rig.desk.card(task);
    if (!card) throw new Error('no card');
    const said = await rig.desk.approve(task, { ...yes(card), by: ada, confirm: String(task) });
    expect(said).toMatchObject({ kind: 'refused', sentence: { code: 'approver_own' } });
  });

  it('leaves no secret of its words in the log or the list', async () => {
    const added = await incidents.watches.add(ada, { ...wish, request: 'check key AKIA2E0A8F3B244C9986' });
    expect(added.kind).toBe('done');
    const kept = JSON.stringify([await incidents.watches.list(), await rig.store.listAudit(0, 99)]);
    expect(kept).not.toContain('AKIA2E0A8F3B244C9986');
  });
});
