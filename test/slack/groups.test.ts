import { afterEach, beforeEach, expect, it } from 'vitest';
import { SlackGroups } from '../../src/slack/groups.ts';
import { groupsAgeMsMax, groupsEveryMs } from '../../src/slack/limits.ts';
import { SlackWeb } from '../../src/slack/web.ts';
import { SlackWorkspace } from '../fakes/slack-workspace.ts';
import { SteppedClock } from '../fakes/stepped-clock.ts';
import { KeptLog } from './scene.ts';

let workspace: SlackWorkspace;
let clock: SteppedClock;
let log: KeptLog;
beforeEach(async () => {
  clock = new SteppedClock();
  log = new KeptLog();
  workspace = new SlackWorkspace({ scopes: ['usergroups:read'], events: [], people: ['ada', 'bob'] });
  await workspace.start();
});
afterEach(() => workspace.stop());

const groupsOf = (names: readonly string[]): SlackGroups => {
  const web = new SlackWeb({ token: workspace.access.botToken, apiUrl: workspace.apiUrl, clock, log });
  return new SlackGroups({ web, clock, log, groups: names });
};
const idOf = (person: string): string => `slack:${workspace.record.personNamed(person).id}`;

it('tells who is in the user groups that the configuration names, and in no others', async () => {
  workspace.addGroup('dba', ['ada']);
  workspace.addGroup('everybody', ['ada', 'bob']);
  const [dba = ''] = workspace.record.groups.keys();
  const groups = groupsOf([`slack-group:${dba}`, 'discord-role:1/2']);
  await groups.start();
  expect(groups.groupsOf(idOf('ada'))).toEqual([`slack-group:${dba}`]);
  expect(groups.groupsOf(idOf('bob'))).toEqual([]);
  await groups.stop();
});

it('follows a change once it is told to look again', async () => {
  workspace.addGroup('dba', ['ada']);
  const [dba = ''] = workspace.record.groups.keys();
  const groups = groupsOf([`slack-group:${dba}`]);
  await groups.start();
  const group = workspace.record.groups.get(dba);
  if (group) group.users = [workspace.record.personNamed('bob').id];
  await groups.refresh();
  expect(groups.groupsOf(idOf('ada'))).toEqual([]);
  expect(groups.groupsOf(idOf('bob'))).toEqual([`slack-group:${dba}`]);
  await groups.stop();
});

it('knows nothing of anybody where Slack does not tell, and says which scope is missing', async () => {
  workspace.access.scopes = new Set();
  const groups = groupsOf(['slack-group:S1']);
  await groups.start();
  expect(groups.groupsOf(idOf('ada'))).toBeNull();
  expect(log.lines).toMatchObject([
    { level: 'warn', fields: { error: 'missing_scope', needed: 'usergroups:read' } },
  ]);
  await groups.stop();
});

it('knows nothing any more once what it heard is too old', async () => {
  workspace.addGroup('dba', ['ada']);
  const [dba = ''] = workspace.record.groups.keys();
  const groups = groupsOf([`slack-group:${dba}`]);
  await groups.start();
  await groups.stop();
  clock.step(groupsAgeMsMax + 1);
  expect(groups.groupsOf(idOf('ada'))).toBeNull();
});

it('looks again after a look that failed in us', async () => {
  workspace.addGroup('dba', ['ada']);
  const [dba = ''] = workspace.record.groups.keys();
  const web = new SlackWeb({ token: workspace.access.botToken, apiUrl: workspace.apiUrl, clock, log });
  const call = web.call.bind(web);
  web.call = () => Promise.reject(new Error('a bug'));
  const groups = new SlackGroups({ web, clock, log, groups: [`slack-group:${dba}`] });
  await groups.start();
  expect(log.lines).toMatchObject([{ level: 'error', message: 'no look at the user groups' }]);
  web.call = call;
  clock.step(groupsEveryMs);
  await groups.refresh();
  // One by the clock, and the one that was just asked for.
  expect(workspace.calls).toHaveLength(2);
  expect(groups.groupsOf(idOf('ada'))).toEqual([`slack-group:${dba}`]);
  await groups.stop();
});

it('asks Slack nothing where the configuration names no user group', async () => {
  const groups = groupsOf(['discord-role:1/2']);
  await groups.start();
  expect(groups.groupsOf(idOf('ada'))).toEqual([]);
  expect(workspace.calls).toEqual([]);
});
