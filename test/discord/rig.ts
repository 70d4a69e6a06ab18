import type { Listing } from '../../src/core/listing.ts';
import { discordSurface } from '../../src/discord/app.ts';
import type { DiscordSettings } from '../../src/discord/settings.ts';
import type { ChatAdapter } from '../../src/flow/chat-adapter.ts';
import type { Heard, HeardOutcome, Hearing } from '../../src/flow/hear.ts';
import type { PostedMessage, PostOutcome } from '../../src/ports/chat.ts';
import { FakeDiscord } from '../fakes/discord-server.ts';
import { type FakeAnswer, type FakeMessage, fakeIds } from '../fakes/discord-shapes.ts';
import { fixedRunbooks } from '../fakes/runbooks.ts';
import { SteppedClock } from '../fakes/stepped-clock.ts';
import { agentOf, FakeDesk } from '../web/fake-desk.ts';
import { memoryLog } from '../web/harness.ts';

export const ada = '400000000000000001';
export const top = { channel: fakeIds.channel, under: null };

export const agents: Listing = {
  kind: 'agents',
  title: 'Machines',
  rows: [{ tone: 'good', name: 'db1', words: 'linux', detail: null, task: null, request: 'uptime on db1' }],
  empty: 'None has joined.',
  foot: null,
};

/** Discord's adapter in front of a desk in memory; whoever is heard makes a task. */
export class Rig implements Hearing {
  readonly clock = new SteppedClock();
  readonly desk = new FakeDesk(this.clock);
  readonly log = memoryLog();
  readonly heard: Heard[] = [];
  readonly signal = new AbortController().signal;
  readonly discord: FakeDiscord;
  readonly adapter: ChatAdapter;
  /** Answers the next that is heard, in place of a new task. */
  onHear: ((heard: Heard) => Promise<HeardOutcome>) | null = null;
  ourThreads = new Set<string>();
  /** What was told of as deleted. */
  readonly gone: PostedMessage[] = [];
  readonly #waiting = new Map<string, (heard: Heard) => void>();

  constructor(discord: FakeDiscord, settings: Partial<DiscordSettings> = {}, groups: string[] = []) {
    this.discord = discord;
    discord.clock = () => this.clock.now();
    this.desk.agentList = [agentOf('db1'), agentOf('web7')];
    this.adapter = discordSurface({
      ...{ token: 'a.token', apiUrl: discord.apiUrl, guildId: null, messageContent: false },
      ...settings,
    })({
      ...{ desk: this.desk, hearing: this, alerts: null, groups, clock: this.clock, log: this.log },
      runbooks: fixedRunbooks({
        ...{ name: 'memory', title: 'Memory', summary: 'How full it is.' },
        examples: ['check memory'],
      }),
    });
  }

  static async start(settings: Partial<DiscordSettings> = {}, groups: string[] = []): Promise<Rig> {
    const rig = new Rig(await new FakeDiscord().start(), settings, groups);
    await rig.adapter.connection.start();
    return rig;
  }

  async stop(): Promise<void> {
    await this.adapter.connection.stop();
    await this.discord.stop();
  }

  /** What is heard with these words, as soon as it is. */
  hears(text: string): Promise<Heard> {
    const known = this.heard.find((heard) => heard.text === text);
    if (known) return Promise.resolve(known);
    return new Promise((resolve) => this.#waiting.set(text, resolve));
  }

  async hear(heard: Heard): Promise<HeardOutcome> {
    this.heard.push(heard);
    this.#waiting.get(heard.text)?.(heard);
    if (this.onHear) return this.onHear(heard);
    if (heard.text === 'agents') return { kind: 'listing', listing: agents };
    const { text: request, on, by: asker, channel, under: thread, eventId } = heard;
    const place = { surface: 'discord', channel, thread };
    const outcome = await this.desk.ask({ request, on, asker, place, eventId });
    return outcome.kind === 'refused' ? outcome : { kind: 'asked', card: outcome.card };
  }

  async letIn(): Promise<void> {}

  async messageGone(_surface: string, message: PostedMessage): Promise<void> {
    this.gone.push(message);
  }

  async threadGone(_surface: string, channel: string, under: string): Promise<void> {
    this.gone.push({ channel, id: `thread ${under}` });
  }

  async isOurThread(_surface: string, _channel: string, under: string): Promise<boolean> {
    return this.ourThreads.has(under);
  }

  /** A task that waits for a decision, and the message that shows it. */
  async proposed(text = 'free -m\n', on = ['db1']): Promise<{ task: number; message: FakeMessage }> {
    const asker = { kind: 'person' as const, surface: 'discord', id: ada, name: 'Ada' };
    const place = { surface: 'discord', channel: fakeIds.channel, thread: null };
    const asked = await this.desk.ask({ request: 'check memory', on: null, asker, place, eventId: null });
    if (asked.kind !== 'done') throw new Error(asked.sentence.text);
    const { task } = asked.card;
    this.desk.propose(task, { texts: [{ text, platforms: ['linux'] }], on });
    const posted = await this.post(task);
    const message = this.discord.messages.get(posted.id);
    if (!message) throw new Error('it is not there');
    return { task, message };
  }

  async post(task: number, postId = `card-${task}`): Promise<PostedMessage> {
    const outcome = await this.tryPost(task, postId);
    if (outcome.kind !== 'posted') throw new Error(JSON.stringify(outcome));
    return outcome.message;
  }

  async tryPost(
    task: number,
    postId = `card-${task}`,
    to: { channel: string; under: string | null } = top,
  ): Promise<PostOutcome> {
    const card = await this.desk.card(task);
    if (!card) throw new Error('no card');
    return this.adapter.surface.post(postId, to, { kind: 'card', card, isAnew: false }, this.signal);
  }

  /** How an interaction was answered first. */
  async answered(interaction: string): Promise<FakeAnswer> {
    return this.discord.until(() => this.discord.answers.get(interaction)?.[0]);
  }
}
