import type { Agent } from '../core/agent.ts';
import { type Card, cardOf } from '../core/card.ts';
import type { Proposal } from '../core/proposal.ts';
import { TaskState } from '../core/task.ts';
import type { Store, TaskRecord } from '../ports/store.ts';
import type { Terms } from './terms.ts';

/**
 * The card of a task as it stands, with what the rules say of the open decision now. While it is open, what the scripts
 * do is read from their text each time, so that a changed row can't make a card lie; afterwards it is what was shown.
 */
export const cardFor = (
  terms: Terms,
  { task, proposal, runs }: TaskRecord,
  agents: readonly Agent[],
): Card => {
  const shown = proposal && task.state === TaskState.proposed ? readAnew(terms, proposal) : proposal;
  return cardOf({ task, proposal: shown, runs, agents, terms: terms.forCard(task, proposal, agents) });
};

/** The machines of these tasks: a card shows no others, and there may be thousands. */
export const agentsOf = (store: Pick<Store, 'listAgents'>, ...records: TaskRecord[]): Promise<Agent[]> =>
  store.listAgents(records.flatMap(({ task }) => task.targets.map(({ agentId }) => agentId)));

const readAnew = (terms: Terms, proposal: Proposal): Proposal => ({
  ...proposal,
  scripts: proposal.scripts.map((script) => ({ ...script, risk: terms.riskOf(script) })),
});
