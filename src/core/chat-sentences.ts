import { discordSentences } from './discord-sentences.ts';
import { slackSentences } from './slack-sentences.ts';

/** The sentences of chat surfaces: what can't be heard, shown or done there. Part of the table in sentences.ts. */
export const chatSentences = {
  surface_missing: (v: { surface: string }) =>
    `This was asked in ${v.surface}, which is not configured on this server any more, so nothing can be shown there. Look at it in the console, or configure ${v.surface} again.`,
  /** `reason` is a sentence itself. */
  post_gone: (v: { surface: string; channel: string; reason: string }) =>
    `This is not shown in ${v.surface} (${v.channel}) any more. ${v.reason}`,
  post_refused: (v: { surface: string; channel: string; reason: string }) =>
    `This is not up to date in ${v.surface} (${v.channel}), and may not be shown there at all. ${v.reason}`,
  post_subject_missing: () =>
    'What this message was to show is not in the database of this server, so nothing is shown. Ask again, or look at the console.',
  post_deleted: (v: { times: number }) =>
    `The message was deleted ${v.times} times, so it is not posted again. Ask for the task by its number where you want to see it.`,
  card_here: (v: { number: number }) =>
    `The card of #${v.number} is here already and follows the task, so no second one was posted. Look further up, or search this channel for #${v.number}.`,
  file_given_up: (v: { task: number; hours: number }) =>
    `The output of #${v.task} could not be attached here for ${v.hours} hours, so it is tried no more. It is kept: look at it in the console, or with \`npx nerdy task ${v.task}\`.`,
  reply_not_understood: () =>
    'A reply in a thread that did not mention this bot could not be turned into a script, so only the person who wrote it was told why.',
  context_used: (v: { excerpt: string }) =>
    `This was asked about a message that somebody else may have written: "${v.excerpt}". What a script draws from it was typed by nobody here.`,
  alerts_off: () =>
    'No monitoring is connected to this server, so there are no alerts to list. Whoever runs it can connect some.',
  button_unknown: () =>
    'This button was made by another version of NerdyOps, which meant something else by it. Look for a newer card of the task, or write its number.',
  button_outdated: (v: { number: number }) =>
    `The card of #${v.number} has moved on since this button was shown, so nothing was done. Look at it as it is now, then press again.`,
  edit_too_long: (v: { surface: string }) =>
    `The script is longer than a form of ${v.surface} takes. Edit it in the console: \`npx nerdy console\` opens it on the server.`,
  ...discordSentences,
  ...slackSentences,
} as const;
