import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Alert } from '../../src/core/alert.ts';
import { type AlertSettings, alertSettingsShape } from '../../src/core/alert-settings.ts';
import { stormQuietMs } from '../../src/core/limits.ts';
import { CarefulRedactor, withheldText } from '../../src/flow/careful-redactor.ts';
import { incidentClock } from '../../src/flow/incident-clock.ts';
import { incidentSweepMs } from '../../src/flow/limits.ts';
import { MachineIndex } from '../../src/flow/machine-index.ts';
import { AlertReceiver } from '../../src/flow/receive-alert.ts';
import { aDelivery, anAlert } from '../fakes/alerts.ts';
import { joined, makeRig, type Rig } from './rig.ts';

const chat = { surface: 'chat', channel: 'C1' };
const secret = 'AKIA2E0A8F3B244C9986';

let rig: Rig;
beforeEach(async () => {
  rig = await makeRig();
  await joined(rig, 'db1', 'db2');
});
afterEach(() => rig.dispose());

const receiver = (settings: object = {}, redactor = rig.redactor): AlertReceiver => {
  const parsed: AlertSettings = alertSettingsShape.parse({ channel: 'chat:C1', ...settings });
  const { store, clock } = rig;
  const machines = new MachineIndex({ store, clock, rules: parsed.machines });
  const postingSurfaces = new Set(['chat']);
  return new AlertReceiver({ store, clock, machines, settings: parsed, redactor, postingSurfaces });
};
const many = (count: number, over: Partial<Alert> = {}): Alert[] =>
  Array.from({ length: count }, (_, i) => anAlert({ key: `k${i}`, group: `g${i}`, ...over }));
const posts = async () =>
  (await rig.store.listPostsBehind(chat, Number.MAX_SAFE_INTEGER, 99)).map((p) => p.subject.number);

