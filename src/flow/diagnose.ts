import { type AuditNote, serverActor } from '../core/audit.ts';
import type { Diagnosis, Incident } from '../core/incident.ts';
import { sentence } from '../core/sentences.ts';
import { type Actor, isTaskEnded, type Place, type Task, type TaskState } from '../core/task.ts';
import { sourceActor } from '../core/tell-incident.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Decided, Store } from '../ports/store.ts';
import type { Desk } from './desk.ts';
import { IncidentFixes } from './incident-fixes.ts';
import { diagnoseSweepMs, diagnosesMax, diagnosesWindowMs, diagnosisSlots } from './limits.ts';
import { NoteWindows } from './note-windows.ts';
import { Worker } from './worker.ts';

export interface DiagnoseParts {
  store: Store;
  desk: Pick<Desk, 'ask'>;
  clock: Clock;
  log: Log;
}

/**
 * Has incidents looked into: asks what is wanted as a task of the alert's own in the incident's thread, follows it until
 * it has ended, and asks again after a fix. What is asked runs by itself only where the rules let it (law 5): this asks,
 * and decides nothing.
 *
 * A crash between asking and noting is nothing special: the same question under the same id is the same task.
 */
export const diagnoseWorker = (parts: DiagnoseParts): Worker => {
  const { store, clock } = parts;
  const shown = new Map<number, Shown>();
  const touched = new Set<number>();
  const fixes = new IncidentFixes(store);
  const rate = new NoteWindows(clock, { notesMax: diagnosesMax, windowMs: diagnosesWindowMs, keysMax: 1 });
  const worker: Worker = new Worker({
    ...parts,
    name: 'diagnose',
    sweepMs: diagnoseSweepMs,
    pass: async () => {
      for (const { incident, record } of await fixes.take()) await checkAfter(parts, incident, record.task);
      const news = new Set(touched);
      touched.clear();
      const open = await store.diagnosing(['wanted', 'asked'], diagnosisSlots);
      for (const incident of open) {
        if (incident.diagnosis?.state === 'wanted') await askFor(parts, incident, rate);
        // Many may wait for a yes at once, while every commit of any task wakes this.
        else if (hasNews(incident, shown, news)) await follow(parts, incident, shown);
      }
    },
  });
  store.onCommit(({ tasks, incidents }) => {
    fixes.note(tasks);
    for (const task of tasks) touched.add(task);
    if (tasks.size > 0 || incidents.size > 0) worker.wake();
  });
  return worker;
};

/** The conversation under the incident's message; one that is posted nowhere has it in the lists alone. */
const threadOf = ({ number, place, source }: Incident): Place => ({
  surface: place?.surface ?? 'alert',
  channel: place?.channel ?? source,
  thread: `!${number}`,
});

const askFor = async (parts: DiagnoseParts, incident: Incident, rate: NoteWindows): Promise<void> => {
  const { number, diagnosis } = incident;
  if (!diagnosis) return;
  const isAlone = diagnosis.by.kind !== 'alert';
  if (!isAlone && rate.take('all') === null) {
    await settle(parts.store, number, diagnosis, {
      state: 'over',
      sentence: sentence('incident_diagnosis_busy', {}),
    });
    return;
  }
  const outcome = await parts.desk.ask({
    request: diagnosis.request,
    on: diagnosis.on,
    // Its words come of an alert's, whoever pressed the button: so the rules for alerts decide what runs.
    asker: sourceActor(incident),
    place: threadOf(incident),
    context: wordsOf(incident),
    eventId: `incident ${number} diagnosis ${diagnosis.round}`,
  });
  await settle(
    parts.store,
    number,
    diagnosis,
    outcome.kind === 'refused'
      ? { state: 'over', sentence: outcome.sentence }
      : { state: 'asked', task: outcome.card.task, sentence: null },
  );
};

