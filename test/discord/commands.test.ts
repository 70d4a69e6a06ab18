import { afterEach, beforeEach, expect, it } from 'vitest';
import { diagnoseDiscord } from '../../src/discord/doctor.ts';
import { FakeDiscord } from '../fakes/discord-server.ts';
import { fakeIds } from '../fakes/discord-shapes.ts';
import { Rig } from './rig.ts';

let discord: FakeDiscord;
let rigs: Rig[];
beforeEach(async () => {
  discord = await new FakeDiscord().start();
  rigs = [];
});
afterEach(async () => {
  for (const rig of rigs) await rig.adapter.connection.stop();
  await discord.stop();
});

const started = async (guildId: string | null = null): Promise<void> => {
  const rig = new Rig(discord, { guildId });
  rigs.push(rig);
  await rig.adapter.connection.start();
  // The stop waits for what is under way.
  await rig.adapter.connection.stop();
};
const writes = () =>
  discord.calls.filter(({ method, path }) => method === 'PUT' && path.endsWith('/commands'));
const settings = () => ({ token: 'a.token', apiUrl: discord.apiUrl, guildId: null, messageContent: false });

it('are written once, and again only where they differ', async () => {
  await started();
  await started();
  expect(writes()).toHaveLength(1);
  discord.commands.put(null, discord.commands.of(null).slice(1));
  await started();
  expect(writes()).toHaveLength(2);
});

it('are written where Discord does not say which there are', async () => {
  discord.faults.push({
    fits: ({ method, path }) => method === 'GET' && path.endsWith('/commands'),
    ...{ status: 404, body: { code: 0, message: '404: Not Found' } },
  });
  await started();
  expect(writes()).toHaveLength(1);
});

it('are written in one server alone where that is set', async () => {
  await started(fakeIds.guild);
  expect(writes().map(({ path }) => path)).toEqual([
    `/applications/${fakeIds.application}/guilds/${fakeIds.guild}/commands`,
  ]);
  await started(fakeIds.guild);
  expect(writes()).toHaveLength(1);
});

it('are in one place at a time: after a change the others go, and what is somebody else’s stays', async () => {
  const theirs = { name: 'weather', type: 1 };
  const names = (guild: string | null) => discord.commands.of(guild).map(({ name }) => name);
  await started();
  discord.commands.put(null, [...discord.commands.of(null), theirs]);
  await started(fakeIds.guild);
  expect(names(null)).toEqual(['weather']);
  expect(names(fakeIds.guild)).toEqual(['nerdy', 'Ask Nerdy about this']);
  discord.commands.put(fakeIds.guild, [...discord.commands.of(fakeIds.guild), theirs]);
  await started();
  expect(names(fakeIds.guild)).toEqual(['weather']);
  const deletes = () => discord.calls.filter(({ method }) => method === 'DELETE').length;
  const count = deletes();
  await started();
  expect(deletes()).toBe(count);
});

it('are registered also where those of a server can not be read', async () => {
  discord.faults.push({
    fits: ({ method, path }) => method === 'GET' && path.includes('/guilds/') && path.endsWith('/commands'),
    ...{ status: 403, body: { code: 50_001, message: 'Missing Access' } },
  });
  await started();
  expect(discord.commands.of(null)).toHaveLength(2);
});

it('the doctor finds nothing to mend where all is well, and gives the link with the least permissions', async () => {
  await started();
  const findings = await diagnoseDiscord(settings());
  expect(findings.filter(({ ok }) => !ok)).toEqual([]);
  const last = findings.at(-1);
  const link = last?.ok ? last.words : '';
  // View Channel, Send Messages, Attach Files, Read Message History, Create Public Threads, Send Messages in Threads.
  const least = (1n << 10n) | (1n << 11n) | (1n << 15n) | (1n << 16n) | (1n << 35n) | (1n << 38n);
  expect(link).toContain(
    `client_id=${fakeIds.application}&scope=bot+applications.commands&permissions=${least}`,
  );
});

it('the doctor says what is missing and where, and changes nothing', async () => {
  discord.guilds = [{ id: fakeIds.guild, name: 'ops', permissions: String((1n << 10n) | (1n << 11n)) }];
  const findings = await diagnoseDiscord({ ...settings(), messageContent: true, guildId: '1' });
  expect(findings.flatMap((finding) => (finding.ok ? [] : [finding.sentence.code]))).toEqual([
    'discord_intent_missing',
    'discord_server_lacks',
    'discord_guild_astray',
    'discord_commands_missing',
  ]);
  expect(JSON.stringify(findings)).toMatch(/lacks Send Messages In Threads .*Attach Files/);
  expect(discord.calls.every(({ method }) => method === 'GET')).toBe(true);
});

it('the doctor says that the token is refused', async () => {
  discord.faults.push({ fits: () => true, status: 401, body: { code: 0, message: '401: Unauthorized' } });
  expect(await diagnoseDiscord(settings())).toMatchObject([
    { ok: false, sentence: { code: 'discord_token_refused' } },
  ]);
});
