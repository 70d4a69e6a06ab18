import { orList } from './word-lists.ts';

/** The sentences of alerts and incidents. Part of the table in sentences.ts. */
export const alertSentences = {
  incident_unknown: (v: { number: number }) =>
    `There is no incident !${v.number}. \`npx nerdy alerts\` lists those that are open.`,
  incident_not_now: (v: { number: number; state: string; verb: string }) =>
    `!${v.number} is ${v.state}, so it can't be ${v.verb} now. \`npx nerdy alerts\` shows how it stands.`,
  silence_out_of_bounds: (v: { fromMinutes: number; toHours: number }) =>
    `A silence lasts from ${v.fromMinutes} minute to ${v.toHours} hours. Name a time in between, for example 2h; what should be silent for longer is better switched off where it is measured.`,
  incident_machine_missing: (v: { number: number; choices: string[] }) =>
    v.choices.length > 0
      ? `!${v.number} doesn't say which machine it is about. Choose one: ${orList(v.choices)}.`
      : `!${v.number} doesn't say which machine it is about, and no machine has joined yet. Invite one with \`npx nerdy agents invite\`.`,
  incident_machine_unknown: (v: { name: string }) =>
    `There is no machine called "${v.name}". \`npx nerdy agents\` lists those that have joined.`,
  incident_being_looked_into: (v: { number: number; task: number }) =>
    `!${v.number} is being looked into already: see #${v.task}.`,
  incident_is_storm: (v: { number: number }) =>
    `!${v.number} counts many incidents and has no machine of its own. Look into one of them: \`npx nerdy alerts\` lists them.`,
  incident_diagnosis_busy: () =>
    'Nothing was looked into by itself, since too many alerts came at once. Ask for a diagnosis where it matters.',
  incident_storm: () =>
    'More came in at once than anybody could read, so they are counted here. `npx nerdy alerts` lists each of them.',
  incident_gone: (v: { fix: number; check: number }) =>
    `After #${v.fix} the check ran again (#${v.check}): the machine says that all is well now.`,
  incident_still_there: (v: { fix: number; check: number }) =>
    `After #${v.fix} the check ran again (#${v.check}): it is still not well.`,
} as const;
