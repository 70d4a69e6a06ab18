import type { CardTone } from './card.ts';
import type { Diagnosis, Incident, StoredAlert } from './incident.ts';
import {
  type IncidentAction,
  type IncidentAlert,
  type IncidentCard,
  IncidentState,
} from './incident-card.ts';
import { iso } from './iso.ts';
import { incidentAlertsShown, silencesOfferedMs, summaryCharsShown } from './limits.ts';
import { seenElsewhere } from './seen-elsewhere.ts';
import { type Sentence, sentence } from './sentences.ts';
import { isTaskEnded, type Task, TaskState } from './task.ts';
import { visible } from './visible.ts';
import { andList } from './word-lists.ts';

/** What a card is made of. */
export interface IncidentParts {
  incident: Incident;
  /** The firing ones first, at least as many as are shown. */
  alerts: readonly StoredAlert[];
  /** Of a storm: the latest of its incidents. */
  members: readonly Incident[];
  /** The task that looks into it; null while there is none. */
  task: Task | null;
  /** Machines to choose from where the alert doesn't tell. */
  choices: readonly string[];
}

/** What an incident's message shows, once, for all surfaces. Pure. */
export const incidentCardOf = ({ incident, alerts, members, task, choices }: IncidentParts): IncidentCard => {
  const isStorm = incident.kind === 'storm';
  const shown = isStorm ? members.map(memberShown) : alerts.map((a) => alertShown(a, incident));
  const total = incident.firing + incident.resolved;
  const isUnnamed = !isStorm && incident.machines.length === 0 && incident.state !== IncidentState.resolved;
  const offered = isUnnamed ? [...choices] : [];
  return {
    number: incident.number,
    revision: incident.revision,
    state: incident.state,
    tone: toneOf(incident),
    headline: headlineOf(incident),
    title: plain(incident.title),
    source: incident.source,
    severity: incident.severity === null ? null : plain(incident.severity),
    summary: incident.summary === null ? null : cut(plain(incident.summary), summaryCharsShown),
    machines: incident.machines,
    startedAt: incident.startedAt,
    endedAt: incident.endedAt,
    firing: incident.firing,
    resolved: incident.resolved,
    times: incident.times,
    alerts: shown.slice(0, incidentAlertsShown),
    more: Math.max(0, total - Math.min(shown.length, incidentAlertsShown)),
    acknowledgedBy: incident.acknowledgedBy && seenElsewhere(incident.acknowledgedBy).name,
    silencedUntil: incident.state === IncidentState.silenced ? incident.silencedUntil : null,
    diagnosis: diagnosisShown(incident.diagnosis, task),
    choices: offered,
    link: incident.link,
    notices: noticesOf(incident, task),
    actions: actionsOf(incident, task, offered),
  };
};

/** Text of monitoring, with what hides in it made visible. */
const plain = (text: string): string => visible(text).text;

