/** The sentences of chat surfaces: what can't be heard, shown or done there. Part of the table in sentences.ts. */
export const chatSentences = {
  surface_missing: (v: { surface: string }) =>
    `This was asked in ${v.surface}, which is not configured on this server any more, so nothing can be shown there. Look at it in the console, or configure ${v.surface} again.`,
  /** `reason` is a sentence itself. */
  post_gone: (v: { surface: string; channel: string; reason: string }) =>
    `This is not shown in ${v.surface} (${v.channel}) any more. ${v.reason}`,
  post_subject_missing: () =>
    'What this message was to show is not in the database of this server, so nothing is shown. Ask again, or look at the console.',
  post_deleted: (v: { times: number }) =>
    `The message was deleted ${v.times} times, so it is not posted again. Ask for the task by its number where you want to see it.`,
  reply_not_understood: () =>
    'A reply in a thread that did not mention this bot could not be turned into a script, so only the person who wrote it was told why.',
  alerts_off: () =>
    'No monitoring is connected to this server, so there are no alerts to list. Whoever runs it can connect some.',
  slack_channel_gone: (v: { error: string }) =>
    `Slack doesn't let us post here (${v.error}): we are not in this channel, or it is archived or gone. The task goes on and the console shows it. To see it here, write \`/invite\` with the app's name in the channel, then ask again.`,
  slack_message_refused: (v: { error: string }) =>
    `Slack doesn't take this message (${v.error}). The task goes on and the console shows it; the server's log says more.`,
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
  slack_button_unreadable: () =>
    "This button is of another version of NerdyOps, so it can't be read. Nothing was done: look at the task's latest message, or ask again.",
} as const;
