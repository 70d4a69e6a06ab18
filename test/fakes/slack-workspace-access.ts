import type { Tier } from './slack-workspace-limits.ts';
import { type Json, type SlackChannel, SlackRefusal } from './slack-workspace-record.ts';

/** What a method asks for. `scopes`: one of them is enough, or `perChannel` says which by the channel's kind. */
interface MethodTerms {
  token: 'bot' | 'app';
  scopes: readonly string[];
  perChannel?: 'read' | 'history';
  tier: Tier | null;
}

const bot = (tier: Tier | null, ...scopes: string[]): MethodTerms => ({ token: 'bot', scopes, tier });

/** Each method's scopes and tier, as its page under https://docs.slack.dev/reference/methods says them. */
export const slackMethods: Readonly<Record<string, MethodTerms>> = {
  'apps.connections.open': { token: 'app', scopes: ['connections:write'], tier: 1 },
  'assistant.threads.setStatus': bot(null, 'assistant:write', 'chat:write'),
  'assistant.threads.setSuggestedPrompts': bot(4, 'assistant:write'),
  'assistant.threads.setTitle': bot(4, 'assistant:write'),
  'auth.test': bot(null),
  'bots.info': bot(3, 'users:read'),
  'chat.appendStream': bot(4, 'chat:write'),
  'chat.delete': bot(3, 'chat:write'),
  'chat.getPermalink': bot(null),
  'chat.postEphemeral': bot(4, 'chat:write'),
  'chat.postMessage': bot(null, 'chat:write'),
  'chat.startStream': bot(2, 'chat:write'),
  'chat.stopStream': bot(2, 'chat:write'),
  'chat.update': bot(3, 'chat:write'),
  'conversations.history': { ...bot(3), perChannel: 'history' },
  'conversations.info': { ...bot(3), perChannel: 'read' },
  'conversations.members': { ...bot(4), perChannel: 'read' },
  'conversations.open': bot(3, 'im:write'),
  'conversations.replies': { ...bot(3), perChannel: 'history' },
  'files.completeUploadExternal': bot(4, 'files:write'),
  'files.getUploadURLExternal': bot(4, 'files:write'),
  'files.info': bot(4, 'files:read'),
  'team.info': bot(3, 'team:read'),
  'usergroups.list': bot(2, 'usergroups:read'),
  'usergroups.users.list': bot(2, 'usergroups:read'),
  'users.info': bot(4, 'users:read'),
  'users.list': bot(2, 'users:read'),
  'views.open': bot(4),
  'views.publish': bot(4),
  'views.push': bot(4),
  'views.update': bot(4),
};

/** The tokens of one installed app, and what they are good for. */
export class SlackAccess {
  readonly botToken = 'xoxb-1-strict-workspace';
  readonly appToken = 'xapp-1-strict-workspace';
  readonly signingSecret = '8f742231b10e8888abcd99yyyzzz85a5';
  scopes: Set<string>;
  appScopes = new Set(['connections:write']);
  /** Methods that this workspace doesn't have, as before Slack rolled them out to it. */
  readonly missing = new Set<string>();
  isRevoked = false;

  constructor(scopes: readonly string[]) {
    this.scopes = new Set(scopes);
  }

  /** Throws as Slack answers a call that is not allowed. */
  check(method: string, token: string | null): MethodTerms {
    const terms = slackMethods[method];
    if (!terms || this.missing.has(method)) throw new SlackRefusal('unknown_method', { req_method: method });
    if (token === null) throw new SlackRefusal('not_authed');
    if (token !== this.botToken && token !== this.appToken) throw new SlackRefusal('invalid_auth');
    if (this.isRevoked) throw new SlackRefusal('token_revoked');
    const isApp = token === this.appToken;
    // auth.test answers any token; every other method asks for its own kind.
    if (isApp !== (terms.token === 'app') && method !== 'auth.test') {
      throw new SlackRefusal('not_allowed_token_type');
    }
    this.#demand(terms.scopes, isApp ? this.appScopes : this.scopes);
    return terms;
  }

  /** Reading a channel takes the scope of its kind. */
  checkChannel(use: 'read' | 'history', kind: SlackChannel['kind']): void {
    const family = { public: 'channels', private: 'groups', mpim: 'mpim', im: 'im' }[kind];
    this.#demand([`${family}:${use}`], this.scopes);
  }

  #demand(oneOf: readonly string[], provided: ReadonlySet<string>): void {
    if (oneOf.length === 0 || oneOf.some((scope) => provided.has(scope))) return;
    throw new SlackRefusal('missing_scope', { needed: oneOf[0], provided: [...provided].join(',') });
  }
}

/** Every call that was made, in order, with how it ended. */
export interface SlackCall {
  method: string;
  args: Json;
  /** `ok`, or the error's name. */
  outcome: string;
  at: number;
}
