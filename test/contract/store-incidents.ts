import { expect, it } from 'vitest';
import type { Incident, StoredAlert } from '../../src/core/incident.ts';
import type { IncidentWrites } from '../../src/ports/incident-store.ts';
import type { Store, Writes } from '../../src/ports/store.ts';
import { anAlert } from '../fakes/alerts.ts';
import type { SteppedClock } from '../fakes/stepped-clock.ts';
import { aNote } from './store-rows.ts';

export const anIncident = (number: number, over: Partial<Incident> = {}): Incident => ({
  ...{ number, revision: 1, state: 'firing', kind: 'alerts', key: 'g', via: 'h', source: 'grafana' },
  ...{ title: 'Disk', summary: null, severity: null, level: null, link: null, value: null },
  ...{ labels: {}, hints: [], machines: ['db1'], place: null, storm: null },
  ...{ startedAt: 1, endedAt: null, firing: 1, resolved: 0, times: 1, turns: [] },
  ...{ acknowledgedBy: null, silencedUntil: null, dueAt: null, diagnosis: null, updatedAt: 1 },
  ...over,
});

export const anAlertRow = (incident: number, key: string, over: Partial<StoredAlert> = {}): StoredAlert => ({
  ...{ incident, key, isFiring: true, since: 1, endedAt: null, times: 1, alert: anAlert() },
  ...over,
});

const received = { via: 'h', source: 'grafana', body: '{"a":1}' };
const told = (...alerts: StoredAlert[]) => [{ ...received, alerts }];

