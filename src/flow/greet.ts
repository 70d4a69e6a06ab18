import type { Agent, AgentLoad, MachineFacts } from '../core/agent.ts';
import { type AuditNote, serverActor } from '../core/audit.ts';
import { isCutOff } from '../core/enrolment.ts';
import { withBeat } from '../core/load-history.ts';
import { isRunEnded, type Run, RunState, withAgentStates } from '../core/run.ts';
import type { RunEvent } from '../core/run-transition.ts';
import { sentence } from '../core/sentences.ts';
import type { Instant } from '../core/task.ts';
import type { Order, Store } from '../ports/store.ts';
import { moveRun } from './moves.ts';
import type { OrderCheck } from './order-check.ts';

/** What an agent says of itself at the start of a stream, checked and named. */
export interface Greeting {
  agentId: string;
  name: string;
  labels: Record<string, string>;
  facts: MachineFacts;
  spoolId: string;
  bootId: string;
  runs: { id: string; state: 'accepted' | 'started' | 'finished' }[];
}

/** What the gateway answers and does first. */
export interface Welcomed {
  wanted: Run[];
  forgettable: string[];
  /** Orders that were sent into a stream that is gone and never arrived. */
  resend: Order[];
  cancel: string[];
}

/**
 * Holds what an agent remembers against what the store knows, run by run (DESIGN §3):
 * a `sent` run that isn't named goes again until `runBy`; an accepted one that isn't named, or whose spool is another
 * now, is lost; a named one goes on from its committed offset.
 */
export const greet = async (store: Store, check: OrderCheck, greeting: Greeting): Promise<Welcomed> => {
  const spoolChanged = await noteAgent(store, greeting);
  const named = new Map(greeting.runs.map((r) => [r.id, r.state]));
  const open = await store.listRuns(withAgentStates, greeting.agentId, runsMax);
  const steps = await Promise.all(
    open.map((run) => reconcile(store, run.id, greeting, named.get(run.id) ?? null, spoolChanged)),
  );
  if (spoolChanged) await noteSpool(store, greeting);
  const after = new Map(open.map((run, i) => [run.id, steps[i] ?? run]));
  const wanted: Run[] = [];
  const forgettable: string[] = [];
  for (const { id } of greeting.runs) {
    const run = after.get(id) ?? (await store.getRun(id));
    const isWanted =
      run?.agentId === greeting.agentId && (!isRunEnded(run.state) || run.state === RunState.lost);
    if (isWanted) wanted.push(run);
    else forgettable.push(id);
  }
  const again = [...after.values()].filter((r) => r.state === RunState.sent && !named.has(r.id));
  return {
    wanted,
    forgettable,
    resend: await check.sift(await store.getOrders(again.map((r) => r.id))),
    cancel: wanted.filter((r) => r.cancelAskedAt !== null && !isRunEnded(r.state)).map((r) => r.id),
  };
};

/** More open runs than an agent can have; a bound all the same. */
const runsMax = 10_000;

/**
 * A name is one machine's. An older record that is offline (its agent was set up anew) gives the name up and is told
 * apart by its id; one that is online keeps it, and so does an enrolled one, be it on or off.
 *
 * @returns whether the greeting agent may have the name.
 */
export const takeName = async (store: Store, { agentId, name }: Greeting): Promise<boolean> => {
  const isSame = (other: string): boolean => other.toLowerCase() === name.toLowerCase();
  const agents = await store.listAgents();
  // An enrolled machine's name is the record's, whatever its hello says.
  if (agents.some((a) => a.id === agentId && a.identity)) return true;
  const namesake = agents.find((a) => a.id !== agentId && isSame(a.name));
  if (!namesake) return true;
  if (namesake.identity) return false;
  return store.change({ agent: namesake.id }, (view) => {
    if (!view.agent || !isSame(view.agent.name)) return { result: true };
    if (view.agent.online) return { result: false };
    const agent = { ...view.agent, name: `${view.agent.name.slice(0, 50)}-${view.agent.id.slice(0, 8)}` };
    return { result: true, writes: { agent, audit: [agentNote('agent.rename', agent)] } };
  });
};

