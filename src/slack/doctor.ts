import { z } from 'zod';
import { type Sentence, sentence } from '../core/sentences.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import { isTrouble } from './outcome.ts';
import type { SlackSettings } from './settings.ts';
import { type CallFailure, SlackWeb } from './web.ts';

/** One thing that was looked at: all is well, or what is missing and where it is put right. */
export type Finding = { ok: true; words: string } | { ok: false; sentence: Sentence };

const known = z.object({
  user: z.string().optional(),
  team: z.string().optional(),
  bot_id: z.string().optional(),
  response_metadata: z.object({ scopes: z.array(z.string()).optional() }).optional(),
});
const bot = z.object({ bot: z.object({ app_id: z.string().optional() }) });
const socket = z.object({ url: z.string() });

/** What each scope is for, in the words of whoever misses it. */
const purposes: Readonly<Record<string, string>> = {
  'app_mentions:read': 'mentions are not heard',
  'assistant:write': "the assistant's pane stays silent",
  'channels:history':
    'replies in public channels are not heard, and messages are not found again after a crash',
  'channels:read': 'nobody hears that the app is let into a public channel again, so missed cards stay away',
  'chat:write': 'nothing can be posted',
  commands: '/nerdy and the shortcuts are missing',
  'files:write': 'full output can not be attached',
  'groups:history': 'replies in private channels are not heard',
  'groups:read': 'nobody hears that the app is let into a private channel again, so missed cards stay away',
  'im:history': 'direct messages are not heard',
  'im:write': 'what is asked by the shortcut or the App Home can not be gone on with in direct messages',
  'mpim:history': 'group direct messages are not heard',
  'usergroups:read': 'rules that name user groups fit nobody',
  'users:read': 'people are shown by their ids',
};

/**
 * Looks whether the app in Slack is as manifest.yml makes it, as far as its tokens can see. Changes and posts nothing.
 *
 * @param scopes those of manifest.yml.
 */
export const examineSlack = async (
  settings: SlackSettings | null,
  scopes: readonly string[],
  parts: { clock: Clock; log: Log },
): Promise<Finding[]> => {
  if (settings === null) return [{ ok: false, sentence: sentence('slack_unset', {}) }];
  const { botToken, appToken, signingSecret, apiUrl } = settings;
  const webOf = (token: string): SlackWeb => new SlackWeb({ token, apiUrl, ...parts });
  const web = webOf(botToken);
  const self = await web.call('auth.test', {}, known);
  if (self.kind === 'failed') return [{ ok: false, sentence: refusedBot(self) }];
  const { user = '?', team = '?', bot_id: botId, response_metadata: about } = self.result;
  return [
    { ok: true, words: `The bot token is good: @${user} in ${team}.` },
    ...scopeFindings(scopes, about?.scopes),
    ...(appToken === null
      ? secretFindings(signingSecret)
      : [
          await socketFinding(webOf(appToken)),
          ...(botId === undefined ? [] : await appFindings(web, botId, appToken)),
        ]),
  ];
};

const refusedBot = ({ error }: CallFailure): Sentence =>
  isTrouble(error) ? sentence('slack_token_refused', { error }) : sentence('slack_unreachable', { error });

const scopeFindings = (wanted: readonly string[], granted: readonly string[] | undefined): Finding[] => {
  // A gateway may keep the header to itself.
  if (!granted) return [{ ok: false, sentence: sentence('slack_scopes_unseen', {}) }];
  const missing = wanted.filter((scope) => !granted.includes(scope));
  if (missing.length === 0) return [{ ok: true, words: `All ${wanted.length} scopes are granted.` }];
  return missing.map((scope) => ({
    ok: false,
    sentence: sentence('slack_scope_lacking', { scope, without: purposes[scope] ?? 'something is missing' }),
  }));
};

const socketFinding = async (web: SlackWeb): Promise<Finding> => {
  const called = await web.call('apps.connections.open', {}, socket);
  if (called.kind === 'ok') return { ok: true, words: 'Socket Mode is open for the app-level token.' };
  const { error } = called;
  if (isTrouble(error)) return { ok: false, sentence: sentence('slack_app_token_refused', { error }) };
  return { ok: false, sentence: sentence('slack_socket_refused', { error }) };
};

/** The second part of an app-level token is its app's id. Two apps' tokens hear one and speak as the other. */
const appFindings = async (web: SlackWeb, botId: string, appToken: string): Promise<Finding[]> => {
  const [, , ofAppToken] = /^(xapp)-\d+-(A[A-Z0-9]+)-/.exec(appToken) ?? [];
  const called = await web.call('bots.info', { bot: botId }, bot);
  const ofBotToken = called.kind === 'ok' ? called.result.bot.app_id : undefined;
  if (ofAppToken === undefined || ofBotToken === undefined) return [];
  return ofAppToken === ofBotToken
    ? [{ ok: true, words: `Both tokens are of one app (${ofBotToken}).` }]
    : [{ ok: false, sentence: sentence('slack_apps_differ', { ofAppToken, ofBotToken }) }];
};

/** https://docs.slack.dev/authentication/verifying-requests-from-slack: shown as 32 hexadecimal digits. */
const secretFindings = (secret: string | null): Finding[] =>
  secret !== null && /^[0-9a-f]{32}$/i.test(secret)
    ? [
        {
          ok: true,
          words: 'The signing secret has its form; only a call from Slack shows whether it is right.',
        },
      ]
    : [{ ok: false, sentence: sentence('slack_secret_form', {}) }];