/** The alert's own words, as data beside the question: for a model, and for whoever reads the card. */
const wordsOf = ({ title, severity, summary, value, labels }: Incident): string =>
  [
    title,
    ...(severity === null ? [] : [`severity: ${severity}`]),
    ...(value === null ? [] : [`value: ${value}`]),
    ...(summary === null ? [] : [summary]),
    ...Object.entries(labels).map(([name, text]) => `${name}: ${text}`),
  ].join('\n');

/** Notes what became of a diagnosis, unless another is wanted meanwhile. */
const settle = (
  store: Store,
  number: number,
  from: Diagnosis,
  to: Partial<Pick<Diagnosis, 'state' | 'task' | 'sentence'>>,
): Promise<void> =>
  store.change({ incident: number }, (view): Decided<void> => {
    const incident = view.incidents.find((i) => i.number === number);
    const held = incident?.diagnosis;
    if (!incident || !held || held.round !== from.round || held.state === 'over')
      return { result: undefined };
    const next = { ...incident, diagnosis: { ...held, ...to }, revision: incident.revision + 1 };
    // Noted once: what the task does from then on stands in its own entries.
    const isAsked = to.state === 'asked' && held.task !== next.diagnosis.task;
    const noted = isAsked ? { audit: [noteOf(next, from.by, next.diagnosis.task)] } : {};
    return { result: undefined, writes: { incidents: [{ ...next, updatedAt: view.now }], ...noted } };
  });

const noteOf = ({ number, title, diagnosis }: Incident, actor: Actor, task: number | null): AuditNote => ({
  kind: 'incident.diagnose',
  actor,
  task,
  run: null,
  digest: null,
  detail: { incident: number, title, request: diagnosis?.request ?? '', on: diagnosis?.on ?? null },
});

/** What the incident's message said last of the task that looks into it. */
interface Shown {
  task: number;
  state: TaskState;
}

const hasNews = (
  { number, diagnosis }: Incident,
  shown: ReadonlyMap<number, Shown>,
  touched: ReadonlySet<number>,
): boolean => {
  const task = diagnosis?.task ?? 0;
  return touched.has(task) || shown.get(number)?.task !== task;
};

/** Shows the incident anew when its diagnosis has come further, and lets it be once that has ended. */
const follow = async (
  { store }: DiagnoseParts,
  { number, diagnosis }: Incident,
  shown: Map<number, Shown>,
): Promise<void> => {
  const record = diagnosis?.task == null ? null : await store.getTask(diagnosis.task);
  if (!diagnosis || !record) return;
  const { state, number: task } = record.task;
  const before = shown.get(number);
  if (before?.task === task && before.state === state) return;
  const hasEnded = isTaskEnded(state);
  await settle(store, number, diagnosis, { state: hasEnded ? 'over' : 'asked', task });
  if (hasEnded) shown.delete(number);
  else shown.set(number, { task, state });
};

/** After a fix in an incident's thread has run, the check runs again, once. */
const checkAfter = (
  { store }: DiagnoseParts,
  number: number,
  fix: Pick<Task, 'number' | 'place'>,
): Promise<void> =>
  store.change({ incident: number }, (view): Decided<void> => {
    const incident = view.incidents.find((i) => i.number === number);
    const { diagnosis } = incident ?? {};
    if (!incident || diagnosis?.state !== 'over') return { result: undefined };
    if (fix.number <= (diagnosis.task ?? 0) || !isOfThread(fix, incident)) return { result: undefined };
    const again = {
      state: 'wanted' as const,
      round: diagnosis.round + 1,
      by: serverActor,
      after: fix.number,
    };
    const next: Incident = {
      ...incident,
      diagnosis: { ...diagnosis, ...again, sentence: null },
      revision: incident.revision + 1,
      updatedAt: view.now,
    };
    return { result: undefined, writes: { incidents: [next] } };
  });

/** A number alone names no thread: the channel must be the incident's too. */
const isOfThread = ({ place }: Pick<Task, 'place'>, incident: Incident): boolean => {
  const own = threadOf(incident);
  return place.surface === own.surface && place.channel === own.channel;
};
