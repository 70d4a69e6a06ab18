import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { alertSettingsShape } from '../../src/core/alert-settings.ts';
import { type Incidents, makeIncidents } from '../../src/incidents.ts';
import { aDelivery, anAlert } from '../fakes/alerts.ts';
import { FakeDrafter } from './fake-mind.ts';
import { ada, joined, makeRig, type Rig, turns } from './rig.ts';

const hour = 3_600_000;
const day = 24 * hour;

let rig: Rig;
let incidents: Incidents;
beforeEach(async () => {
  rig = await makeRig();
  await joined(rig, 'db1');
});
afterEach(() => rig.dispose());

const begin = async (settings: object = {}): Promise<void> => {
  const { store, clock, redactor, terms, log } = rig;
  const posting = { tasks: rig.desk, postingSurfaces: new Set(['chat']), runbookDrafter: new FakeDrafter() };
  incidents = makeIncidents(
    alertSettingsShape.parse({ channel: 'chat:C1', diagnose: 'asked', ...settings }),
    { store, clock, redactor, terms, log, ...posting },
  );
  for (const worker of incidents.workers) await rig.started(worker);
};
const fires = (over: Parameters<typeof anAlert>[0] = {}) =>
  incidents.intake.receive([anAlert(over)], aDelivery());
const isOver = (number: number) =>
  rig.until(async () => ((await rig.store.getIncident(number))?.state === 'resolved' ? true : null));
const stateOf = async (number: number) => (await rig.store.getIncident(number))?.state;

/** Steps in parts, so that workers sweep in between as they do in life. */
const pass = async (ms: number): Promise<void> => {
  rig.clock.step(ms);
  await turns();
};

describe('an incident that its source never ends', () => {
  it('is closed once nothing was heard of it for the days of the setting, and says so', async () => {
    await begin({ closeAfterDays: 2 });
    await fires();
    await pass(1.9 * day);
    await fires();
    await pass(1.9 * day);
    expect(await stateOf(1), 'it was heard of in between').toBe('firing');
    await pass(0.2 * day);
    await isOver(1);
    expect(await incidents.desk.incident(1)).toMatchObject({
      notices: [{ code: 'incident_forgotten', text: expect.stringContaining('for 2 days') }],
      actions: [],
    });
    const [post] = await rig.store.listPosts({ kind: 'incident', number: 1 });
    expect(post?.shownRevision, 'its message is behind, so the publisher says it').toBeLessThan(
      (await rig.store.getIncident(1))?.revision ?? 0,
    );
  });

  it('is a new one when it is told of again, and its late end changes nothing', async () => {
    await begin({ closeAfterDays: 1 });
    await fires();
    await pass(day);
    await isOver(1);
    await fires({ status: 'resolved' });
    expect((await rig.store.listIncidents({ limit: 9 })).map((i) => i.number)).toEqual([1]);
    await fires();
    expect(await rig.store.getIncident(2)).toMatchObject({ state: 'firing', firing: 1 });
  });

  it('stays where the setting says never, and under a silence until that is over', async () => {
    await begin({ closeAfterDays: 'never' });
    await fires();
    await pass(300 * day);
    expect(await stateOf(1)).toBe('firing');
    await begin({ closeAfterDays: 1 });
    await incidents.desk.silence(1, { by: ada, eventId: null, forMs: 3 * day });
    await pass(2 * day);
    expect(await stateOf(1)).toBe('silenced');
  });

  it('is closed when the instant is past until which its source said that it holds', async () => {
    await begin();
    const until = rig.clock.now() + hour;
    await fires({ endsAt: until });
    await pass(0.9 * hour);
    expect(await stateOf(1)).toBe('firing');
    await fires({ endsAt: until + hour });
    await pass(0.5 * hour);
    expect(await stateOf(1), 'it said so again').toBe('firing');
    await pass(hour);
    await isOver(1);
    expect((await incidents.desk.incident(1))?.notices).toMatchObject([{ code: 'incident_ran_out' }]);
  });

  it('is left alone where one of its alerts says nothing of that', async () => {
    await begin();
    const group = { group: 'one' };
    await fires({ ...group, key: 'a', endsAt: rig.clock.now() + hour });
    await fires({ ...group, key: 'b' });
    await pass(5 * hour);
    expect(await stateOf(1)).toBe('firing');
  });

  it('lets the storm end that counts it', async () => {
    await begin({ closeAfterDays: 1, storm: { incidents: 1 } });
    for (const key of ['a', 'b', 'c']) await fires({ key, group: key });
    const storm = (await rig.store.listIncidents({ limit: 9 })).find((i) => i.kind === 'storm');
    expect(storm).toMatchObject({ firing: 2, state: 'firing' });
    await pass(day);
    await isOver(1);
    await pass(hour);
    await isOver(storm?.number ?? 0);
  });
});