describe('receiving alerts', () => {
  it('stores an alert with its machine, its raw delivery, an entry of the log and a post', async () => {
    const outcome = await receiver().receive([anAlert()], aDelivery({ raw: '{"status":"firing"}' }));
    expect(outcome).toEqual({ kind: 'stored', incidents: [1] });
    expect(await rig.store.getIncident(1)).toMatchObject({ state: 'firing', machines: ['db1'], place: chat });
    expect(await rig.store.listReceived(1, 9)).toMatchObject([
      { body: '{"status":"firing"}', via: 'hook-1' },
    ]);
    const [entry] = await rig.store.findAudit({ kind: 'incident.open', limit: 1 });
    expect(entry).toMatchObject({ actor: { kind: 'alert' }, detail: { incident: 1, agent: 'db1' } });
    expect(await posts()).toEqual([1]);
  });

  it('groups by the source’s own group, one hook’s apart from another’s', async () => {
    const intake = receiver();
    await intake.receive([anAlert({ key: 'a' }), anAlert({ key: 'b' })], aDelivery());
    await intake.receive([anAlert({ key: 'a' })], aDelivery({ via: 'hook-2' }));
    const found = await rig.store.listIncidents({ limit: 9 });
    expect(found.map((i) => [i.number, i.firing])).toEqual([
      [2, 1],
      [1, 2],
    ]);
  });

  it('acts once on a delivery that comes twice, also where both come at once', async () => {
    const intake = receiver();
    const deliver = () => intake.receive([anAlert()], aDelivery({ id: 'd-1' }));
    const outcomes = await Promise.all([deliver(), deliver()]);
    expect(outcomes.map((o) => o.kind)).toEqual(['stored', 'repeated']);
    expect((await deliver()).kind).toBe('repeated');
    expect(await rig.store.getIncident(1)).toMatchObject({ times: 1 });
  });

  it('keeps an end of what never began as received, and makes no incident of it', async () => {
    const outcome = await receiver().receive([anAlert({ status: 'resolved' })], aDelivery());
    expect(outcome).toEqual({ kind: 'stored', incidents: [] });
    expect(await rig.store.listIncidents({ limit: 9 })).toEqual([]);
  });

  it('stores no secret of an alert, wherever it stands', async () => {
    const alert = anAlert({
      title: `key ${secret}`,
      summary: `it is ${secret}`,
      labels: { password: 'hunter2-or-so', ok: 'yes' },
      annotations: { note: secret },
      link: `https://x.example/?password=hunter2-or-so`,
    });
    await receiver().receive([alert], aDelivery({ raw: JSON.stringify(alert) }));
    const kept = JSON.stringify([
      await rig.store.getIncident(1),
      await rig.store.listAlerts(1, 9),
      await rig.store.listReceived(1, 9),
      await rig.store.listAudit(0, 99),
    ]);
    expect(kept).not.toContain(secret);
    expect(kept).not.toContain('hunter2-or-so');
    expect((await rig.store.getIncident(1))?.labels).toMatchObject({ ok: 'yes' });
  });

  it('stores no secret that stands in a key, and still tells apart what differs in nothing else', async () => {
    const of = (word: string) => anAlert({ key: `password=${word}`, group: `{password="${word}"}` });
    await receiver().receive([of('hunter2-or-so'), of('hunter3-or-so')], aDelivery());
    const found = await rig.store.listIncidents({ limit: 9 });
    expect(found).toHaveLength(2);
    const rows = await Promise.all(found.map((i) => rig.store.listAlerts(i.number, 9)));
    expect(rows.map((of) => of.length)).toEqual([1, 1]);
    expect(JSON.stringify([found, rows])).not.toMatch(/hunter/);
  });

  it('takes the secret out of the one alert of many that holds it, and leaves the others whole', async () => {
    const clean = anAlert({ key: 'clean', group: 'clean', summary: 'nothing to hide' });
    const leaky = anAlert({ key: 'leaky', group: 'leaky', summary: `it is ${secret}` });
    await receiver().receive([clean, leaky], aDelivery({ raw: JSON.stringify([clean, leaky]) }));
    expect((await rig.store.getIncident(1))?.summary).toBe('nothing to hide');
    const kept = [await rig.store.getIncident(2), await rig.store.listReceived(2, 9)];
    expect(JSON.stringify(kept)).not.toContain(secret);
  });

  it('withholds a text that could not be looked through', async () => {
    const failing = {
      release: () => {
        throw new Error('no');
      },
      redact: () => {
        throw new Error('no');
      },
      find: () => {
        throw new Error('no');
      },
    };
    const redactor = new CarefulRedactor({ redactor: failing, log: rig.log });
    await receiver({}, redactor).receive([anAlert()], aDelivery());
    expect(await rig.store.getIncident(1)).toMatchObject({ title: withheldText, summary: withheldText });
  });

  it('lets the first route that fits say where it goes, then the hook, then the channel for all', async () => {
    const intake = receiver({
      routes: [
        { match: { severity: 'page', alertname: 'Host*' }, channel: 'chat:C-page' },
        { match: { team: 'web' }, channel: 'none' },
      ],
    });
    const home = { surface: 'chat', channel: 'C-home' };
    await intake.receive([anAlert({ severity: 'page' })], aDelivery({ home }));
    await intake.receive([anAlert({ group: '2', labels: { team: 'web' } })], aDelivery({ home }));
    await intake.receive([anAlert({ group: '3' })], aDelivery({ home }));
    await intake.receive([anAlert({ group: '4' })], aDelivery());
    const found = await rig.store.listIncidents({ limit: 9 });
    expect(found.reverse().map((i) => i.place?.channel ?? null)).toEqual(['C-page', null, 'C-home', 'C1']);
  });

  it('knows by itself through which hook it came, whatever the labels say', async () => {
    const intake = receiver({
      routes: [{ match: { hook: 'hook-1', source: 'grafana' }, channel: 'chat:C-x' }],
    });
    const labels = { hook: 'hook-1', source: 'grafana' };
    await intake.receive([anAlert({ labels })], aDelivery({ via: 'hook-2' }));
    expect(await rig.store.getIncident(1)).toMatchObject({ place: { channel: 'C1' } });
  });

  it('holds a message back over the quiet hours, but not that of what is critical', async () => {
    const quietHours = { from: '00:00', to: '06:00', timezone: 'UTC' };
    const intake = receiver({ quietHours });
    await intake.receive([anAlert()], aDelivery());
    await intake.receive([anAlert({ group: '2', level: 'critical' })], aDelivery());
    const behind = await rig.store.listPostsBehind(chat, Number.MAX_SAFE_INTEGER, 9);
    const later = behind.map((p) => [p.subject.number, p.retryAt === 0 ? 0 : p.retryAt - rig.clock.now()]);
    expect(later).toEqual([
      [1, 6 * 3_600_000],
      [2, 0],
    ]);
  });

  it('tells at once what becomes worse in the quiet hours, be it one of several or in a storm', async () => {
    const quietHours = { from: '00:00', to: '06:00', timezone: 'UTC' };
    const intake = receiver({ quietHours, storm: { incidents: 2 } });
    const held = async () => {
      const behind = await rig.store.listPostsBehind(chat, Number.MAX_SAFE_INTEGER, 9);
      return behind.filter((p) => p.retryAt > 0).map((p) => p.subject.number);
    };
    await intake.receive([anAlert()], aDelivery());
    expect(await held()).toEqual([1]);
    await intake.receive([anAlert({ key: 'b', level: 'critical' })], aDelivery());
    expect(await held()).toEqual([]);
    const mixed = [anAlert({ group: '2' }), anAlert({ group: '2', key: 'b', level: 'critical' })];
    await intake.receive(mixed, aDelivery());
    expect(await held()).toEqual([]);
    await intake.receive([anAlert({ group: '3' })], aDelivery());
    expect(await held(), 'the message of the storm waits').toHaveLength(1);
    await intake.receive([anAlert({ group: '4', level: 'critical' })], aDelivery());
    expect(await held()).toEqual([]);
  });

  it('tells at once of a storm that begins and meets something critical in one delivery', async () => {
    const quietHours = { from: '00:00', to: '06:00', timezone: 'UTC' };
    const intake = receiver({ quietHours, storm: { incidents: 1 } });
    await intake.receive([...many(2), anAlert({ group: 'worse', level: 'critical' })], aDelivery());
    const behind = await rig.store.listPostsBehind(chat, Number.MAX_SAFE_INTEGER, 9);
    const storm = (await rig.store.listIncidents({ limit: 9 })).find((i) => i.kind === 'storm');
    expect(behind.find((p) => p.subject.number === storm?.number)).toMatchObject({ retryAt: 0 });
  });

  it('gives what fires again after its storm a message of its own', async () => {
    const intake = receiver({ storm: { incidents: 1 } });
    await intake.receive(many(3), aDelivery());
    const [counted] = (await rig.store.listIncidents({ limit: 9 })).filter((i) => i.storm !== null);
    if (!counted?.storm) throw new Error('no storm');
    await intake.receive(many(3, { status: 'resolved' }), aDelivery());
    await rig.started(incidentClock({ store: rig.store, clock: rig.clock, log: rig.log }));
    rig.clock.step(stormQuietMs - 1_000);
    await intake.receive(many(3), aDelivery());
    await intake.receive(many(3, { status: 'resolved' }), aDelivery());
    rig.clock.step(incidentSweepMs * 2);
    const storm = await rig.until(async () => {
      const found = await rig.store.getIncident(counted.storm ?? 0);
      return found?.state === 'resolved' ? found : null;
    });
    const before = await posts();
    await intake.receive(many(3), aDelivery());
    expect(await rig.store.getIncident(counted.number)).toMatchObject({ state: 'firing', storm: null });
    expect(await posts()).toContain(counted.number);
    expect(before).not.toContain(counted.number);
    expect(await rig.store.getIncident(storm.number)).toMatchObject({ state: 'resolved', firing: 0 });
    expect((await rig.store.getIncident(counted.number))?.diagnosis).toMatchObject({ state: 'wanted' });
  });

  it('makes one message of a storm, which counts and is over when it has been quiet', async () => {
    const intake = receiver({ storm: { incidents: 3, minutes: 1 } });
    await intake.receive(many(5), aDelivery());
    await intake.receive(many(7).slice(5), aDelivery());
    // Three of their own; the storm is 4 or 5, and counts the other four.
    const all = await rig.store.listIncidents({ limit: 99 });
    const storm = all.find((i) => i.kind === 'storm');
    expect(storm).toMatchObject({ firing: 4, resolved: 0, times: 4, state: 'firing' });
    expect(all.filter((i) => i.storm === storm?.number)).toHaveLength(4);
    expect((await posts()).sort((a, b) => a - b)).toEqual([1, 2, 3, storm?.number]);
    await intake.receive(many(7, { status: 'resolved' }), aDelivery());
    expect(await rig.store.getIncident(storm?.number ?? 0)).toMatchObject({ firing: 0, resolved: 4 });
    rig.clock.step(stormQuietMs);
    await intake.receive([anAlert({ group: 'after' })], aDelivery());
    expect(await posts(), 'what comes after the storm has a message of its own').toHaveLength(5);
  });

  it('wants a new incident looked into where it names its machine, and no other', async () => {
    const intake = receiver();
    await intake.receive([anAlert()], aDelivery());
    await intake.receive([anAlert({ group: '2', machines: [] })], aDelivery());
    expect((await rig.store.diagnosing(['wanted'], 9)).map((i) => i.diagnosis)).toMatchObject([
      { request: 'check disk usage', on: 'db1', by: { kind: 'alert', id: 'alertmanager' } },
    ]);
    await receiver({ diagnose: 'asked' }).receive([anAlert({ group: '3' })], aDelivery());
    expect(await rig.store.diagnosing(['wanted'], 9)).toHaveLength(1);
  });

  it('tells whoever tries a hook out where an alert would go and why, and stores nothing', async () => {
    const preview = await receiver().preview(anAlert(), aDelivery());
    expect(preview).toEqual({
      machine: 'db1',
      machineWhy: 'labels.instance says "db1"',
      channels: [{ ...chat, why: 'no route fits it, and this is the channel for all' }],
    });
    expect(await rig.store.listIncidents({ limit: 9 })).toEqual([]);
  });

  it('says that it is busy where more waits than memory is for', async () => {
    const flood = many(10_001);
    expect(await receiver().receive(flood, aDelivery())).toMatchObject({ kind: 'busy' });
    expect(await rig.store.listIncidents({ limit: 9 })).toEqual([]);
  });
});
