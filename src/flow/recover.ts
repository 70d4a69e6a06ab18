import type { Agent } from '../core/agent.ts';
import { IdentityState } from '../core/enrolment.ts';
import { lostGraceMs } from '../core/limits.ts';
import { type Run, RunState, withAgentStates } from '../core/run.ts';
import type { RunEvent } from '../core/run-transition.ts';
import { sentence } from '../core/sentences.ts';
import { type Actor, type Instant, TaskState } from '../core/task.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Queue } from '../ports/queue.ts';
import type { Store } from '../ports/store.ts';
import type { Dispatcher } from './dispatch.ts';
import { partAgent } from './greet.ts';
import { agentSilentMs, recoverRunsMax, recoverSweepMs } from './limits.ts';
import { moveRun, moveTask } from './moves.ts';
import { Worker } from './worker.ts';

/** Who acts when a deadline does. */
const clockActor: Actor = { kind: 'server', surface: 'server', id: 'clock', name: 'the clock' };

/**
 * The sweep that makes crashes nothing special: it pushes `queued` runs again (the queue may have lost them) and
 * ends what its deadline has passed. It runs at the start, at intervals, and whenever the queue may have forgotten.
 */
export const recoverWorker = (parts: {
  store: Store;
  queue: Queue;
  dispatcher: Dispatcher;
  clock: Clock;
  log: Log;
}): Worker => {
  const { store, queue, dispatcher, clock } = parts;
  const worker = new Worker({
    ...parts,
    name: 'recover',
    sweepMs: recoverSweepMs,
    pass: async () => {
      const now = clock.now();
      await expireTasks(store, now);
      const queued = await store.listRuns([RunState.queued], null, recoverRunsMax);
      const withAgents = await store.listRuns(withAgentStates, null, recoverRunsMax);
      const agents = await store.listAgents();
      const removed = await removedAmong(store, [...queued, ...withAgents], agents);
      await endRuns(
        store,
        queued.filter((r) => now > r.runBy || removed.has(r.agentId)),
        (run) => undelivered(run, removed),
      );
      await dispatcher.push(queued.filter((r) => now <= r.runBy && !removed.has(r.agentId)));
      await endRuns(
        store,
        withAgents.filter((r) => isSilent(r, now)),
        (run) => silent(run, removed),
      );
      await partSilentAgents(store, agents, now);
    },
  });
  queue.onAmnesia(() => worker.wake());
  return worker;
};

/** Past this even the slowest run that was started in time has ended and could have said so. */
const isSilent = (run: Run, now: Instant): boolean => now > run.runBy + run.timeoutMs + lostGraceMs;

/** A server that was killed, or could not write any more, has left agents online that nobody hears of. */
const partSilentAgents = async (store: Store, agents: readonly Agent[], now: Instant): Promise<void> => {
  const heardSince = now - agentSilentMs;
  const gone = agents.filter((a) => a.online && a.lastSeenAt < heardSince);
  await Promise.all(gone.map((agent) => partAgent(store, agent.id, heardSince)));
};

/**
 * The removed ones among these runs' machines, by id. What waits for such a machine ends at once; what it had may have
 * run, and is lost when its time is over as any other's.
 */
const removedAmong = async (
  store: Store,
  runs: readonly Run[],
  present: readonly Agent[],
): Promise<ReadonlySet<string>> => {
  const known = new Set(present.map((a) => a.id));
  const absent = new Set(runs.map((r) => r.agentId).filter((id) => !known.has(id)));
  const found = await Promise.all([...absent].map((id) => store.getAgent(id)));
  return new Set(found.flatMap((a) => (a?.identity?.state === IdentityState.removed ? [a.id] : [])));
};

const undelivered = ({ agentId, agentName: name }: Run, removed: ReadonlySet<string>): RunEvent => ({
  kind: 'undeliver',
  sentence: removed.has(agentId)
    ? sentence('undelivered_removed', { name })
    : sentence('undelivered', { name }),
});

const silent = ({ agentId, agentName: name }: Run, removed: ReadonlySet<string>): RunEvent => ({
  kind: 'lose',
  sentence: removed.has(agentId) ? sentence('lost_removed', { name }) : sentence('lost_silence', { name }),
});

const endRuns = async (
  store: Store,
  runs: readonly Run[],
  eventFor: (run: Run) => RunEvent,
): Promise<void> => {
  await Promise.all(
    runs.map(({ id, state }) =>
      store.change({ run: id }, (view) => {
        if (!view.run || !view.task || view.run.state !== state) return { result: undefined };
        const moved = moveRun(view.task, view.run, eventFor(view.run), view.now, clockActor);
        if (!moved) return { result: undefined };
        return { result: undefined, writes: { task: moved.task, runs: [moved.run], audit: moved.audit } };
      }),
    ),
  );
};

const expireTasks = async (store: Store, now: Instant): Promise<void> => {
  const due = await store.dueTasks(now, recoverRunsMax);
  await Promise.all(
    due.map((number) =>
      store.change({ task: number }, (view) => {
        const { task } = view;
        const isDue = task?.decideBy != null && view.now > task.decideBy;
        const canExpire = task?.state === TaskState.proposed || task?.state === TaskState.asking;
        if (!task || !isDue || !canExpire) return { result: undefined };
        const event = { kind: 'expire' as const, sentence: sentence('expired', {}) };
        const moved = moveTask(task, event, clockActor, view.now);
        return moved ? { result: undefined, writes: moved } : { result: undefined };
      }),
    ),
  );
};
