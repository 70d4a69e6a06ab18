import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { WebSocket } from 'ws';
import { packageDir } from '../../e2e/processes.ts';
import { freePort } from '../../fakes/free-port.ts';
import { elementNamed } from '../../fakes/slack-workspace-elements.ts';
import { readSlack } from '../../fakes/slack-workspace-reading.ts';
import type { Json } from '../../fakes/slack-workspace-record.ts';

const binary = join(
  packageDir,
  'node_modules/.cache/emulators/slack/node_modules/local-slack-linux-x64/bin/local-slack',
);

/** Who and what there is in the emulated workspace. */
export const emulated = { ada: 'U0ADA', bob: 'U0BOB', bot: 'U0NERDY', ops: 'C0OPS' } as const;

const tokens = { botToken: 'xoxb-emulated', appToken: 'xapp-emulated', signingSecret: 'not-used' };

/** A message as its control interface lists it. */
export interface EmulatedMessage {
  ts: string;
  user: string;
  text: string;
  blocks?: Json[];
  thread_ts?: string;
  files?: { name: string; size: number }[];
}

/**
 * The emulator as a process of its own, driven by its control interface and by the socket of its web page. Its gaps, for
 * which test/fakes/slack-workspace.ts stands in: it takes any token and scope, doesn't look at membership, accepts empty
 * messages and blocks that Slack refuses, has no rate limits, redelivers nothing, keeps no metadata, gives
 * `block_actions` no `state.values` and `app_mention` no team and no blocks, and knows neither usergroups.list nor
 * chat.startStream.
 */
export class LocalSlack {
  readonly #process: ChildProcess;
  readonly #url: string;
  readonly #page: WebSocket;
  readonly #waiting = new Set<() => void>();
  /** The modals that are open, the topmost last. */
  modals: Json[] = [];
  readonly homes = new Map<string, Json>();
  readonly channels = new Map<string, string>();

  private constructor(child: ChildProcess, url: string, page: WebSocket) {
    this.#process = child;
    this.#url = url;
    this.#page = page;
    page.on('message', (data) => this.#take(JSON.parse(String(data)) as Json));
  }

  static async start(dir: string): Promise<LocalSlack> {
    const config = join(dir, 'slack.json');
    const { ada, bob, bot, ops } = emulated;
    writeFileSync(
      config,
      JSON.stringify({
        workspace: { name: 'Emulated', domain: 'emulated', teamId: 'T0EMULATED' },
        app: { appId: 'A0NERDY', botUserId: bot, botName: 'nerdy', mode: 'socket', ...tokens },
        users: [ada, bob].map((id) => ({ id, name: id.slice(2).toLowerCase(), real_name: id.slice(2) })),
        channels: [{ id: ops, name: 'ops', members: [ada, bob, bot] }],
      }),
    );
    const port = await freePort();
    const args = ['--config', config, '--port', String(port), '--base-host', '127.0.0.1', '--files-dir', dir];
    const child = spawn(binary, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const lines = createInterface({ input: child.stdout as NonNullable<ChildProcess['stdout']> });
    for await (const line of lines) if (line.includes('is running')) break;
    const page = new WebSocket(`ws://127.0.0.1:${port}/ui`);
    const slack = new LocalSlack(child, `http://127.0.0.1:${port}`, page);
    await once(page, 'open');
    return slack;
  }

  async stop(): Promise<void> {
    this.#page.terminate();
    this.#process.kill();
    if (this.#process.exitCode === null) await once(this.#process, 'exit');
  }

  env(): Record<string, string> {
    const { botToken, appToken } = tokens;
    return { SLACK_BOT_TOKEN: botToken, SLACK_APP_TOKEN: appToken, SLACK_API_URL: `${this.#url}/api/` };
  }

  async says(user: string, channel: string, text: string, thread: string | null = null): Promise<void> {
    await this.#control('message', {
      channel,
      user,
      text,
      ...(thread === null ? {} : { thread_ts: thread }),
    });
  }

  async command(user: string, channel: string, text: string): Promise<void> {
    await this.#control('command', { channel, user, command: '/nerdy', text });
  }

  async clicks(user: string, channel: string, message: EmulatedMessage, button: RegExp): Promise<void> {
    const { block, element } = elementNamed(message.blocks ?? [], button);
    const { type, action_id, value } = element;
    const action = { type, action_id, value, block_id: block.block_id };
    await this.#control('interact', { channel, messageTs: message.ts, user, action });
  }

  /** Submits the topmost modal; what is not given keeps what stands in it. */
  submits(user: string, typed: Readonly<Record<string, string>>): void {
    const view = this.modals.at(-1);
    const blocks = ((view?.blocks ?? []) as Json[]).filter((block) => block.type === 'input');
    const values = blocks.map((block) => {
      const { type, action_id, initial_value } = block.element as Json;
      const value = typed[String(block.block_id)] ?? Object.values(typed)[0] ?? initial_value ?? null;
      return [block.block_id, { [String(action_id)]: { type, value } }];
    });
    this.#page.send(JSON.stringify({ t: 'view_submit', user, values: Object.fromEntries(values) }));
  }

  async opensHome(user: string): Promise<void> {
    await this.#control('open-home', { user });
  }

  async messages(channel: string): Promise<EmulatedMessage[]> {
    const { messages } = await this.#control(`messages/${channel}`, null);
    return messages as EmulatedMessage[];
  }

  /** The first message of ours there that is as wanted, as soon as there is one. */
  message(
    channel: string,
    isIt: (message: EmulatedMessage, text: string) => boolean,
  ): Promise<EmulatedMessage> {
    return this.until(async () =>
      (await this.messages(channel)).find(
        (m) => m.user === emulated.bot && isIt(m, readSlack({ text: m.text, blocks: m.blocks ?? [] }).text),
      ),
    );
  }

  /** Looks again after each thing that the page is told. */
  async until<T>(look: () => T | undefined | Promise<T | undefined>): Promise<T> {
    for (;;) {
      const more = new Promise<void>((resolve) => this.#waiting.add(resolve));
      const found = await look();
      if (found !== undefined) return found;
      await more;
    }
  }

  async #control(path: string, body: Json | null): Promise<Json> {
    const post = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    };
    const response = await fetch(`${this.#url}/_control/${path}`, body === null ? {} : post);
    if (!response.ok) throw new Error(`the emulator answered ${path} with ${response.status}`);
    return (await response.json()) as Json;
  }

  #take(told: Json): void {
    if (told.t === 'view') this.modals = told.stack as Json[];
    if (told.t === 'home') this.homes.set(String(told.user), told.view as Json);
    if (told.t === 'channel') {
      const { id, name } = told.channel as Json;
      this.channels.set(String(name), String(id));
    }
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }
}
