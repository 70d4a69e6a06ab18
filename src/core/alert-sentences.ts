import { andList, orList } from './word-lists.ts';

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
  watch_name: (v: { name: string }) =>
    `"${v.name.slice(0, 80)}" can't be a watch's name. Use letters, digits, "-", "_" and "." only.`,
  watch_timezone: (v: { timezone: string }) =>
    `There is no time zone "${v.timezone.slice(0, 80)}". Write it like Europe/Berlin, or UTC.`,
  watch_condition: (v: { condition: string }) =>
    `"${v.condition.slice(0, 80)}" is no condition. Write it like "disk > 90 %", "load >= 8" or "not ok".`,
  watch_cron: (v: { cron: string; reason: string }) =>
    `"${v.cron.slice(0, 80)}" is no schedule (${v.reason}). Write it as cron has it: "*/5 * * * *" is every five minutes.`,
  watch_too_often: (v: { seconds: number }) =>
    `A watch looks at most every ${v.seconds} seconds: each look is a task with its own entries in the log. Let it look less often.`,
  watch_never: (v: { cron: string }) =>
    `The schedule "${v.cron.slice(0, 80)}" never comes. Write one that does.`,
  watch_exists: (v: { name: string }) =>
    `There is a watch called ${v.name} already. Choose another name, or remove that one: \`npx nerdy watch remove ${v.name}\`.`,
  watch_unknown: (v: { name: string }) =>
    `There is no watch called "${v.name.slice(0, 80)}". \`npx nerdy watch list\` shows those there are.`,
  watch_how: () =>
    'To watch something, say what, where, how often and when it is wrong: "watch disk on db1 every 5 minutes when disk > 90 %".',
  watch_schedule: (v: { schedule: string }) =>
    `"${v.schedule.slice(0, 80)}" is no schedule. Say it like "every 5 minutes", "every 2 hours", "every weekday at 7:30 in Europe/Berlin", or as cron has it: "every */5 * * * *". Minutes must divide an hour, and hours a day.`,
  watch_understood: (v: {
    request: string;
    machines: string[];
    schedule: string;
    timezone: string;
    condition: string;
  }) =>
    `${v.schedule[0]?.toUpperCase()}${v.schedule.slice(1)} (${v.timezone}) I ask "${v.request}" on ${andList(v.machines)}, and raise an alert here while ${v.condition === 'not ok' ? 'it is not ok' : v.condition}.`,
  watch_runs: (v: { runbook: string; rules: string[] }) =>
    `Each look runs the runbook "${v.runbook}" by itself, by the rule "${v.rules.join('", "')}".`,
  watch_waits: (v: { runbook: string }) =>
    `Each look would be the runbook "${v.runbook}" and wait for somebody's yes: no rule lets a schedule run it by itself. A rule with "askers: [schedules]" and "decision: auto" does (docs/incidents.md).`,
  watch_anyway: () => 'To have it all the same, press the button or say it again with "anyway" at the end.',
  watch_no_runbook: (v: { request: string; nearest: string[] }) =>
    `No runbook fits "${v.request}", and only what a runbook reads can be held against a condition.${
      v.nearest.length > 0 ? ` The nearest are: ${v.nearest.map((n) => `"${n}"`).join(', ')}.` : ''
    } Say it like one of them, or add a runbook.`,
  watch_next: (v: { name: string; at: string }) =>
    `The first look is at ${v.at}. "watch remove ${v.name}" ends it.`,
  watch_removed: (v: { name: string; ended: number[] }) =>
    v.ended.length === 0
      ? `${v.name} is watched no longer.`
      : `${v.name} is watched no longer, and what it had raised is closed: ${andList(v.ended.map((n) => `!${n}`))}.`,
  incident_unwatched: (v: { watch: string }) =>
    `The watch ${v.watch} was removed, so nobody looks any more and this was closed. Nothing says that it is well.`,
  incident_forgotten: (v: { since: string; days: number }) =>
    `Nothing was heard of it since ${v.since}, for ${v.days} days, so the clock has closed it. Nothing says that it is well.`,
  incident_ran_out: (v: { at: string }) =>
    `Its source had said that it holds until ${v.at} and has not said so again, so the clock has closed it.`,
  watches_too_many: (v: { max: number }) =>
    `There are ${v.max} watches already, which is as many as one server looks at. Remove one that nobody needs.`,
  alert_channels_unposted: (v: { channels: string[] }) =>
    `Alerts for ${v.channels.join(', ')} are told nowhere and only listed, since that chat is not connected. Connect it, or correct the channel: under "alerts" or "sqs" in nerdyops.yml, or by removing the hook and adding it anew.`,
  incident_storm: () =>
    'More came in at once than anybody could read, so they are counted here. `npx nerdy alerts` lists each of them.',
  incident_gone: (v: { fix: number; check: number }) =>
    `After #${v.fix} the check ran again (#${v.check}): the machine says that all is well now.`,
  incident_still_there: (v: { fix: number; check: number }) =>
    `After #${v.fix} the check ran again (#${v.check}): it is still not well.`,
  hook_unknown: () =>
    'No alerts come in at this address: its token is wrong, or the hook was removed. `npx nerdy hooks list` shows those there are, `npx nerdy hooks add` makes one.',
  hook_other_source: (v: { source: string; asked: string }) =>
    `This hook is one of ${v.source}, and the address says ${v.asked}. Use the address as \`npx nerdy hooks add ${v.source}\` printed it, or add a hook for ${v.asked}.`,
  hook_gone: (v: { id: string }) =>
    `There is no hook ${v.id}. \`npx nerdy hooks list\` shows those there are.`,
  hook_source_unknown: (v: { source: string; sources: string[] }) =>
    `There is no source "${v.source}". Known are ${v.sources.join(', ')}; anything else can be read by a mapping, as "generic".`,
  hook_mapping_missing: (v: { mappings: string[] }) =>
    `A generic hook needs to be told which mapping reads it (--mapping). ${v.mappings.length > 0 ? `nerdyops.yml has ${v.mappings.join(', ')}.` : 'nerdyops.yml has none under "mappings" yet; docs/alerts.md shows one.'}`,
  hook_mapping_unknown: (v: { mapping: string }) =>
    `There is no mapping "${v.mapping}" under "mappings" in nerdyops.yml. Write it there and restart the server; docs/alerts.md shows one.`,
  hooks_too_many: (v: { countMax: number }) =>
    `There are ${v.countMax} hooks, and no more are kept. Remove some that nobody uses: \`npx nerdy hooks list\`.`,
  hook_only_post: () => 'Alerts are sent here by POST. Choose POST as the method where you set this address.',
  hook_too_fast: (v: { seconds: number }) =>
    `More came in at this address than it takes. Send it again in ${v.seconds} s, and let the source group what belongs together.`,
  hook_too_many_strangers: (v: { seconds: number }) =>
    `Too many requests with wrong tokens came from your network. Look at the address again, and come back in ${v.seconds} s.`,
  hook_busy: (v: { seconds: number }) =>
    `Nothing of this was kept: the server has more alerts waiting than it takes. Send it again in ${v.seconds} s.`,
  hook_store_down: (v: { seconds: number }) =>
    `Nothing of this was kept: the server can't write to its database now. Send it again in ${v.seconds} s; its log says why.`,
  hook_too_big: (v: { bytesMax: number }) =>
    `The body is larger than the ${v.bytesMax} bytes that are read, unpacked. Let the source send fewer alerts at a time.`,
  hook_unpacking: (v: { encoding: string }) =>
    `The body could not be unpacked as ${v.encoding}. Send it as gzip, deflate or br, or as it is.`,
  hook_content_type: (v: { type: string }) =>
    `A body of type "${v.type}" is not read. Send JSON, as application/json; where the source offers forms or a template, choose JSON.`,
  hook_not_json: (v: { problem: string }) =>
    `The body is not JSON: ${v.problem} Look at what the source was set to send.`,
  hook_too_deep: (v: { depthMax: number }) =>
    `The body nests deeper than ${v.depthMax} levels, which no source of alerts does, so it was not read.`,
  hook_foreign: (v: { source: string; problem: string }) =>
    `This is no payload of ${v.source}: ${v.problem} Nothing was kept. Try it with \`npx nerdy hooks test ${v.source} payload.json\`.`,
  hook_unproven: (v: { source: string; problem: string }) =>
    `It could not be proven that this comes from ${v.source}: ${v.problem} Nothing was kept.`,
  hook_unchecked: (v: { problem: string }) =>
    `It could not be checked who sent this: ${v.problem} Nothing was kept; it is looked at again when it comes again.`,
  parked_unread: (v: { problem: string }) =>
    `It was taken off the queue and put aside, since it can't be read: ${v.problem}`,
} as const;
