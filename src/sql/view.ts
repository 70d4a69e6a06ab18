import type { Agent } from '../core/agent.ts';
import type { Trail } from '../core/check-trail.ts';
import type { Proposal } from '../core/proposal.ts';
import type { Instant } from '../core/task.ts';
import type { IncidentView } from '../ports/incident-store.ts';
import type { Post, Scope, View } from '../ports/store.ts';
import { agentOf, agentQueries } from './agent-rows.ts';
import { hookOf, hookQueries } from './hook-rows.ts';
import { inviteOf, inviteQueries } from './invite-rows.ts';
import { keptQueries, keptRunbookOf } from './kept-rows.ts';
import { logQueries } from './log-rows.ts';
import { postOf, postQueries } from './post-rows.ts';
import { proposalOf, proposalQueries } from './proposal-rows.ts';
import { runOf, runQueries } from './run-rows.ts';
import { type Read, read } from './statement.ts';
import { type ClaimColumns, taskQueries } from './task-queries.ts';
import { claimOf, taskOf } from './task-rows.ts';

/** A view, and what the rows behind it hold that the view doesn't show. */
export interface Loaded {
  view: View;
  claim: ClaimColumns;
}

const unclaimed: ClaimColumns = { claim_owner: null, claim_attempt: 0, claim_until: 0 };

/** All reads depend on the scope alone, so that a driver over a network can send them at once. */
export const readsOf = (scope: Scope) => ({
  ...taskReadsOf(scope),
  run: scope.run === undefined ? null : read(runQueries.byId, { id: scope.run }),
  agent: scope.agent === undefined ? null : read(agentQueries.byId, { id: scope.agent }),
  namesake: scope.agentName === undefined ? null : read(agentQueries.byName, { name: scope.agentName }),
  invite: scope.invite === undefined ? null : read(inviteQueries.byId, { id: scope.invite }),
  hook: scope.hook === undefined ? null : read(hookQueries.byId, { id: scope.hook }),
  keptRunbook: scope.keptRunbook === undefined ? null : read(keptQueries.byName, { name: scope.keptRunbook }),
  agents: scope.agents ? read(agentQueries.present, {}) : null,
  post: scope.post === undefined ? null : read(postQueries.byId, { id: scope.post }),
  posts: scope.allPosts && scope.task !== undefined ? read(postQueries.ofTask, { number: scope.task }) : null,
  event: scope.event === undefined ? null : read(logQueries.event, { id: scope.event }),
});

const taskReadsOf = ({ task, run, allRuns }: Scope) => {
  if (task !== undefined) {
    return {
      task: read(taskQueries.byNumber, { number: task }),
      proposal: read(proposalQueries.current, { number: task }),
      runs: allRuns ? read(runQueries.ofTask, { task }) : null,
    };
  }
  if (run === undefined) return { task: null, proposal: null, runs: null };
  return {
    task: read(taskQueries.byRun, { run }),
    proposal: read(proposalQueries.currentByRun, { run }),
    runs: allRuns ? read(runQueries.ofTaskOfRun, { run }) : null,
  };
};

type Reads = ReturnType<typeof readsOf>;
type RowsOf<T> = T extends Read<infer R> ? R[] : never;
export type ViewRows = { readonly [K in keyof Reads]: RowsOf<NonNullable<Reads[K]>> | null };

/**
 * @param incidents its part of the view, read already.
 * @param nextTask what a task made by this change is called.
 * @param digest of what the delivery in the scope carries; undefined where it has none.
 * @param trailOf called when a change looks at its task's trail.
 */
export const viewOf = (
  rows: ViewRows,
  incidents: IncidentView,
  now: Instant,
  nextTask: number,
  digest: string | undefined,
  trailOf: (task: number) => Trail,
): Loaded => {
  const taskRow = rows.task?.[0];
  const runs = rows.runs?.map(runOf) ?? [];
  const runRow = rows.run?.[0];
  const run = runRow ? (runs.find((r) => r.id === runRow.id) ?? runOf(runRow)) : null;
  const agentRow = rows.agent?.[0];
  const namesakeRow = rows.namesake?.[0];
  const inviteRow = rows.invite?.[0];
  const hookRow = rows.hook?.[0];
  const keptRow = rows.keptRunbook?.[0];
  const postRow = rows.post?.[0];
  const posts: Post[] = rows.posts?.map(postOf) ?? [];
  const eventRow = rows.event?.[0];
  const body = rows.proposal?.[0]?.body;
  let proposal: Proposal | null = null;
  let agents: Agent[] | null = null;
  const view: View = {
    now,
    nextTask,
    task: taskRow ? taskOf(taskRow) : null,
    claim: taskRow ? claimOf(taskRow) : null,
    // Named one by one: an object that is spread and has getters is slow to make, and each change makes one.
    nextIncident: incidents.nextIncident,
    incidents: incidents.incidents,
    alerts: incidents.alerts,
    storms: incidents.storms,
    watch: incidents.watch,
    /** Parsed when it is asked for: of a task's many changes only a few look at the script. */
    get proposal() {
      if (body !== undefined) proposal ??= proposalOf(body);
      return proposal;
    },
    /** Read when it is asked for: a yes that is refused for another reason needs none. */
    get trail() {
      return taskRow ? trailOf(taskRow.number) : null;
    },
    runs,
    run,
    agent: agentRow ? agentOf(agentRow) : null,
    namesake: namesakeRow ? agentOf(namesakeRow) : null,
    invite: inviteRow ? inviteOf(inviteRow) : null,
    hook: hookRow ? hookOf(hookRow) : null,
    keptRunbook: keptRow ? keptRunbookOf(keptRow) : null,
    get agents() {
      agents ??= rows.agents?.map(agentOf) ?? [];
      return agents;
    },
    post: posts.find((p) => p.id === postRow?.id) ?? (postRow ? postOf(postRow) : null),
    posts,
    seenEventTask: eventRow ? eventRow.task : null,
    isOtherDelivery:
      eventRow !== undefined &&
      eventRow.digest !== null &&
      digest !== undefined &&
      eventRow.digest !== digest,
  };
  return { view, claim: taskRow ?? unclaimed };
};