/** The agent is here. A spool that is new is noted only after the runs of the old one, so that a crash forgets none. */
const noteAgent = (store: Store, greeting: Greeting): Promise<boolean> =>
  store.change({ agent: greeting.agentId }, (view) => {
    const known = view.agent;
    const { agentId, name, labels, facts, spoolId, bootId } = greeting;
    const identity = known?.identity ?? null;
    const agent: Agent = {
      id: agentId,
      name: known && identity ? known.name : name,
      labels: known && identity ? known.labels : labels,
      facts,
      // One that was enrolled and has not been here yet has no spool that could be missed.
      spoolId: known?.spoolId || spoolId,
      bootId,
      // Removed or suspended since its stream was let in: that stream is being cut.
      online: !isCutOff(identity),
      lastSeenAt: view.now,
      load: known?.load ?? null,
      createdAt: known?.createdAt ?? view.now,
      identity,
    };
    const audit: AuditNote[] = [agentNote(known ? 'agent.online' : 'agent.join', agent)];
    return { result: agent.spoolId !== spoolId, writes: { agent, audit } };
  });

const noteSpool = (store: Store, { agentId, spoolId }: Greeting): Promise<void> =>
  store.change({ agent: agentId }, (view) => {
    if (!view.agent) return { result: undefined };
    const agent = { ...view.agent, spoolId };
    return { result: undefined, writes: { agent, audit: [agentNote('agent.online', agent)] } };
  });

const agentNote = (kind: AuditNote['kind'], agent: Agent): AuditNote => ({
  kind,
  actor: serverActor,
  task: null,
  run: null,
  digest: null,
  detail: { agent: agent.name, agentId: agent.id, spool: agent.spoolId, boot: agent.bootId },
});

const reconcile = (
  store: Store,
  runId: string,
  greeting: Greeting,
  named: 'accepted' | 'started' | 'finished' | null,
  spoolChanged: boolean,
): Promise<Run | null> =>
  store.change({ run: runId }, (view) => {
    const { run, task } = view;
    if (!run || !task) return { result: null };
    let now = { run, task, audit: [] as AuditNote[] };
    for (const event of eventsFor(run, greeting.name, named, spoolChanged, view.now)) {
      const moved = moveRun(now.task, now.run, event, view.now);
      if (moved) now = { ...moved, audit: [...now.audit, ...moved.audit] };
    }
    if (now.run === run) return { result: run };
    return { result: now.run, writes: { task: now.task, runs: [now.run], audit: now.audit } };
  });

const eventsFor = (
  run: Run,
  name: string,
  named: 'accepted' | 'started' | 'finished' | null,
  spoolChanged: boolean,
  now: Instant,
): RunEvent[] => {
  if (named === 'accepted') return [{ kind: 'accept' }];
  if (named !== null) return [{ kind: 'accept' }, { kind: 'start' }];
  // With another spool even a run that was never acknowledged may have been accepted and run under the old one.
  if (spoolChanged) return [{ kind: 'lose', sentence: sentence('lost_spool', { name }) }];
  if (run.state !== RunState.sent) return [{ kind: 'lose', sentence: sentence('lost_not_named', { name }) }];
  if (run.cancelAskedAt !== null) return [neverArrived];
  if (now > run.runBy) return [{ kind: 'undeliver', sentence: sentence('undelivered', { name }) }];
  return [{ kind: 'resend' }];
};

/** Called back before the agent had it: it did not run, and will not. */
const neverArrived: RunEvent = {
  kind: 'finish',
  end: RunState.cancelled,
  exitCode: null,
  stdoutCutAt: null,
  stderrCutAt: null,
  sentence: null,
};

/**
 * The stream has ended, or its heartbeats have.
 *
 * @param heardSince leaves an agent alone that was heard of at that instant or later.
 */
export const partAgent = (
  store: Store,
  agentId: string,
  heardSince: Instant = Number.POSITIVE_INFINITY,
): Promise<void> =>
  store.change({ agent: agentId }, (view) => {
    if (!view.agent?.online || view.agent.lastSeenAt >= heardSince) return { result: undefined };
    const agent = { ...view.agent, online: false, lastSeenAt: view.now };
    return { result: undefined, writes: { agent, audit: [agentNote('agent.offline', agent)] } };
  });

/** A sign of life. No audit entry: nothing was decided, and a fleet sends thousands a minute. */
export const noteLoad = (
  store: Store,
  agentId: string,
  load: Omit<AgentLoad, 'at' | 'history'>,
): Promise<void> =>
  store.change({ agent: agentId }, (view) => {
    if (!view.agent || isCutOff(view.agent.identity)) return { result: undefined };
    const history = withBeat(view.agent.load?.history ?? null, load, view.now);
    const agent: Agent = {
      ...view.agent,
      online: true,
      lastSeenAt: view.now,
      load: { ...load, at: view.now, history },
    };
    return { result: undefined, writes: { agent } };
  });
