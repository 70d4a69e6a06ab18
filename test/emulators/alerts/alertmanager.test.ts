import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { IncidentCard } from '../../../src/core/incident-card.ts';
import type { ShownMessage } from '../../chat/chat-driver.ts';
import { nerdy } from '../../cli/nerdy.ts';
import { joined, KeptAgent, KeptServer, until } from '../../e2e/loop.ts';
import { makeDir, packageDir } from '../../e2e/processes.ts';
import { freePort } from '../../fakes/free-port.ts';
import { SlackDriver } from '../../slack/slack-driver.ts';
import { Alertmanager } from './alertmanager.ts';

/**
 * Debian's Alertmanager, a real server and a real agent, with the messages in a Slack as strict as the real one. The hook
 * is made as people make it, and Alertmanager gets the address as it was printed.
 */
const dir = makeDir();
const dataDir = join(dir.path, 'data');
const slack = new SlackDriver();
const delivered = /Notify success/;
const refused = /will retry later/;
let channel = '';
let server: KeptServer;
let agent: KeptAgent;
let alertmanager: Alertmanager;

beforeAll(async () => {
  await slack.start();
  channel = slack.openChannel('alarms');
  const file = join(dir.path, 'nerdyops.yml');
  // JSON is YAML.
  writeFileSync(
    file,
    JSON.stringify({
      people: { ada: { role: 'approver', identities: [slack.identityOf('ada')] } },
      rules: [
        {
          ...{ name: 'alerts may look', askers: ['alerts'], risk: 'read-only' },
          ...{ runbooks: ['disk-usage'], decision: 'auto' },
        },
      ],
    }),
  );
  // The address must be the same after the server was killed.
  const port = String(await freePort());
  const runbooks = join(packageDir, 'runbooks');
  const env = { NERDY_CONFIG: file, NERDY_RUNBOOKS_DIR: runbooks, NERDY_HTTP_PORT: port, ...slack.env() };
  server = new KeptServer(dataDir, {}, env);
  await server.call((client) => client.agents());
  const place = { serverDataDir: dataDir, dataDir: join(dir.path, 'db1'), name: 'db1' };
  agent = new KeptAgent({ ...place, wanted: null, recordTo: null });
  await joined(server, 'db1');
  const added = await nerdy(['hooks', 'add', 'alertmanager', '--channel', `slack:${channel}`], {
    env: { NERDY_DATA_DIR: dataDir, NERDY_HTTP_PORT: port },
  });
  const [url] = /http:\S+\/hooks\/\S+/.exec(added.out) ?? [];
  if (url === undefined) throw new Error(`no address was printed:\n${added.out}${added.err}`);
  alertmanager = await Alertmanager.start(join(dir.path, 'am'), url);
});

afterAll(async () => {
  await alertmanager?.stop();
  await agent?.stop();
  await server?.kill();
  await slack.stop();
  dir.remove();
});

const disk = (instance: string) => ({ alertname: 'HostOutOfDiskSpace', instance, severity: 'critical' });
const summary = 'Less than 10 % left';

/** The messages at the channel's top, without what stands in their threads. */
const told = (): ShownMessage[] => slack.sees('ada', channel).filter((m) => m.isOurs && m.under === null);
const message = (fits: (text: string) => boolean): Promise<ShownMessage> =>
  slack.until(() => told().find(({ text }) => fits(text)));
const incident = (number: number): Promise<IncidentCard> => server.call((client) => client.alert(number));

it('tells of an alert by one message, in which the diagnosis stands', async () => {
  await alertmanager.tell(disk('db1:9100'), summary);
  await message((text) => text.includes('HostOutOfDiskSpace') && text.includes('on db1'));
  const found = await until(server, async (client) => (await client.alert(1)).diagnosis?.answer ?? null);
  expect(found).toMatchObject({ reader: 'runbook', hosts: [{ agentName: 'db1' }] });
  await message((text) => text.includes('HostOutOfDiskSpace') && text.includes(found.words));
  expect((await incident(1)).machines).toEqual(['db1']);
  expect(told()).toHaveLength(1);
});

it('adds what Alertmanager groups with it, and counts what it repeats, in the same message', async () => {
  await alertmanager.tell(disk('db1:9101'), summary);
  await message((text) => text.includes('(2 alerts)'));
  const before = await incident(1);
  await alertmanager.logged(delivered, alertmanager.count(delivered) + 2);
  const after = await incident(1);
  expect(after.times).toBeGreaterThan(before.times);
  expect(after).toMatchObject({ firing: 2, state: 'firing' });
  expect(told()).toHaveLength(1);
});

it('loses nothing while the server is gone: it is sent again once that is back', async () => {
  const failed = alertmanager.count(refused);
  await server.kill();
  await alertmanager.tell({ alertname: 'HostHighCpuLoad', instance: 'db1:9100' }, 'Load is 40');
  // Both groups: that of the first test is repeated meanwhile.
  await alertmanager.logged(refused, failed + 2);
  await server.call((client) => client.agents());
  await message((text) => text.includes('HostHighCpuLoad'));
  expect(server.deaths).toBe(1);
  expect(told()).toHaveLength(2);
  expect(await incident(2)).toMatchObject({ firing: 1, machines: ['db1'] });
});

it('says that it is over once the last of its alerts is', async () => {
  const end = new Date();
  await alertmanager.tell(disk('db1:9101'), summary, end);
  await alertmanager.tell(disk('db1:9100'), summary, end);
  const { text } = await message((t) => t.includes('Over: HostOutOfDiskSpace'));
  expect(text).toContain('db1');
  expect(await incident(1)).toMatchObject({ state: 'resolved', firing: 0, resolved: 2 });
  expect(told()).toHaveLength(2);
});
