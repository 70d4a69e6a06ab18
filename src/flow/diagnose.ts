import { type AuditNote, serverActor } from '../core/audit.ts';
import type { Diagnosis, Incident } from '../core/incident.ts';
import { onBehalfOf } from '../core/policy/behind.ts';
import { sentence } from '../core/sentences.ts';
import { type Actor, isTaskEnded, type Place, type Task, type TaskState } from '../core/task.ts';
import { sourceActor } from '../core/tell-incident.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Decided, Store, TaskRecord } from '../ports/store.ts';
import type { Desk } from './desk.ts';
import { IncidentFixes } from './incident-fixes.ts';
import {
  diagnoseSweepMs,
  diagnosesFollowedMax,
  diagnosesMax,
  diagnosesWindowMs,
  diagnosisSlots,
} from './limits.ts';
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
  const touched = new Set<number>();
  const fixes = new IncidentFixes(store);
  const rate = new NoteWindows(clock, { notesMax: diagnosesMax, windowMs: diagnosesWindowMs, keysMax: 1 });
  let open: Looks | null = null;
  const worker: Worker = new Worker({
    ...parts,
    name: 'diagnose',
    sweepMs: diagnoseSweepMs,
    pass: async () => {
      await fixes.take((incident, fix) => checkAfter(store, incident, fix));
      const looks = open ?? (await openLooks(store));
      // Read anew where this pass fails: what was touched by then is forgotten.
      open = null;
      for (const incident of await store.diagnosing(['wanted'], diagnosisSlots)) {
        const look = await askFor(parts, incident, rate);
        if (look) looks.set(look.task, look);
      }
      const news = [...looks.values()].filter(({ task, said }) => said === null || touched.has(task));
      touched.clear();
      for (const look of news) await follow(store, looks, look);
      open = looks;
    },
  });
  store.onCommit(({ tasks, incidents }) => {
    fixes.note(tasks);
    for (const task of tasks) touched.add(task);
    if (tasks.size > 0 || incidents.size > 0) worker.wake();
  });
  return worker;
};

/** A task that looks into an incident. `said`: its state as the incident's message has it; null for an older one. */
interface Look {
  incident: number;
  round: number;
  task: number;
  said: TaskState | null;
}

/** By their tasks: many may wait for a yes at once, while every commit of any task wakes the worker. */
type Looks = Map<number, Look>;

const openLooks = async (store: Store): Promise<Looks> => {
  const looks: Looks = new Map();
  for (const incident of await store.diagnosing(['asked'], diagnosesFollowedMax)) {
    const { number, diagnosis, updatedAt } = incident;
    if (diagnosis?.task == null) continue;
    const { round, task } = diagnosis;
    const now = (await store.getTask(task))?.task;
    const isSaid = now && !isTaskEnded(now.state) && now.updatedAt < updatedAt;
    looks.set(task, { incident: number, round, task, said: isSaid ? now.state : null });
  }
  return looks;
};

/** The conversation under the incident's message; one that is posted nowhere has it in the lists alone. */
const threadOf = ({ number, place, source }: Incident): Place => ({
  surface: place?.surface ?? 'alert',
  channel: place?.channel ?? source,
  thread: `!${number}`,
});

/** @returns what is to be followed; null where nothing was asked. */
const askFor = async (parts: DiagnoseParts, incident: Incident, rate: NoteWindows): Promise<Look | null> => {
  const { number, diagnosis } = incident;
  if (!diagnosis) return null;
  const { round, request, on } = diagnosis;
  const isAlone = diagnosis.by.kind !== 'alert';
  if (!isAlone && rate.take('all') === null) {
    const busy = sentence('incident_diagnosis_busy', {});
    await settle(parts.store, number, round, { state: 'over', sentence: busy });
    return null;
  }
  const outcome = await parts.desk.ask({
    ...{ request, on },
    asker: askerOf(incident, diagnosis.by),
    place: threadOf(incident),
    context: wordsOf(incident),
    eventId: `incident ${number} diagnosis ${round}`,
  });
  if (outcome.kind === 'refused') {
    await settle(parts.store, number, round, { state: 'over', sentence: outcome.sentence });
    return null;
  }
  const { task } = outcome.card;
  await settle(parts.store, number, round, { state: 'asked', task, sentence: null });
  return { incident: number, round, task, said: null };
};

