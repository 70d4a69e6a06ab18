import type { Agent } from '../core/agent.ts';
import { identityOf, type Roster } from '../core/policy/roster.ts';
import { refusesVote } from '../core/policy/votes.ts';
import { type Actor, type Instant, TaskState } from '../core/task.ts';
import type { Store, TaskRecord } from '../ports/store.ts';
import type { Usage } from './desk.ts';
import { openDecisionsLookedAt, usageWindowMs } from './limits.ts';
import { mayContinue } from './stop-runs.ts';
import { byHand, originOf, type Terms } from './terms.ts';

/** What a person's own view of the desk shows: what waits for their yes, and how much was asked. */
export type Who = Pick<Actor, 'surface' | 'id'>;

/**
 * Open decisions that a yes of this person would bring further, as `approve` and `continue` would take it now, oldest
 * first.
 */
export const awaitedOf = async (
  { store, terms }: { store: Store; terms: Terms },
  who: Who,
  now: Instant,
  limit: number,
): Promise<TaskRecord[]> => {
  const open = await store.listTasks({
    states: [TaskState.proposed, TaskState.paused],
    limit: openDecisionsLookedAt,
  });
  const agents = await store.listAgents();
  const awaited: TaskRecord[] = [];
  for (const { number } of open.reverse()) {
    const record = await store.getTask(number);
    if (record && isAwaited(terms, record, agents, who, now)) awaited.push(record);
    if (awaited.length >= limit) break;
  }
  return awaited;
};

const isAwaited = (
  terms: Terms,
  { task, proposal }: TaskRecord,
  agents: readonly Agent[],
  who: Who,
  now: Instant,
): boolean => {
  const { roster } = terms.policy;
  if (task.state === TaskState.paused) return mayContinue(roster, task, who);
  if (task.state !== TaskState.proposed || !proposal) return false;
  if (task.decideBy !== null && now > task.decideBy) return false;
  const judged = terms.judge(task, proposal, task.targets, agents);
  if (judged.kind === 'refuse') return false;
  const { demands } = judged.kind === 'auto' ? byHand(judged.rules) : judged;
  const votes = task.votes.map(({ by }) => ({ by: identityOf(by) }));
  return refusesVote(roster, originOf(task, proposal), demands, votes, identityOf(who)) === null;
};

/** How much was asked lately, by everybody and by this person under any of their identities. */
export const usageOf = async (store: Store, roster: Roster, who: Who, now: Instant): Promise<Usage> => {
  const counts = await store.countTasks(now - usageWindowMs);
  const keyOf = (one: Who): string => roster.personOf(identityOf(one))?.key ?? identityOf(one);
  const sum = (some: typeof counts): number => some.reduce((all, { count }) => all + count, 0);
  const own = keyOf(who);
  return {
    windowMs: usageWindowMs,
    asked: sum(counts),
    askedByThem: sum(counts.filter(({ asker }) => keyOf(asker) === own)),
    answered: sum(counts.filter(({ state }) => state === TaskState.done)),
  };
};
