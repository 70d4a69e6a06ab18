import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { effectsIn, joined, KeptAgent, KeptServer, reached } from '../../e2e/loop.ts';
import { makeDir, packageDir } from '../../e2e/processes.ts';
import { readSlackView } from '../../fakes/slack-workspace-reading.ts';
import { type EmulatedMessage, emulated, LocalSlack } from './local-slack.ts';

/** A real server and a real agent in a Slack that others wrote, so that both may not share one mistake of ours. */
const dir = makeDir();
const { ada, bob, ops } = emulated;
let slack: LocalSlack;
let server: KeptServer;
let agent: KeptAgent;
let marks = 0;

beforeAll(async () => {
  slack = await LocalSlack.start(dir.path);
  cpSync(join(packageDir, 'test/chat/runbooks'), join(dir.path, 'runbooks'), { recursive: true });
  const people = {
    ada: { role: 'approver', identities: [`slack:${ada}`] },
    bob: { role: 'approver', identities: [`slack:${bob}`] },
  };
  const file = join(dir.path, 'nerdyops.yml');
  // JSON is YAML.
  writeFileSync(file, JSON.stringify({ people }));
  const dataDir = join(dir.path, 'data');
  const env = { NERDY_CONFIG: file, NERDY_RUNBOOKS_DIR: join(dir.path, 'runbooks'), ...slack.env() };
  server = new KeptServer(dataDir, {}, env);
  await server.call((client) => client.agents());
  const place = { serverDataDir: dataDir, dataDir: join(dir.path, 'db1'), name: 'db1' };
  agent = new KeptAgent({ ...place, wanted: null, recordTo: null });
  await joined(server, 'db1');
});

afterAll(async () => {
  await agent?.stop();
  await server?.kill();
  await slack?.stop();
  dir.remove();
});

const newMark = (): string => join(dir.path, `mark-${++marks}`);

/** A card that waits for a decision on a script with this in it. */
const proposed = (channel: string, words: string): Promise<EmulatedMessage> =>
  slack.message(channel, (m, text) => text.includes(words) && /"Approve/.test(JSON.stringify(m.blocks)));

const modal = async () => slack.until(() => slack.modals.at(-1));

it('goes from a mention to an answer in the thread', async () => {
  const mark = newMark();
  await slack.says(ada, ops, `<@${emulated.bot}> mark the file ${mark} on db1`);
  const card = await proposed(ops, mark);
  await slack.clicks(bob, ops, card, /^approve/i);
  const answer = await slack.message(
    ops,
    (m, text) => m.thread_ts !== undefined && /Marked 1 times/.test(text),
  );
  await slack.message(ops, (m, text) => m.ts === card.ts && /Done/.test(text));
  expect(answer.thread_ts).toBeTruthy();
  expect(effectsIn(mark)).toBe(1);
});

it('takes a no with its reason, typed into a modal', async () => {
  const mark = newMark();
  await slack.says(ada, ops, `<@${emulated.bot}> mark the file ${mark} on db1`);
  const card = await proposed(ops, mark);
  await slack.clicks(bob, ops, card, /^reject/i);
  await modal();
  slack.submits(bob, { reason: 'Not that file.' });
  await slack.message(ops, (m, text) => m.ts === card.ts && text.includes('Not that file.'));
  await slack.until(() => (slack.modals.length === 0 ? true : undefined));
  expect(effectsIn(mark)).toBe(0);
});

it('runs what was edited in a modal', async () => {
  const mark = newMark();
  await slack.says(ada, ops, `<@${emulated.bot}> mark the file ${mark} on db1`);
  const card = await proposed(ops, mark);
  await slack.clicks(ada, ops, card, /^edit/i);
  await modal();
  slack.submits(ada, { script: `echo ran >> ${mark}; echo ran >> ${mark}` });
  const second = await slack.message(ops, (m, text) => m.ts === card.ts && /revision 2/.test(text));
  await slack.clicks(bob, ops, second, /^approve/i);
  await slack.message(ops, (m, text) => m.ts === card.ts && /Done/.test(text));
  expect(effectsIn(mark)).toBe(2);
});

it('answers a slash command', async () => {
  await slack.command(ada, ops, 'agents');
  const list = await slack.message(ops, (_, text) => /db1/.test(text) && /linux/i.test(text));
  expect(list.thread_ts).toBeUndefined();
});

it('shows the App Home with what waits', async () => {
  const mark = newMark();
  await slack.says(ada, ops, `<@${emulated.bot}> mark the file ${mark} on db1`);
  await proposed(ops, mark);
  await slack.opensHome(ada);
  const home = await slack.until(() => slack.homes.get(ada));
  expect(readSlackView(home).text).toContain('db1');
});

it('asks and answers in direct messages without a mention, with the whole output as a file', async () => {
  await slack.opensHome(bob);
  const channel = await slack.until(() => slack.channels.get(`dm-${bob}`));
  const long = join(dir.path, 'long.txt');
  writeFileSync(
    long,
    `held all\n${Array.from({ length: 3_000 }, (_, i) => `line ${i} of a long file`).join('\n')}\n`,
  );
  await slack.says(bob, channel, `peek into the file ${long} on db1`);
  const card = await proposed(channel, long);
  await slack.clicks(bob, channel, card, /^approve/i);
  const { files } = await slack.message(channel, (m) => (m.files?.length ?? 0) > 0);
  expect(files?.[0]?.name).toMatch(/^nerdy-\d+\.txt$/);
  const number = Number(/\d+/.exec(files?.[0]?.name ?? '')?.[0]);
  expect(await reached(server, number, ({ state }) => state === 'done')).toMatchObject({ state: 'done' });
});
