import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { packageDir } from '../../e2e/processes.ts';
import { type Component, flat, textOf } from '../../fakes/discord-shapes.ts';

const entry = join(
  packageDir,
  'node_modules/.cache/emulators/discord/node_modules/discord-digital-twin/dist/index.js',
);

/** A message as the twin gives it. */
export interface TwinMessage {
  id: string;
  author: { id: string };
  content: string;
  components?: Component[];
}

interface Actor {
  sendMessage(said: { content: string }): Promise<TwinMessage>;
  clickButton(click: { messageId: string; customId: string }): Promise<{ id: string }>;
  selectMenu(pick: { messageId: string; customId: string; values: string[] }): Promise<{ id: string }>;
  submitModal(form: {
    customId: string;
    fields: { customId: string; value: string }[];
  }): Promise<{ id: string }>;
  runSlashCommand(command: { name: string; options: object[] }): Promise<{ id: string }>;
}

interface Waiting {
  timeout: number;
}

interface Channel {
  user(id: string): Actor;
  waitForMessage(wait: Waiting & { predicate: (message: TwinMessage) => boolean }): Promise<TwinMessage>;
  waitForInteractionAck(wait: Waiting & { interactionId: string }): Promise<unknown>;
  getInteractionResponse(id: string): Promise<{ type: number; data: string | null } | null>;
}

interface Twin {
  botToken: string;
  botUserId: string;
  restUrl: string;
  prisma: { $executeRawUnsafe(sql: string, ...values: string[]): Promise<unknown> };
  server: { gateway: { broadcast(event: string, data: object): void } };
  start(): Promise<void>;
  stop(): Promise<void>;
  channel(id: string): Channel;
}

const ids = {
  guild: '800000000000000001',
  ops: '700000000000000001',
  ada: '400000000000000001',
  bob: '400000000000000002',
} as const;

const timeout = 40_000;
const ownThread = 'UPDATE Channel SET id = starterMessageId WHERE id = ? AND starterMessageId IS NOT NULL';

/**
 * A Discord that others wrote, in this process. Its gaps, for which test/fakes/discord-server.ts stands in: it can't
 * resume a session, has no direct messages, takes no files, any token and any length, and commands that nobody
 * registered. Two things are mended here, since nothing could be shown without them: it never says who is mentioned, and
 * gives a thread another id than that of the message under which it hangs.
 */
export class DigitalTwin {
  readonly ids = ids;
  readonly #twin: Twin;

  private constructor(twin: Twin) {
    this.#twin = twin;
  }

  static async start(): Promise<DigitalTwin> {
    const { DigitalDiscord } = (await import(pathToFileURL(entry).href)) as {
      DigitalDiscord: new (options: object) => Twin;
    };
    const twin = new DigitalDiscord({
      guild: { id: ids.guild, name: 'ops', ownerId: ids.ada },
      channels: [{ id: ids.ops, name: 'ops', type: 0 }],
      users: [
        { id: ids.ada, username: 'ada' },
        { id: ids.bob, username: 'bob' },
      ],
    });
    await twin.start();
    const { prisma } = twin;
    const { gateway } = twin.server;
    const broadcast = gateway.broadcast.bind(gateway);
    gateway.broadcast = (event, data) => {
      if (event === 'THREAD_CREATE' && 'id' in data)
        void prisma.$executeRawUnsafe(ownThread, String(data.id)).then(() => {});
      const isMention = 'content' in data && String(data.content).includes(`<@${twin.botUserId}>`);
      const us = { id: twin.botUserId, username: 'nerdy', discriminator: '0', avatar: null, bot: true };
      broadcast(event, isMention ? { ...data, mentions: [us] } : data);
    };
    return new DigitalTwin(twin);
  }

  stop(): Promise<void> {
    return this.#twin.stop();
  }

  env(): Record<string, string> {
    return { DISCORD_TOKEN: this.#twin.botToken, DISCORD_API_URL: this.#twin.restUrl };
  }

  async mentions(user: string, words: string): Promise<void> {
    await this.#as(user).sendMessage({ content: `<@${this.#twin.botUserId}> ${words}` });
  }

  /** The first message of ours that is as wanted, in a channel or in the thread that has the id of its message. */
  message(channel: string, isIt: (text: string, message: TwinMessage) => boolean): Promise<TwinMessage> {
    const predicate = (one: TwinMessage): boolean =>
      one.author.id === this.#twin.botUserId && isIt(textOf(one.components), one);
    return this.#twin.channel(channel).waitForMessage({ predicate, timeout });
  }

  /** @returns how the click was answered, and with what. */
  async clicks(user: string, message: TwinMessage, button: RegExp): Promise<{ type: number; data: unknown }> {
    const found = flat(message.components).find(({ label }) => label !== undefined && button.test(label));
    if (!found?.custom_id) throw new Error(`no button says ${button}: ${JSON.stringify(message.components)}`);
    return this.#answered(
      await this.#as(user).clickButton({ messageId: message.id, customId: found.custom_id }),
    );
  }

  async picks(user: string, message: TwinMessage, option: string): Promise<void> {
    const menu = flat(message.components).find(({ options }) =>
      options?.some(({ value }) => value === option),
    );
    if (!menu?.custom_id) throw new Error(`no menu offers ${option}: ${JSON.stringify(message.components)}`);
    const values = [option];
    await this.#answered(
      await this.#as(user).selectMenu({ messageId: message.id, customId: menu.custom_id, values }),
    );
  }

  async submits(user: string, customId: string, fields: Readonly<Record<string, string>>): Promise<void> {
    const values = Object.entries(fields).map(([name, value]) => ({ customId: name, value }));
    await this.#answered(await this.#as(user).submitModal({ customId, fields: values }));
  }

  async command(user: string, subcommand: string, options: Readonly<Record<string, string>>): Promise<void> {
    const given = Object.entries(options).map(([name, value]) => ({ name, type: 3, value }));
    await this.#answered(
      await this.#as(user).runSlashCommand({
        name: 'nerdy',
        options: [{ name: subcommand, type: 1, options: given }],
      }),
    );
  }

  #as(user: string): Actor {
    return this.#twin.channel(ids.ops).user(user);
  }

  async #answered({ id }: { id: string }): Promise<{ type: number; data: unknown }> {
    const channel = this.#twin.channel(ids.ops);
    await channel.waitForInteractionAck({ interactionId: id, timeout });
    const answer = await channel.getInteractionResponse(id);
    return { type: answer?.type ?? 0, data: answer?.data ? JSON.parse(answer.data) : null };
  }
}
