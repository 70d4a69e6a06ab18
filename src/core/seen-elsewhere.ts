import { editedSummary } from './edited-summary.ts';
import { identityOf, isLocalIdentity } from './policy/roster.ts';
import type { Proposal } from './proposal.ts';
import type { Actor, Task } from './task.ts';

/** The console calls its own person "you", which would be the reader anywhere else. */
export const seenElsewhere = (actor: Actor): Actor =>
  actor.surface === 'web' && isLocalIdentity(identityOf(actor))
    ? { ...actor, name: 'somebody at the console' }
    : actor;

/** The task as a message in a chat tells it. */
export const taskSeenElsewhere = (task: Task): Task => ({
  ...task,
  asker: seenElsewhere(task.asker),
  votes: task.votes.map((vote) => ({ ...vote, by: seenElsewhere(vote.by) })),
  decision: task.decision && { ...task.decision, by: seenElsewhere(task.decision.by) },
});

/** Its summary names who edited it, as the console's own person reads it. */
export const proposalSeenElsewhere = (proposal: Proposal): Proposal => ({
  ...proposal,
  summary:
    proposal.summary === editedSummary(proposal.editors)
      ? editedSummary(proposal.editors.map(seenElsewhere))
      : proposal.summary,
});
