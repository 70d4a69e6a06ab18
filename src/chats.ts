import type { Config } from './config.ts';
import type { ChatAdapter, ChatParts, MakeChat } from './flow/chat-adapter.ts';
import type { ChatSurface } from './ports/chat.ts';
import type { Groups } from './ports/groups.ts';
import type { Service } from './ports/service.ts';

/**
 * The adapters of the chats that are configured. Their SDKs take longer to load than all the rest: who doesn't use
 * them doesn't wait for them.
 */
export const chatMakers = async ({
  slack,
  discord,
}: Pick<Config, 'slack' | 'discord'>): Promise<MakeChat[]> => [
  ...(slack ? [(await import('./slack/app.ts')).slackSurface(slack)] : []),
  ...(discord ? [(await import('./discord/app.ts')).discordSurface(discord)] : []),
];

/**
 * All chats of this server. The desk and the publisher hold `surfaces` from the beginning and look into it when they
 * act; it is filled once there is a desk for the adapters to stand on, before anything starts.
 */
export class Chats implements Groups, Service {
  readonly name = 'chats';
  readonly surfaces = new Map<string, ChatSurface>();
  readonly #adapters: ChatAdapter[] = [];

  /** One that only posts; tests bring them along. */
  addSurface(surface: ChatSurface): void {
    this.surfaces.set(surface.surface, surface);
  }

  /** @param decorate as of the app: tests stand between the publisher and a surface with it. */
  add(makers: readonly MakeChat[], parts: ChatParts, decorate: (surface: ChatSurface) => ChatSurface): void {
    for (const make of makers) {
      const adapter = make(parts);
      this.#adapters.push(adapter);
      this.addSurface(decorate(adapter.surface));
    }
  }

  get adapters(): readonly ChatAdapter[] {
    return this.#adapters;
  }

  /** Each platform is believed of its own people alone. */
  groupsOf(identity: string): readonly string[] | null {
    const own = this.#adapters.find(({ surface }) => identity.startsWith(`${surface.surface}:`));
    return own?.groups?.groupsOf(identity) ?? null;
  }

  async start(): Promise<void> {
    await Promise.all(this.#adapters.map(({ connection }) => connection.start()));
  }

  async stop(): Promise<void> {
    const stops = await Promise.allSettled(this.#adapters.map(({ connection }) => connection.stop()));
    // Each has its turn, so that one that fails doesn't keep another from leaving; the fault is told all the same.
    const failed = stops.find((stop) => stop.status === 'rejected');
    if (failed) throw failed.reason;
  }
}