/** What a store promises about incidents. */
export const incidentContract = (current: () => { store: Store; clock: SteppedClock }): void => {
  const put = (writes: IncidentWrites & Pick<Writes, 'posts'>, scope = {}) =>
    current().store.change(scope, () => ({ result: null, writes: { ...writes, audit: [aNote(null)] } }));

  it('numbers incidents from 1 on, also within one group', async () => {
    const { store } = current();
    const open = () =>
      store.change({}, (view) => {
        const incidents = [anIncident(view.nextIncident)];
        return { result: view.nextIncident, writes: { incidents, audit: [aNote(null)] } };
      });
    expect(await Promise.all([open(), open(), open()])).toEqual([1, 2, 3]);
  });

  it('gives back every field of an incident and its alerts as they were written', async () => {
    const { store } = current();
    const incident = anIncident(1, { place: { surface: 'slack', channel: 'C1' }, storm: 7, dueAt: 9 });
    await put({ incidents: [incident], received: told(anAlertRow(1, 'a')) });
    expect(await store.getIncident(1)).toEqual(incident);
    expect(await store.listAlerts(1, 9)).toEqual([anAlertRow(1, 'a')]);
    expect(await store.listReceived(1, 9)).toEqual([{ ...received, at: current().clock.now() }]);
    expect(await store.getIncident(2)).toBeNull();
  });

  it('shows a change the latest incident of a group, its alerts of those keys, and its storm', async () => {
    const storm = anIncident(1, { key: 's', kind: 'storm' });
    const incidents = [storm, anIncident(2), anIncident(3, { storm: 1 })];
    await put({ incidents, received: told(anAlertRow(2, 'a'), anAlertRow(3, 'a'), anAlertRow(3, 'b')) });
    const view = await current().store.change({ alerts: [{ group: 'g', key: 'a' }] }, (seen) => ({
      result: { incidents: seen.incidents.map((i) => i.number).sort(), alerts: seen.alerts },
    }));
    expect(view).toEqual({ incidents: [1, 3], alerts: [anAlertRow(3, 'a')] });
  });

  it('refuses a change of an incident’s state without an entry in the log', async () => {
    const { store } = current();
    const silent = store.change({}, () => ({ result: null, writes: { incidents: [anIncident(1)] } }));
    await expect(silent).rejects.toThrow(/audit/);
    expect(await store.getIncident(1)).toBeNull();
  });

  it('keeps of an alert that two deliveries of one change told the later row and delivery', async () => {
    const resolved = anAlertRow(1, 'a', { isFiring: false, endedAt: 2, times: 2 });
    const later = { ...received, body: '{"a":2}' };
    await put({
      incidents: [anIncident(1)],
      received: [...told(anAlertRow(1, 'a')), { ...later, alerts: [resolved] }],
    });
    expect(await current().store.listAlerts(1, 9)).toEqual([resolved]);
    expect(await current().store.listReceived(1, 9)).toMatchObject([later]);
  });

  it('lets a change gather what it wants to see until its turn comes', async () => {
    await put({ incidents: [anIncident(1)], received: told(anAlertRow(1, 'a'), anAlertRow(1, 'b')) });
    const alerts = [{ group: 'g', key: 'a' }];
    const seen = current().store.change({ alerts }, (view) => ({ result: view.alerts.map((a) => a.key) }));
    alerts.push({ group: 'g', key: 'b' }, { group: 'g', key: 'a' });
    expect(await seen).toEqual(['a', 'b']);
  });

  it('writes an incident only as the view had it', async () => {
    await put({ incidents: [anIncident(1)] });
    const twice = put({ incidents: [anIncident(1, { revision: 2 })] });
    await expect(twice).rejects.toThrow(/incident 1/);
    await put({ incidents: [anIncident(1, { revision: 2 })] }, { incident: 1 });
    expect((await current().store.getIncident(1))?.revision).toBe(2);
  });

  it('lists the newest first, by state and by machine, page by page', async () => {
    const { store } = current();
    const incidents = [1, 2, 3, 4].map((n) =>
      anIncident(n, { state: n === 2 ? 'resolved' : 'firing', machines: [n === 3 ? 'db1' : 'db10'] }),
    );
    await put({ incidents });
    const numbers = async (filter: Parameters<Store['listIncidents']>[0]) =>
      (await store.listIncidents(filter)).map((i) => i.number);
    expect(await numbers({ limit: 3 })).toEqual([4, 3, 2]);
    expect(await numbers({ limit: 3, before: 3 })).toEqual([2, 1]);
    expect(await numbers({ limit: 9, states: ['firing'] })).toEqual([4, 3, 1]);
    expect(await numbers({ limit: 9, machine: 'db1' })).toEqual([3]);
    expect(await numbers({ limit: 9, machine: 'db10', states: ['resolved'] })).toEqual([2]);
  });

  it('lists an incident’s firing alerts before those that ended', async () => {
    const alerts = [
      anAlertRow(1, 'a', { isFiring: false, since: 9 }),
      anAlertRow(1, 'b'),
      anAlertRow(1, 'c', { since: 2 }),
    ];
    await put({ incidents: [anIncident(1)], received: told(...alerts) });
    expect((await current().store.listAlerts(1, 9)).map((a) => a.key)).toEqual(['c', 'b', 'a']);
    expect((await current().store.listAlerts(1, 2)).map((a) => a.key)).toEqual(['c', 'b']);
  });

  it('knows what is due, what is to be diagnosed, and which incident a task looks into', async () => {
    const { store } = current();
    const diagnosis = {
      ...{ state: 'asked' as const, round: 1, request: 'check memory', on: 'db1', task: 1042 },
      ...{ by: aNote(null).actor, after: null, sentence: null },
    };
    await put({ incidents: [anIncident(1, { dueAt: 5 }), anIncident(2, { diagnosis }), anIncident(3)] });
    expect(await store.dueIncidents(4, 9)).toEqual([]);
    expect(await store.dueIncidents(5, 9)).toEqual([1]);
    expect((await store.diagnosing(['wanted'], 9)).map((i) => i.number)).toEqual([]);
    expect((await store.diagnosing(['wanted', 'asked'], 9)).map((i) => i.number)).toEqual([2]);
    expect(await store.incidentOfTask(1042)).toBe(2);
    expect(await store.incidentOfTask(1043)).toBeNull();
  });

  it('keeps what was counted in a channel, with the storm that is on there', async () => {
    const place = { surface: 'slack', channel: 'C1' };
    const watch = { place, since: 1, opened: 3, lastAt: 2, storm: 1 };
    await put({ incidents: [anIncident(1, { kind: 'storm', key: 's' })], storms: [watch] });
    await put({ storms: [{ ...watch, opened: 4 }] });
    const seen = await current().store.change({ storms: [place] }, (view) => ({
      result: { storms: view.storms, incidents: view.incidents.map((i) => i.number) },
    }));
    expect(seen).toEqual({ storms: [{ ...watch, opened: 4 }], incidents: [1] });
  });

  it('tells of the incidents that a commit wrote', async () => {
    const told: number[] = [];
    current().store.onCommit(({ incidents }) => told.push(...incidents));
    await put({ incidents: [anIncident(1)] });
    await put({ incidents: [anIncident(1, { revision: 2 })] }, { incident: 1 });
    expect(told).toEqual([1, 1]);
  });
};
