import { type Client, Events, GatewayDispatchEvents, type Interaction, type Message } from 'discord.js';
import type { PostedMessage } from '../ports/chat.ts';
import type { Missed } from './missed.ts';

/** What is done with what Discord tells. */
export interface Handlers {
  /** `isMissed`: it was read afterwards, so its author's roles did not come with it. */
  onMessage(message: Message, isMissed: boolean): Promise<void>;
  onInteraction(interaction: Interaction): Promise<void>;
  onMessageGone(message: PostedMessage): Promise<void>;
  /** `under`: the message that it hung under, whose id it has. */
  onThreadGone(channel: string, under: string): Promise<void>;
}

export interface ListenParts {
  handlers: Handlers;
  missed: Missed;
  /** Runs one handler; what it throws is logged. */
  handle: (work: () => Promise<void>) => void;
  /** False once the client was left for another: what it still tells, the other tells too. */
  isCurrent: () => boolean;
}

interface Deleted {
  id: string;
  channel_id: string;
}

/** Brings what a client hears to the handlers: each message once, those that were missed afterwards. */
export const listen = (client: Client, { handlers, missed, handle, isCurrent }: ListenParts): void => {
  const hear = async (work: () => Promise<Message[]>): Promise<void> => {
    for (const message of await work()) {
      if (isCurrent() && missed.note(message)) await handlers.onMessage(message, true);
    }
  };
  const on = (work: () => Promise<void>): void => {
    if (isCurrent()) handle(work);
  };
  client.on(Events.MessageCreate, (message) => {
    on(async () => {
      if (missed.note(message)) await handlers.onMessage(message, false);
    });
  });
  client.on(Events.InteractionCreate, (interaction) => on(() => handlers.onInteraction(interaction)));
  client.on(Events.GuildAvailable, (guild) => on(() => hear(() => missed.inGuild(guild))));
  client.on(Events.ShardReady, () => on(() => hear(() => missed.inDirects(client))));
  // As Discord sends them: the library tells only of messages that it keeps, and it keeps none.
  client.ws.on(GatewayDispatchEvents.MessageDelete, ({ id, channel_id: channel }: Deleted) =>
    on(() => handlers.onMessageGone({ channel, id })),
  );
  client.ws.on(
    GatewayDispatchEvents.MessageDeleteBulk,
    ({ ids, channel_id: channel }: { ids: string[]; channel_id: string }) =>
      on(async () => {
        for (const id of ids) await handlers.onMessageGone({ channel, id });
      }),
  );
  client.ws.on(GatewayDispatchEvents.ThreadDelete, ({ id, parent_id }: { id: string; parent_id?: string }) =>
    on(async () => {
      if (parent_id !== undefined) await handlers.onThreadGone(parent_id, id);
    }),
  );
};
