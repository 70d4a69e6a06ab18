import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { alertSettingsShape } from '../../src/core/alert-settings.ts';
import { alertsTogetherMax } from '../../src/flow/limits.ts';
import { MachineIndex } from '../../src/flow/machine-index.ts';
import { AlertReceiver } from '../../src/flow/receive-alert.ts';
import { type Store, StoreUnavailableError } from '../../src/ports/store.ts';
import { aDelivery, anAlert } from '../fakes/alerts.ts';
import { joined, makeRig, type Rig } from './rig.ts';

let rig: Rig;
let changes = 0;
let receiver: AlertReceiver;
beforeEach(async () => {
  rig = await makeRig();
  await joined(rig, 'db1');
  const settings = alertSettingsShape.parse({ channel: 'chat:C1' });
  const store = counting(rig.store);
  const machines = new MachineIndex({ store, clock: rig.clock, rules: [] });
  const parts = { clock: rig.clock, redactor: rig.redactor, postingSurfaces: new Set(['chat']) };
  receiver = new AlertReceiver({ ...parts, store, settings, machines });
  // The machines are read at the first delivery, so that those of a test come in one turn.
  await receiver.preview(anAlert(), aDelivery());
  changes = 0;
});
afterEach(() => rig.dispose());

const counting = (store: Store): Store =>
  new Proxy(store, {
    get: (target, name) => {
      if (name === 'change') changes++;
      const part = Reflect.get(target, name);
      return typeof part === 'function' ? part.bind(target) : part;
    },
  });

describe('telling deliveries together', () => {
  it('tells those of one turn in one change, each with its own outcome and its own body', async () => {
    const tell = (key: string, group: string) =>
      receiver.receive([anAlert({ key, group })], aDelivery({ raw: `{"of":"${key}"}` }));
    const outcomes = await Promise.all([tell('a', 'disk'), tell('b', 'disk'), tell('c', 'memory')]);
    expect(outcomes.map((o) => (o.kind === 'stored' ? o.incidents : o.kind))).toEqual([[1], [1], [2]]);
    expect(changes).toBe(1);
    expect(await rig.store.getIncident(1)).toMatchObject({ firing: 2, times: 2 });
    const bodies = (await rig.store.listReceived(1, 9)).map((d) => d.body);
    expect(bodies).toEqual(['{"of":"b"}', '{"of":"a"}']);
    const opened = await rig.store.findAudit({ kind: 'incident.open', limit: 9 });
    expect(opened.map((entry) => entry.detail.incident)).toEqual([2, 1]);
  });

  it('tells the beginning and the end of one alert in the order in which they came', async () => {
    const [alert, delivery] = [anAlert(), aDelivery()];
    await Promise.all([
      receiver.receive([alert], delivery),
      receiver.receive([{ ...alert, status: 'resolved' }], delivery),
      receiver.receive([{ ...alert, key: 'other' }], delivery),
    ]);
    const incident = await rig.store.getIncident(1);
    expect(incident).toMatchObject({ state: 'firing', firing: 1, resolved: 1, times: 3 });
    const rows = await rig.store.listAlerts(1, 9);
    expect(rows.map((row) => [row.isFiring, row.times])).toEqual([
      [true, 1],
      [false, 2],
    ]);
    const steps = await rig.store.findAudit({ limit: 9 });
    expect(steps.map((s) => s.kind).filter((kind) => kind.startsWith('incident.'))).toEqual([
      'incident.fire',
      'incident.resolve',
      'incident.open',
    ]);
  });

  it('loses none by the fault of another that came in the same turn', async () => {
    const unstorable = { value: 1n } as unknown as { value: string };
    const outcomes = await Promise.allSettled([
      receiver.receive([anAlert({ key: 'a' })], aDelivery()),
      receiver.receive([anAlert({ key: 'b', ...unstorable })], aDelivery()),
      receiver.receive([anAlert({ key: 'c' })], aDelivery()),
    ]);
    expect(outcomes.map((o) => o.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await rig.store.getIncident(1)).toMatchObject({ firing: 2, times: 2 });
    expect(await rig.store.listReceived(1, 9)).toHaveLength(2);
  });

  it('begins another change where one would hold up everybody else for long', async () => {
    const many = (from: number) =>
      Array.from({ length: alertsTogetherMax - 1 }, (_, i) => anAlert({ key: `k${from + i}` }));
    await Promise.all([
      receiver.receive(many(0), aDelivery()),
      receiver.receive([anAlert({ key: 'last of the first' })], aDelivery()),
      receiver.receive([anAlert({ key: 'first of the second' })], aDelivery()),
    ]);
    expect(changes).toBe(2);
    expect(await rig.store.getIncident(1)).toMatchObject({ firing: alertsTogetherMax + 1 });
  });

  it('looks of each delivery that has an id whether it was there, also among others', async () => {
    const deliver = (id: string | null) => receiver.receive([anAlert()], aDelivery({ id }));
    const outcomes = await Promise.all([deliver(null), deliver('d-1'), deliver(null), deliver('d-1')]);
    expect(outcomes.map((o) => o.kind)).toEqual(['stored', 'stored', 'stored', 'repeated']);
    expect(await rig.store.getIncident(1)).toMatchObject({ times: 3 });
  });

  it('tries none by itself where nothing can be stored', async () => {
    await rig.store.stop();
    const deliver = (key: string) => receiver.receive([anAlert({ key })], aDelivery());
    const outcomes = await Promise.allSettled([deliver('a'), deliver('b')]);
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(StoreUnavailableError) });
    }
    expect(changes).toBe(1);
  });
});
