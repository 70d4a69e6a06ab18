import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { alertSettingsShape } from '../../src/core/alert-settings.ts';
import { policyOf, policyShape } from '../../src/core/policy/read-policy.ts';
import { type Incidents, makeIncidents } from '../../src/incidents.ts';
import { aNote } from '../contract/store-rows.ts';
import { aDelivery, anAlert } from '../fakes/alerts.ts';
import type { SlackMessage } from '../fakes/slack-workspace-record.ts';
import { FakeDrafter } from '../flow/fake-mind.ts';
import { joined, makeRig, type Rig } from '../flow/rig.ts';
import { openScene, type Scene } from './scene.ts';

/** Ada and Bob may act; Eve may only look. */
const policy = policyOf(
  policyShape.parse({
    people: {
      ada: { role: 'operator', identities: ['slack:U00ADA'] },
      bob: { role: 'operator', identities: ['slack:U01BOB'] },
      eve: { role: 'viewer', identities: ['slack:U02EVE'] },
    },
  }),
);

let rig: Rig;
let incidents: Incidents;
let scene: Scene;
beforeEach(async () => {
  rig = await makeRig((store) => store, undefined, policy);
  await joined(rig, 'db1', 'db2');
  const { store, clock, redactor, terms, log } = rig;
  const posting = { tasks: rig.desk, postingSurfaces: new Set<string>() };
  const parts = { store, clock, redactor, terms, log, ...posting, runbookDrafter: new FakeDrafter() };
  incidents = makeIncidents(alertSettingsShape.parse({ channel: 'slack:C1' }), parts);
  scene = await openScene({ alerts: incidents.desk, people: ['ada', 'bob', 'eve'] });
});
afterEach(async () => {
  await scene.stop();
  await rig.dispose();
});

/** The message of an incident as it stands now. */
const shownNow = async (): Promise<SlackMessage> => {
  const incident = await incidents.desk.incident(1);
  if (!incident) throw new Error('no incident');
  const { workspace, chat } = scene;
  const to = { channel: workspace.record.channelNamed('ops').id, under: null };
  const content = { kind: 'incident' as const, incident, isAnew: false };
  const posted = await chat.surface.post(
    `post-${incident.revision}`,
    to,
    content,
    new AbortController().signal,
  );
  if (posted.kind !== 'posted') throw new Error(JSON.stringify(posted));
  const message = workspace.messages('ops').find(({ ts }) => ts === posted.message.id);
  if (!message) throw new Error('Slack does not have what it took');
  return message;
};

const told = (person: string): Promise<string> =>
  scene.workspace.until(() => {
    const own = scene.workspace
      .user(person)
      .sees('ops')
      .find((m) => m.ephemeralTo !== null);
    return own ? own.text : null;
  });

const stateOf = async () => (await rig.store.getIncident(1)) ?? {};

/** What each button does, once; and how the click after it ends. */
const buttons = [
  {
    name: 'I look at it',
    label: /^I look at it/,
    choice: null,
    machines: 'db1',
    done: { state: 'acknowledged', acknowledgedBy: { id: 'U00ADA' } },
    second: /can.t be acknowledged now/,
  },
  {
    name: 'Silence',
    label: /^Silence for/,
    choice: null,
    machines: 'db1',
    done: { state: 'silenced' },
    // It begins anew: who clicks wants quiet from now on.
    second: null,
  },
  {
    name: 'Look into it',
    label: /^Look into it/,
    choice: null,
    machines: null,
    done: { diagnosis: { state: 'wanted', round: 1, by: { id: 'U00ADA' } } },
    // Both want the same, and get it once.
    second: null,
  },
  {
    name: 'the choice of a machine',
    label: /^(Look into it on|nerdy\.diagnose)/,
    choice: 'db2',
    machines: null,
    done: { machines: ['db2'], diagnosis: { state: 'wanted', round: 1, on: 'db2' } },
    second: null,
  },
] as const;

describe.each(buttons)('a click on $name', ({ label, choice, machines, done, second }) => {
  const fired = async (): Promise<SlackMessage> => {
    const known = [{ kind: 'name' as const, value: 'db1', from: 'labels.instance' }];
    const isKnown = machines !== null || choice === null;
    await incidents.intake.receive([anAlert({ machines: isKnown ? known : [] })], aDelivery());
    if (machines === null && choice === null) await forget();
    return shownNow();
  };
  /** Nothing looks into it by itself: a diagnosis of which nothing came is there to be asked for again. */
  const forget = (): Promise<null> =>
    rig.store.change({ incident: 1 }, ({ incidents: [incident] }) =>
      incident
        ? {
            result: null,
            writes: {
              incidents: [{ ...incident, diagnosis: null, revision: incident.revision + 1 }],
              audit: [aNote(null)],
            },
          }
        : { result: null },
    );
  const click = (person: string, message: SlackMessage) => {
    const menu = JSON.stringify(message.blocks).match(/nerdy\.diagnose\.0\.\{[^}]*\}/)?.[0];
    const isMenu = choice !== null && menu !== undefined;
    return isMenu
      ? scene.workspace.user(person).clicks(message, menu.replaceAll('\\"', '"'), choice)
      : scene.workspace.user(person).clicks(message, label);
  };

  it('is done, by the person who clicked', async () => {
    const message = await fired();
    expect((await click('ada', message)).kind).toBe('acknowledged');
    expect(await stateOf()).toMatchObject(done);
  });

  it('of one who may only look changes nothing, and tells them alone', async () => {
    const message = await fired();
    const before = await stateOf();
    await click('eve', message);
    expect(await told('eve')).toMatch(/operator/);
    expect(await stateOf()).toEqual(before);
    expect(scene.workspace.user('ada').sees('ops')).toHaveLength(1);
  });

  it('that comes second changes nothing more', async () => {
    const message = await fired();
    await click('ada', message);
    const before = await stateOf();
    await click('bob', message);
    if (second) {
      expect(await told('bob')).toMatch(second);
      expect(await stateOf()).toEqual(before);
    } else expect(await stateOf()).toMatchObject(done);
  });
});
