import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type App, createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import type { Log } from '../../src/ports/log.ts';
import { type Program, packageDir, startAgent } from '../e2e/processes.ts';
import { FakeDiscord } from '../fakes/discord-server.ts';
import { type FakeMessage, fakeIds, flat } from '../fakes/discord-shapes.ts';

export const ada = '400000000000000001';
export const bob = '400000000000000002';
/** Nobody in the settings. */
export const eve = '400000000000000009';

const policy = `
people:
  ada: { role: approver, identities: ['discord:${ada}'] }
  bob: { role: approver, identities: ['discord:${bob}'] }
unlinked: viewer
`;

export interface Logged {
  level: string;
  fields: object;
  message: string;
}

const memoryLog = (entries: Logged[]): Log => {
  const at = (level: string) => (fields: object, message: string) => {
    entries.push({ level, fields, message });
  };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
};

/** A whole server with one machine, and a Discord in front of it; everything but Discord is real. */
export class Scene {
  readonly discord: FakeDiscord;
  readonly app: App;
  readonly logged: Logged[];
  readonly dataDir: string;
  readonly #agent: Program | null;

  private constructor(parts: {
    discord: FakeDiscord;
    app: App;
    logged: Logged[];
    dataDir: string;
    agent: Program | null;
  }) {
    this.discord = parts.discord;
    this.app = parts.app;
    this.logged = parts.logged;
    this.dataDir = parts.dataDir;
    this.#agent = parts.agent;
  }

  static async start(
    options: { env?: Record<string, string>; agent?: boolean; discord?: FakeDiscord; rules?: string } = {},
  ): Promise<Scene> {
    const discord = options.discord ?? (await new FakeDiscord().start());
    const dataDir = mkdtempSync(join(tmpdir(), 'nerdyops-discord-'));
    const file = join(dataDir, 'nerdyops.yml');
    writeFileSync(file, `${policy}${options.rules ?? ''}`);
    const env = {
      ...{ NERDY_DATA_DIR: dataDir, NERDY_HTTP_PORT: '0', NERDY_GRPC_PORT: '0' },
      ...{ DISCORD_TOKEN: 'a.token', DISCORD_API_URL: discord.apiUrl, ...options.env },
    };
    const logged: Logged[] = [];
    const config = readConfig({ env, packageDir, file });
    const app = await createApp({ config, packageDir, log: memoryLog(logged) });
    await app.start();
    const agent =
      options.agent === false
        ? null
        : startAgent({
            ...{ packageDir, socket: join(dataDir, 'gateway.sock'), dataDir: join(dataDir, 'agent') },
            ...{ name: 'db1', wanted: null, recordTo: null },
          });
    const scene = new Scene({ discord, app, logged, dataDir, agent });
    if (agent) await scene.joined('db1');
    return scene;
  }

  async joined(name: string): Promise<void> {
    const isThere = async () => (await this.app.desk.agents()).some((a) => a.name === name && a.online);
    await new Promise<void>((resolve) => {
      const look = (): void => void isThere().then((there) => there && resolve());
      this.app.desk.watch(look);
      look();
    });
  }

  /** The message in that channel that fits, as soon as there is one. */
  shown(fits: (message: FakeMessage) => boolean, channel: string = fakeIds.channel): Promise<FakeMessage> {
    return this.discord.until(() => this.discord.in(channel).find(fits));
  }

  async stop(): Promise<void> {
    await this.app.stop();
    await this.#agent?.end('SIGKILL');
    await this.discord.stop();
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}

/** The id of the button that says so. */
export const buttonOf = (message: FakeMessage, label: string): string => {
  const found = flat(message.components).find((one) => one.label === label);
  if (!found?.custom_id)
    throw new Error(`there is no button "${label}": ${JSON.stringify(message.components)}`);
  return found.custom_id;
};
