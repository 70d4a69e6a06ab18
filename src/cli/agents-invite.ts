import { reachProblem } from '../core/join-reach.ts';
import { inviteMsMax, inviteMsMin } from '../core/limits.ts';
import type { ShownInvite } from '../http/agents.ts';
import { labelsText } from './agents-list.ts';
import type { ApiClient } from './client.ts';
import { CliError, ExitCode } from './exit-code.ts';
import { labelsFrom } from './label-option.ts';
import { paint } from './paint.ts';
import { printJson } from './print-json.ts';
import { plain } from './render-card.ts';
import { table } from './table.ts';

export interface InviteOptions {
  name?: string;
  label: string[];
  rejoin?: string;
  expires: string;
  json: boolean;
}

/** `nerdy agents invite`: the lines that a person pastes on the machine, told to nobody else and not again. */
export const inviteCommand = async (client: ApiClient, options: InviteOptions): Promise<ExitCode> => {
  const { name, label, rejoin, expires, json } = options;
  if (rejoin !== undefined && (name !== undefined || label.length > 0)) {
    throw new CliError(
      `--rejoin ${rejoin} keeps that machine's name and labels. Leave --name and --label out; \`npx nerdy agents label\` and \`rename\` change them.`,
      ExitCode.usage,
    );
  }
  const made = await client.invite({
    name: name ?? null,
    labels: labelsFrom(label),
    rejoin: rejoin ?? null,
    expiresMs: timeOf(expires),
  });
  if (json) {
    printJson(made);
    return ExitCode.done;
  }
  const { lines, token, invite } = made;
  // Before the lines: whoever has pasted one reads no further.
  const problem = reachProblem(token);
  if (problem) console.log(`${paint.yellow(problem.text)}\n`);
  if (lines) {
    console.log(`${paint.bold('Linux and macOS')}, in a shell:\n\n${lines.posix}\n`);
    console.log(`${paint.bold('Windows')}, in PowerShell as administrator:\n\n${lines.windows}\n`);
  } else console.log(`${paint.bold('On the machine:')}\n\nnerdy-agent join ${token}\n`);
  console.log(promiseOf(invite));
  return ExitCode.done;
};

const promiseOf = (invite: ShownInvite): string => {
  const { name, rejoins, id, expiresAt } = invite;
  const labels = labelsText(invite);
  const who =
    rejoins !== null
      ? `The machine takes the place of ${name}, whose certificates are dead from then on.`
      : `The machine will be ${name ?? 'called what it calls itself'}${labels === '' ? '' : `, with the labels ${labels}`}.`;
  return [
    `It works once, until ${minuteOf(expiresAt)}. ${who}`,
    paint.dim(
      `Whoever has the line first can join, so send it as you would send a password. \`npx nerdy agents withdraw ${id}\` takes it back.`,
    ),
  ].join('\n');
};

/** `nerdy agents invites` */
export const invitesCommand = async (client: ApiClient, options: { json: boolean }): Promise<ExitCode> => {
  const invites = await client.invites();
  if (options.json) printJson(invites);
  else if (invites.length === 0) {
    console.log('No invitation is open. Make one with: npx nerdy agents invite');
  } else {
    const rows = invites.map((invite) => [
      invite.id,
      invite.rejoins === null ? (invite.name ?? paint.dim('its own name')) : `in place of ${invite.name}`,
      `until ${minuteOf(invite.expiresAt)}`,
      plain(`by ${invite.by.name}`),
      labelsText(invite),
    ]);
    console.log(table(rows));
  }
  return ExitCode.done;
};

/** `nerdy agents withdraw` */
export const withdrawCommand = async (
  client: ApiClient,
  id: string,
  options: { json: boolean },
): Promise<ExitCode> => {
  const invite = await client.withdraw(id);
  if (options.json) printJson(invite);
  else console.log(`The invitation ${invite.id} is withdrawn: its line lets nobody in.`);
  return ExitCode.done;
};

const minuteOf = (instant: number): string =>
  `${new Date(instant).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

const unitMs: Readonly<Record<string, number>> = { m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 };

const timeOf = (text: string): number => {
  const [, count = '', unit = ''] = /^(\d{1,5}) ?(m|min|h|d)$/.exec(text) ?? [];
  const ms = Number(count) * (unitMs[unit] ?? Number.NaN);
  if (ms >= inviteMsMin && ms <= inviteMsMax) return ms;
  throw new CliError(
    `--expires takes a time from 1m to 7d, as 10m, 1h or 2d, not "${text}".`,
    ExitCode.usage,
  );
};
