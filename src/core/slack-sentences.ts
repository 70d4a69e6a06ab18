/** The sentences of Slack. Part of the table in sentences.ts. */
export const slackSentences = {
  slack_channel_gone: (v: { error: string }) =>
    `Slack doesn't let us post here (${v.error}): we are not in this channel, or it is archived or gone. The task goes on and the console shows it. To see it here, write \`/invite\` with the app's name in the channel, then ask again.`,
  slack_message_refused: (v: { error: string }) =>
    `Slack doesn't take this message (${v.error}). The task goes on and the console shows it; the server's log says more.`,
  slack_post_refused: (v: { error: string }) =>
    `Slack refuses the message that shows it (${v.error}). It is tried again by itself, seldomer each time, for a day; until then look at it here.`,
  slack_token_refused: (v: { error: string }) =>
    `Slack refuses the bot token (${v.error}), so nobody there can be heard or answered. Install the app again and set SLACK_BOT_TOKEN to the token it shows; \`npx nerdy doctor slack\` checks it.`,
  slack_app_token_refused: (v: { error: string }) =>
    `Slack refuses the app-level token (${v.error}), so nobody there can be heard. Make one with the scope connections:write under Basic Information, App-Level Tokens, and set SLACK_APP_TOKEN to it; \`npx nerdy doctor slack\` checks it.`,
  slack_scope_missing: (v: { scope: string }) =>
    `The Slack app lacks the scope ${v.scope}, so nothing can be posted there. Add it under OAuth & Permissions and install the app again; \`npx nerdy doctor slack\` lists all that it needs.`,
  slack_unreachable: (v: { error: string }) =>
    `The connection to Slack is lost (${v.error}), so nobody there can be heard. It is tried again by itself; if it stays so, look at the network and SLACK_API_URL of this server.`,
  slack_modal_refused: (v: { error: string }) =>
    `Slack didn't open the window (${v.error}); it allows three seconds for it. Nothing was done: click again.`,
  slack_edit_too_long: (v: { number: number }) =>
    `The script of #${v.number} is longer than a window in Slack can hold. Edit it in the console, or with \`npx nerdy edit ${v.number}\`.`,
  slack_script_too_long: (v: { number: number }) =>
    `The script of #${v.number} is longer than a window in Slack can hold, and it must be seen whole before a yes. Read and decide it in the console, or with \`npx nerdy approve ${v.number}\`.`,
  slack_unset: () =>
    'Slack is not configured on this server. Make an app of manifest.yml at api.slack.com/apps, install it, and set SLACK_BOT_TOKEN and SLACK_APP_TOKEN; the README tells how.',
  slack_scopes_unseen: () =>
    "Slack's answer doesn't say which scopes the bot token has, so they were not checked. Is SLACK_API_URL a gateway that keeps the header x-oauth-scopes to itself?",
  slack_scope_lacking: (v: { scope: string; without: string }) =>
    `The scope ${v.scope} is missing: without it ${v.without}. Add it under OAuth & Permissions, Bot Token Scopes, then "Reinstall to Workspace"; or paste manifest.yml under App Manifest and reinstall.`,
  slack_socket_refused: (v: { error: string }) =>
    `Socket Mode can't be opened (${v.error}). Is it on? Settings, Socket Mode, "Enable Socket Mode". The app-level token needs the scope connections:write (Basic Information, App-Level Tokens).`,
  slack_apps_differ: (v: { ofAppToken: string; ofBotToken: string }) =>
    `The two tokens are of different apps: SLACK_APP_TOKEN of ${v.ofAppToken}, SLACK_BOT_TOKEN of ${v.ofBotToken}. What one hears, the other can't answer. Take both from one app's pages.`,
  slack_secret_form: () =>
    'SLACK_SIGNING_SECRET is not 32 hexadecimal digits. Copy it from Basic Information, App Credentials, Signing Secret.',
} as const;
