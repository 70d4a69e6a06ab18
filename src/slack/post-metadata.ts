import { z } from 'zod';

/** Slack shows it to nobody but apps that may read the channel. https://docs.slack.dev/messaging/message-metadata */
const eventType = 'nerdy_post';

/** What a message of ours carries, so that it is found again after a crash. */
export const postMetadata = (postId: string): { event_type: string; event_payload: { id: string } } => ({
  event_type: eventType,
  event_payload: { id: postId },
});

const shape = z.object({ event_type: z.literal(eventType), event_payload: z.object({ id: z.string() }) });

/** The id of the post that a message shows; null for a message that is none of ours. */
export const postIdIn = (metadata: unknown): string | null => {
  const parsed = shape.safeParse(metadata);
  return parsed.success ? parsed.data.event_payload.id : null;
};