const cut = (text: string, charsMax: number): string =>
  text.length <= charsMax ? text : `${text.slice(0, charsMax - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;

const tones: { readonly [S in IncidentState]: CardTone } = {
  firing: 'bad',
  acknowledged: 'working',
  silenced: 'quiet',
  flapping: 'waiting',
  resolved: 'good',
};

/** What was closed may still be wrong. */
const toneOf = ({ state, level, closed }: Incident): CardTone => {
  if (closed) return 'quiet';
  return state === IncidentState.firing && (level === 'warning' || level === 'info')
    ? 'waiting'
    : tones[state];
};

const headlineOf = (incident: Incident): string => {
  const { state, firing, resolved, acknowledgedBy, silencedUntil, machines, turns } = incident;
  const title = plain(incident.title);
  const where = machines.length === 0 ? '' : ` on ${andList(few(machines))}`;
  const what =
    incident.kind === 'storm'
      ? `${title}: ${firing + resolved} incidents, ${firing} still firing`
      : `${title}${where}${firing > 1 ? ` (${firing} alerts)` : ''}`;
  switch (state) {
    case IncidentState.firing:
      return what;
    case IncidentState.acknowledged:
      return `${what}: ${acknowledgedBy ? seenElsewhere(acknowledgedBy).name : 'somebody'} looks at it`;
    case IncidentState.silenced:
      return `${what}, silenced${silencedUntil === null ? '' : ` until ${iso(silencedUntil).slice(0, 16).replace('T', ' ')} UTC`}`;
    case IncidentState.flapping:
      return `${what} comes and goes: ${turns.length} times within an hour, ${firing > 0 ? 'firing' : 'quiet'} now`;
    case IncidentState.resolved:
      return `${incident.closed ? 'Closed' : 'Over'}: ${title}${where}${lastedOf(incident)}`;
  }
};

const few = (names: readonly string[]): string[] =>
  names.length <= 3 ? [...names] : [...names.slice(0, 2), `${names.length - 2} more`];

const lastedOf = ({ startedAt, endedAt }: Incident): string => {
  if (endedAt === null || endedAt < startedAt) return '';
  const minutes = Math.round((endedAt - startedAt) / 60_000);
  if (minutes < 1) return ', after less than a minute';
  return minutes < 120 ? `, after ${minutes} min` : `, after ${Math.round(minutes / 60)} h`;
};

/** Of the labels, those that the alerts don't all have: they tell one from the other. */
const alertShown = (
  { alert, isFiring, since }: StoredAlert,
  { labels, closed }: Incident,
): IncidentAlert => ({
  name: plain(alert.title),
  isFiring: isFiring && !closed,
  since,
  labels: Object.fromEntries(
    Object.entries(alert.labels)
      .filter(([name, value]) => labels[name] !== value)
      .map(([name, value]) => [plain(name), plain(value)]),
  ),
});

const memberShown = (member: Incident): IncidentAlert => ({
  name: `!${member.number} ${plain(member.title)}`,
  isFiring: member.firing > 0,
  since: member.startedAt,
  labels: member.machines.length > 0 ? { machine: andList(few(member.machines)) } : {},
});

const diagnosisShown = (diagnosis: Diagnosis | null, task: Task | null): IncidentCard['diagnosis'] =>
  diagnosis?.task == null || !task ? null : { task: task.number, answer: task.answer, words: wordsOf(task) };

const wordsOf = (task: Task): string => {
  const { number, state } = task;
  switch (state) {
    case TaskState.drafting:
      return `Looking into it: a script is being found (#${number}).`;
    case TaskState.asking:
      return `#${number} asks which machine is meant.`;
    case TaskState.proposed:
      return `A script waits for a yes: #${number}.`;
    case TaskState.running:
    case TaskState.paused:
    case TaskState.cancelling:
    case TaskState.answering:
      return `Looking into it: #${number} is running.`;
    case TaskState.done:
      return task.answer?.words ?? `#${number} has no answer.`;
    case TaskState.cancelled:
    case TaskState.rejected:
      return `Nobody looked: #${number} was ${state}.`;
    case TaskState.expired:
    case TaskState.refused:
    case TaskState.failed:
      return task.sentence?.text ?? `#${number} ended without an answer.`;
  }
};

const noticesOf = ({ closed, diagnosis, kind }: Incident, task: Task | null): Sentence[] => {
  const notices: Sentence[] = closed ? [closed] : [];
  if (kind === 'storm') notices.push(sentence('incident_storm', {}));
  if (diagnosis?.sentence) notices.push(diagnosis.sentence);
  if (diagnosis?.after != null && task?.state === TaskState.done && task.answer) {
    const isGone = task.answer.hosts.length > 0 && task.answer.hosts.every((h) => h.ok);
    const values = { fix: diagnosis.after, check: task.number };
    notices.push(isGone ? sentence('incident_gone', values) : sentence('incident_still_there', values));
  }
  return notices;
};

const actionsOf = (incident: Incident, task: Task | null, choices: readonly string[]): IncidentAction[] => {
  const { state, machines, diagnosis, acknowledgedBy, kind } = incident;
  const silence = silencesOfferedMs.map((forMs): IncidentAction => ({ kind: 'silence', forMs }));
  const isLooking = diagnosis?.state === 'wanted' || (task !== null && !isTaskEnded(task.state));
  const canLook = kind === 'alerts' && !isLooking;
  const on = machines.length > 0 ? [null] : choices;
  const diagnose = canLook ? on.map((name): IncidentAction => ({ kind: 'diagnose', on: name })) : [];
  switch (state) {
    case IncidentState.firing:
      return [{ kind: 'acknowledge' }, ...diagnose, ...silence];
    case IncidentState.flapping:
      return [...(acknowledgedBy ? [] : [{ kind: 'acknowledge' as const }]), ...diagnose, ...silence];
    case IncidentState.acknowledged:
      return [...diagnose, ...silence];
    case IncidentState.silenced:
      return [{ kind: 'unsilence' }, ...diagnose];
    case IncidentState.resolved:
      return [];
  }
};
