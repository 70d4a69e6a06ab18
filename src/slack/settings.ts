import { z } from 'zod';

/** How the server reaches Slack. One of `appToken` (Socket Mode) and `signingSecret` (HTTP) is there; the first goes before. */
export interface SlackSettings {
  botToken: string;
  appToken: string | null;
  signingSecret: string | null;
  /** Another base for the Web API, for gateways and tests; null for Slack's own. */
  apiUrl: string | null;
}

/** A token is never repeated in what is said of it: logs and screens are read by others. */
const token = (prefix: string, what: string) =>
  z.string().startsWith(prefix, `must be ${what}, which begins with ${prefix}`);

/** `slack:` in nerdyops.yml. */
export const slackShape = z.strictObject({
  botToken: token('xoxb-', 'the Bot User OAuth Token of the app (OAuth & Permissions)').optional(),
  appToken: token(
    'xapp-',
    'an App-Level Token with connections:write (Basic Information, App-Level Tokens)',
  ).optional(),
  signingSecret: z.string().min(1).optional(),
  apiUrl: z
    .string()
    .refine(
      (text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol),
      'must be a URL that starts with http:// or https://',
    )
    .optional(),
});
type SlackShape = z.infer<typeof slackShape>;

/** What is there by half: each would start a server that nobody in Slack is heard by. */
export const slackProblems = (slack: SlackShape | undefined): { path: string[]; problem: string }[] => {
  const { botToken, appToken, signingSecret } = slack ?? {};
  const inbound = appToken !== undefined ? 'appToken' : signingSecret !== undefined ? 'signingSecret' : null;
  if (botToken !== undefined && inbound === null) {
    const problem =
      'is there without a way for Slack to reach this server. Set SLACK_APP_TOKEN (xapp-…, Socket Mode, needs no public address) or SLACK_SIGNING_SECRET (HTTP) beside it';
    return [{ path: ['slack', 'botToken'], problem }];
  }
  if (botToken === undefined && inbound !== null) {
    const problem =
      'is there without a bot token, so nothing can be posted. Set SLACK_BOT_TOKEN (xoxb-…) beside it, from OAuth & Permissions of the same app';
    return [{ path: ['slack', inbound], problem }];
  }
  return [];
};

/** Null where Slack is not configured. */
export const slackSettingsOf = (slack: SlackShape | undefined): SlackSettings | null =>
  slack?.botToken === undefined
    ? null
    : {
        botToken: slack.botToken,
        appToken: slack.appToken ?? null,
        signingSecret: slack.signingSecret ?? null,
        apiUrl: slack.apiUrl ?? null,
      };
