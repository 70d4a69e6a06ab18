import { tierCallsPerMinute } from './limits.ts';

interface MethodRules {
  /** The bot scopes that let it; one of them is enough where there are several. */
  scopes: readonly string[];
  /** Of its rate limit; null where Slack calls it special, and the pace is kept elsewhere. */
  tier: keyof typeof tierCallsPerMinute | null;
}

const page = 'https://docs.slack.dev/reference/methods/';

/** Where a method's scopes and tier stand. */
export const pageOf = (method: SlackMethod): string => `${page}${method}`;

/** Reading messages takes a scope for each kind of conversation. */
const history = ['channels:history', 'groups:history', 'im:history', 'mpim:history'];

/**
 * Every method of Slack's Web API that is called, with what its own page says of it. Nothing else can be called
 * (`SlackWeb.call` takes these names alone), and test/slack/manifest.test.ts holds the scopes against manifest.yml.
 */
export const methodRules = {
  'apps.connections.open': { scopes: ['connections:write'], tier: 1 },
  'assistant.threads.setStatus': { scopes: ['assistant:write', 'chat:write'], tier: null },
  'assistant.threads.setSuggestedPrompts': { scopes: ['assistant:write'], tier: 4 },
  'assistant.threads.setTitle': { scopes: ['assistant:write'], tier: 4 },
  'auth.test': { scopes: [], tier: null },
  'bots.info': { scopes: ['users:read'], tier: 3 },
  'chat.appendStream': { scopes: ['chat:write'], tier: 4 },
  'chat.postEphemeral': { scopes: ['chat:write'], tier: 4 },
  'chat.postMessage': { scopes: ['chat:write'], tier: null },
  'chat.startStream': { scopes: ['chat:write'], tier: 2 },
  'chat.stopStream': { scopes: ['chat:write'], tier: 2 },
  'chat.update': { scopes: ['chat:write'], tier: 3 },
  'conversations.history': { scopes: history, tier: 3 },
  'conversations.open': { scopes: ['im:write'], tier: 3 },
  'conversations.replies': { scopes: history, tier: 3 },
  'files.completeUploadExternal': { scopes: ['files:write'], tier: 4 },
  'files.getUploadURLExternal': { scopes: ['files:write'], tier: 4 },
  'usergroups.list': { scopes: ['usergroups:read'], tier: 2 },
  'users.info': { scopes: ['users:read'], tier: 4 },
  'views.open': { scopes: [], tier: 4 },
  'views.publish': { scopes: [], tier: 4 },
  'views.update': { scopes: [], tier: 4 },
} as const satisfies Record<string, MethodRules>;

export type SlackMethod = keyof typeof methodRules;

/** Calls a minute that a method's page allows, null where it names a rule of its own. */
export const callsPerMinuteOf = (method: SlackMethod): number | null => {
  const { tier } = methodRules[method];
  return tier === null ? null : tierCallsPerMinute[tier];
};
