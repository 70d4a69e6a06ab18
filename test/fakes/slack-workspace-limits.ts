/**
 * What Slack allows, as its own pages say it. The strict far end enforces these; the product has its own copies in
 * src/slack/limits.ts, so that a slip there is found here.
 */

/** Calls a minute by tier: https://docs.slack.dev/apis/web-api/rate-limits ("50+ per minute"); ours takes no more. */
export const tierCallsPerMinute = { 1: 1, 2: 20, 3: 50, 4: 100 } as const;
export type Tier = keyof typeof tierCallsPerMinute;
/** "A small amount of burst behavior is tolerated": that much of tier 1, where the number alone would allow no reconnect. */
export const tierOneBurstCalls = 10;
/** One message a second a channel, with short bursts: https://docs.slack.dev/apis/web-api/rate-limits#posting-messages. */
export const messageBurst = 3;
/** Of `text` in chat.postMessage; longer is cut by Slack, which nobody wants: https://docs.slack.dev/reference/methods/chat.postMessage. */
export const postTextCharsMax = 40_000;
/** Of `text` in chat.update: https://docs.slack.dev/reference/methods/chat.update (msg_too_long). */
export const updateTextCharsMax = 4_000;
/** Of `markdown_text`: https://docs.slack.dev/reference/methods/chat.startStream. */
export const markdownCharsMax = 12_000;
/** Of a message, and of a modal or a home tab: https://docs.slack.dev/reference/block-kit/blocks. */
export const messageBlocksMax = 50;
export const viewBlocksMax = 100;
/** Of a view: https://docs.slack.dev/reference/methods/views.open (view_too_large). */
export const viewBytesMax = 250_000;
/** Of a view: https://docs.slack.dev/reference/views/modal-views. */
export const viewTitleCharsMax = 24;
export const privateMetadataCharsMax = 3_000;
export const callbackIdCharsMax = 255;
/** Seconds in which everything must be acknowledged: https://docs.slack.dev/interactivity/handling-user-interaction. */
export const acknowledgeSeconds = 3;
/** Seconds in which a trigger opens a modal, once: the same page. */
export const triggerSeconds = 3;
/** https://docs.slack.dev/interactivity/handling-user-interaction#message_responses: five times in thirty minutes. */
export const responseUsesMax = 5;
export const responseSeconds = 1_800;
/** When an event that nobody acknowledged comes again: https://docs.slack.dev/apis/events-api#retries. */
export const redeliverySeconds = [0, 60, 300] as const;
/** Of suggested prompts in the assistant's pane: https://docs.slack.dev/reference/methods/assistant.threads.setSuggestedPrompts. */
export const promptsMax = 4;
/** Options in the answer to a block_suggestion: https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element. */
export const suggestionsMax = 100;
