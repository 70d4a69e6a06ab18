import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { doctorDiscordCommand } from '../../src/cli/doctor-discord.ts';
import { ExitCode } from '../../src/cli/exit-code.ts';
import { FakeDiscord } from '../fakes/discord-server.ts';
import { fakeIds } from '../fakes/discord-shapes.ts';

let discord: FakeDiscord;
let lines: string[];
beforeEach(async () => {
  discord = await new FakeDiscord().start();
  lines = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await discord.stop();
});

it('says how to begin where Discord is not configured', async () => {
  expect(await doctorDiscordCommand({ discord: null }, { json: false })).toBe(ExitCode.endedBadly);
  expect(lines.join('\n')).toContain('set DISCORD_TOKEN');
});

it('prints a line for each thing, names as data, and the link', async () => {
  discord.guilds = [{ id: fakeIds.guild, name: 'ops\u001B[2J', permissions: '8' }];
  const settings = { token: 'a.token', apiUrl: discord.apiUrl, guildId: null, messageContent: false };
  // The server has not started with this token, so the commands are not there yet.
  expect(await doctorDiscordCommand({ discord: settings }, { json: false })).toBe(ExitCode.endedBadly);
  const said = lines.join('\n');
  expect(said).toContain('ops⟨U+001B⟩[2J');
  expect(said).toContain('/nerdy is not registered everywhere');
  expect(said).toContain('https://discord.com/oauth2/authorize?client_id=');
});