/**
 * Its words come of an alert's, whoever pressed the button: so the rules for alerts decide what runs. But it is asked by
 * whoever pressed, and their yes is no second person's.
 */
const askerOf = (incident: Incident, by: Actor): Actor => {
  const alert = sourceActor(incident);
  const isPressed = by.kind === 'person' || by.kind === 'token';
  return isPressed ? { ...alert, id: onBehalfOf(alert.id, by) } : alert;
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
  round: number,
  to: Partial<Pick<Diagnosis, 'state' | 'task' | 'sentence'>>,
): Promise<void> =>
  store.change({ incident: number }, (view): Decided<void> => {
    const incident = view.incidents.find((i) => i.number === number);
    const held = incident?.diagnosis;
    if (!incident || !held || held.round !== round || held.state === 'over') return { result: undefined };
    const next = { ...incident, diagnosis: { ...held, ...to }, revision: incident.revision + 1 };
    // Noted once: what the task does from then on stands in its own entries.
    const isAsked = to.state === 'asked' && held.task !== next.diagnosis.task;
    const noted = isAsked ? { audit: [noteOf(next, held.by, next.diagnosis.task)] } : {};
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

/** Shows the incident anew when its look has come further, and lets it be once that has ended or is forgotten. */
const follow = async (store: Store, looks: Looks, look: Look): Promise<void> => {
  const { incident, round, task } = look;
  const state = (await store.getTask(task))?.task.state ?? null;
  if (state !== null && state === look.said) return;
  const isOver = state === null || isTaskEnded(state);
  await settle(store, incident, round, { state: isOver ? 'over' : 'asked', task });
  if (isOver) looks.delete(task);
  else looks.set(task, { ...look, said: state });
};

/** After a fix in an incident's thread has run, the check runs again, once: unless it was asked after that anyway. */
const checkAfter = async (store: Store, number: number, fix: TaskRecord): Promise<void> => {
  const last = (await store.getIncident(number))?.diagnosis?.task ?? null;
  const look = last === null ? null : await store.getTask(last);
  if (look && !ranAfter(fix, look.task)) return;
  await store.change({ incident: number }, (view): Decided<void> => {
    const incident = view.incidents.find((i) => i.number === number);
    const { diagnosis } = incident ?? {};
    if (!incident || diagnosis?.state !== 'over' || diagnosis.task !== last) return { result: undefined };
    if (diagnosis.after === fix.task.number || !isOfThread(fix.task, incident)) return { result: undefined };
    const again = {
      state: 'wanted' as const,
      round: diagnosis.round + 1,
      by: serverActor,
      after: fix.task.number,
    };
    const next: Incident = {
      ...incident,
      diagnosis: { ...diagnosis, ...again, sentence: null },
      revision: incident.revision + 1,
      updatedAt: view.now,
    };
    return { result: undefined, writes: { incidents: [next] } };
  });
};

/** A fix may have been asked before the look, and have waited for its yes. */
const ranAfter = ({ task, runs }: TaskRecord, look: Task): boolean => {
  const ranUntil = Math.max(...runs.map((run) => run.endedAt ?? 0));
  return ranUntil > look.createdAt || (ranUntil === look.createdAt && task.number > look.number);
};

/** A number alone names no thread: the channel must be the incident's too. */
const isOfThread = ({ place }: Pick<Task, 'place'>, incident: Incident): boolean => {
  const own = threadOf(incident);
  return place.surface === own.surface && place.channel === own.channel;
};
