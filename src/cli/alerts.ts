import type { IncidentAction, IncidentCard } from '../core/incident-card.ts';
import type { ApiClient } from './client.ts';
import { durationMs } from './duration-option.ts';
import { CliError, ExitCode } from './exit-code.ts';
import { agoWords } from './lists.ts';
import { paint } from './paint.ts';
import { printJson } from './print-json.ts';
import { plain } from './render-card.ts';
import { table } from './table.ts';

const tones: Record<IncidentCard['tone'], (text: string) => string> = {
  waiting: paint.yellow,
  working: paint.cyan,
  good: paint.green,
  bad: paint.red,
  quiet: paint.dim,
};
const marks: Record<IncidentCard['tone'], string> = {
  waiting: '!',
  working: '…',
  good: '✓',
  bad: '✗',
  quiet: '–',
};

export interface AlertsOptions {
  json: boolean;
  all: boolean;
  limit: string;
  machine?: string;
}

/** `nerdy alerts`: the open ones, newest last, so that it stands above the prompt. */
export const alertsCommand = async (client: ApiClient, options: AlertsOptions): Promise<ExitCode> => {
  const query = new URLSearchParams({ limit: options.limit, state: options.all ? 'all' : 'open' });
  if (options.machine !== undefined) query.set('machine', options.machine);
  const incidents = await client.alerts(query);
  if (options.json) printJson(incidents);
  else if (incidents.length === 0) {
    console.log(
      options.all ? 'No alert has come in yet.' : 'No alert is open. --all lists those that are over.',
    );
  } else for (const incident of incidents.reverse()) console.log(lineOf(incident));
  return ExitCode.done;
};

const lineOf = (incident: IncidentCard): string => {
  const paintTone = tones[incident.tone];
  const severity = incident.severity === null ? '' : ` · ${plain(incident.severity)}`;
  const about = paint.dim(`${incident.source}${severity} · ${agoWords(Date.now() - incident.startedAt)}`);
  return `${paintTone(marks[incident.tone])} ${paint.bold(`!${incident.number}`)} ${paintTone(plain(incident.headline))}  ${about}`;
};

export interface AlertOptions {
  json: boolean;
  for: string;
  on?: string;
}

/** `nerdy alert 17`, and with a verb what is to become of it. */
export const alertCommand = async (
  client: ApiClient,
  number: number,
  verb: string | undefined,
  options: AlertOptions,
): Promise<ExitCode> => {
  const incident =
    verb === undefined
      ? await client.alert(number)
      : await client.actOnAlert(number, ...actFor(verb, options));
  if (options.json) printJson(incident);
  else console.log(renderIncident(incident));
  return ExitCode.done;
};

const actFor = (verb: string, options: AlertOptions): [verb: string, body: object] => {
  switch (verb) {
    case 'ack':
    case 'acknowledge':
      return ['acknowledge', {}];
    case 'silence':
      return ['silence', { forMs: durationMs('--for', options.for) }];
    case 'unsilence':
      return ['unsilence', {}];
    case 'diagnose':
      return ['diagnose', { on: options.on ?? null }];
    default: {
      const known = 'ack, silence, unsilence or diagnose';
      throw new CliError(`"${verb}" is nothing that can be done with an alert: ${known}.`, ExitCode.usage);
    }
  }
};

/** An incident as a terminal shows it: the same things in the same order as on every surface. */
const renderIncident = (incident: IncidentCard): string => {
  const parts = [lineOf(incident)];
  if (incident.summary !== null) parts.push(`  ${plain(incident.summary).replaceAll('\n', '\n  ')}`);
  for (const notice of incident.notices) parts.push(`  ${paint.yellow(plain(notice.text))}`);
  if (incident.alerts.length > 1) {
    const rows = incident.alerts.map(({ name, isFiring, labels }) => [
      `  ${isFiring ? paint.red('✗') : paint.green('✓')} ${plain(name)}`,
      paint.dim(
        Object.entries(labels)
          .map(([label, value]) => plain(`${label}=${value}`))
          .join(' '),
      ),
    ]);
    parts.push(table(rows));
  }
  if (incident.more > 0) parts.push(paint.dim(`  and ${incident.more} more`));
  if (incident.link !== null) parts.push(paint.dim(`  ${plain(incident.link)}`));
  if (incident.diagnosis) parts.push('', ...diagnosisLines(incident.diagnosis));
  if (incident.choices.length > 0) {
    const choices = incident.choices.map(plain).join(', ');
    parts.push('', `It doesn't say which machine it is about. Look on one of: ${choices}`);
  }
  const next = incident.actions.flatMap((action) => commandFor(incident.number, action));
  if (incident.choices.length > 0) next.push(`npx nerdy alert ${incident.number} diagnose --on <machine>`);
  if (next.length > 0) parts.push('', ...next.map((line) => paint.dim(line)));
  return parts.join('\n');
};

const diagnosisLines = ({ words, answer, task }: NonNullable<IncidentCard['diagnosis']>): string[] => [
  plain(words),
  ...(answer?.hosts ?? []).flatMap((host) =>
    host.evidence.map((line) => paint.dim(`  ${host.agentName}: ${plain(line)}`)),
  ),
  paint.dim(`  npx nerdy task ${task} shows how it was found`),
];

const commandFor = (number: number, action: IncidentAction): string[] => {
  switch (action.kind) {
    case 'acknowledge':
      return [`npx nerdy alert ${number} ack`];
    case 'silence':
      return [`npx nerdy alert ${number} silence --for ${action.forMs / 3_600_000}h`];
    case 'unsilence':
      return [`npx nerdy alert ${number} unsilence`];
    case 'diagnose':
      return [`npx nerdy alert ${number} diagnose`];
  }
};
