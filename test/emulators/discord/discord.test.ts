import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { effectsIn, joined, KeptAgent, KeptServer } from '../../e2e/loop.ts';
import { makeDir, packageDir } from '../../e2e/processes.ts';
import { flat } from '../../fakes/discord-shapes.ts';
import { DigitalTwin, type TwinMessage } from './digital-twin.ts';

/** A real server and real agents in a Discord that others wrote, so that both may not share one mistake of ours. */
const dir = makeDir();
/** As many as are offered in a menu and not as buttons. */
const machines = ['db1', 'db2', 'web1', 'web2', 'web3'];
const agents: KeptAgent[] = [];
let discord: DigitalTwin;
let server: KeptServer;
let marks = 0;

beforeAll(async () => {
  discord = await DigitalTwin.start();
  cpSync(join(packageDir, 'test/chat/runbooks'), join(dir.path, 'runbooks'), { recursive: true });
  const { ada, bob } = discord.ids;
  const people = {
    ada: { role: 'approver', identities: [`discord:${ada}`] },
    bob: { role: 'approver', identities: [`discord:${bob}`] },
  };
  const file = join(dir.path, 'nerdyops.yml');
  // JSON is YAML.
  writeFileSync(file, JSON.stringify({ people }));
  const dataDir = join(dir.path, 'data');
  const env = { NERDY_CONFIG: file, NERDY_RUNBOOKS_DIR: join(dir.path, 'runbooks'), ...discord.env() };
  server = new KeptServer(dataDir, {}, env);
  await server.call((client) => client.agents());
  for (const name of machines) {
    const place = { serverDataDir: dataDir, dataDir: join(dir.path, name), name };
    agents.push(new KeptAgent({ ...place, wanted: null, recordTo: null }));
  }
  for (const name of machines) await joined(server, name);
});

afterAll(async () => {
  for (const agent of agents) await agent.stop();
  await server?.kill();
  await discord?.stop();
  dir.remove();
});

const newMark = (): string => join(dir.path, `mark-${++marks}`);

/** A card that waits for a decision on a script with this in it. */
const proposed = (words: string): Promise<TwinMessage> =>
  discord.message(
    discord.ids.ops,
    (text, { components }) =>
      text.includes(words) && flat(components).some(({ label }) => label?.startsWith('Approve') === true),
  );
const later = (card: TwinMessage, words: RegExp): Promise<TwinMessage> =>
  discord.message(discord.ids.ops, (text, { id }) => id === card.id && words.test(text));

it('goes from a mention to an answer in the thread under the card', async () => {
  const { ada, bob } = discord.ids;
  const mark = newMark();
  await discord.mentions(ada, `mark the file ${mark} on db1`);
  const card = await proposed(mark);
  expect((await discord.clicks(bob, card, /^Approve/)).type).toBe(6);
  await discord.message(card.id, (text) => /Marked 1 times/.test(text));
  await later(card, /Done/);
  expect(effectsIn(mark)).toBe(1);
});

it('takes a no with its reason, typed into a form', async () => {
  const { ada, bob } = discord.ids;
  const mark = newMark();
  await discord.mentions(ada, `mark the file ${mark} on db1`);
  const card = await proposed(mark);
  const { type, data } = await discord.clicks(bob, card, /^Reject/);
  expect(type).toBe(9);
  const form = data as { custom_id: string };
  await discord.submits(bob, form.custom_id, { reason: 'Not that file.' });
  await later(card, /Not that file/);
  expect(effectsIn(mark)).toBe(0);
});

it('runs what was edited in a form', async () => {
  const { ada, bob } = discord.ids;
  const mark = newMark();
  await discord.mentions(ada, `mark the file ${mark} on db1`);
  const card = await proposed(mark);
  const { data } = await discord.clicks(ada, card, /^Edit/);
  const form = data as { custom_id: string; components: { component: { custom_id: string } }[] };
  const field = form.components[0]?.component.custom_id ?? '';
  await discord.submits(ada, form.custom_id, { [field]: `echo ran >> ${mark}; echo ran >> ${mark}` });
  const second = await later(card, /revision 2/);
  await discord.clicks(bob, second, /^Approve/);
  await later(card, /Done/);
  expect(effectsIn(mark)).toBe(2);
});

it('answers a slash command with a list, and another with a card', async () => {
  const { ada, ops } = discord.ids;
  await discord.command(ada, 'agents', {});
  await discord.message(ops, (text) => /db1/.test(text) && /web3/.test(text));
  const mark = newMark();
  await discord.command(ada, 'ask', { request: `mark the file ${mark}`, machine: 'db1' });
  await proposed(mark);
});

it('asks for the machine with a menu, and goes on with the one that was picked', async () => {
  const { ada, ops } = discord.ids;
  const mark = newMark();
  await discord.mentions(ada, `mark the file ${mark}`);
  const question = await discord.message(
    ops,
    (text, { components }) =>
      text.includes(mark) && flat(components).some(({ options }) => (options?.length ?? 0) > 0),
  );
  await discord.picks(ada, question, 'web2');
  const card = await proposed(mark);
  expect(JSON.stringify(card.components)).toContain('web2');
});
