import type { App } from '@slack/bolt';
import { z } from 'zod';
import type { Ear } from './ear.ts';
import { mentionedIn } from './plain-text.ts';

/** Of an event, what we look at. Slack's own types say less than its events have, and promise more. */
const messageShape = z.object({
  channel: z.string(),
  channel_type: z.string().optional(),
  ts: z.string(),
  thread_ts: z.string().optional(),
  user: z.string().optional(),
  text: z.string().optional(),
  subtype: z.string().optional(),
  bot_id: z.string().nullish(),
  edited: z.unknown().optional(),
});
type Message = z.infer<typeof messageShape>;

/** Written by a person, now: everything else (an edit, somebody who joined, another bot) asks for nothing. */
const spokenSubtypes: readonly (string | undefined)[] = [undefined, 'file_share', 'thread_broadcast'];

const spoken = (event: unknown): (Message & { user: string }) | null => {
  const parsed = messageShape.safeParse(event);
  if (!parsed.success) return null;
  const { user, subtype, bot_id: bot, edited } = parsed.data;
  if (user === undefined || bot || edited !== undefined || !spokenSubtypes.includes(subtype)) return null;
  return { ...parsed.data, user };
};

/**
 * One message, however many events tell of it: a mention comes as `app_mention` and as `message`, each with an event id
 * of its own.
 */
const eventIdOf = ({ channel, ts }: Message): string => `slack:${channel}:${ts}`;

/** Hears what is said to us: mentions, direct messages, replies in our threads; and that we are let into a channel. */
export const listen = (
  app: App,
  ear: Ear,
  onDirect: (direct: { channel: string; under: string | null; text: string }) => void,
): void => {
  app.event('app_mention', async ({ event }) => {
    const message = spoken(event);
    if (message) await bring(ear, message, true);
  });
  app.event('member_joined_channel', async ({ event }) => {
    if (event.user === ear.us) await ear.letIn(event.channel);
  });
  app.event('message', async ({ event }) => {
    const message = spoken(event);
    if (!message) return;
    if (message.channel_type === 'im') {
      const { channel, thread_ts: under = null, text = '' } = message;
      onDirect({ channel, under, text });
      await bring(ear, message, true);
      return;
    }
    const named = mentionedIn(message.text ?? '');
    // Slack's page doesn't say whether `app_mention` comes of group messages; where both come, one is heard.
    if (message.channel_type === 'mpim' && named.some((id) => id === ear.us)) {
      await bring(ear, message, true);
      return;
    }
    // With our name in it, it comes as a mention; with another's, it is meant for them.
    if (message.thread_ts === undefined || named.length > 0) return;
    if (await ear.isOurThread(message.channel, message.thread_ts)) await bring(ear, message, false);
  });
};

const bring = (ear: Ear, message: Message & { user: string }, isAddressed: boolean): Promise<void> => {
  const { channel, user, ts, text = '', thread_ts: under = null } = message;
  const said = { channel, under, user, text, isAddressed, context: null, on: null };
  return ear.hear({ ...said, eventId: eventIdOf(message) }, ear.inPlace(said, ts));
};
