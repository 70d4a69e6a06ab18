import type { Agent } from '../core/agent.ts';
import { type Card, cardOf } from '../core/card.ts';
import type { TaskRecord } from '../ports/store.ts';
import type { Terms } from './terms.ts';

/** The card of a task as it stands, with what the rules say of the open decision now. */
export const cardFor = (terms: Terms, record: TaskRecord, agents: readonly Agent[]): Card =>
  cardOf({ ...record, agents, terms: terms.forCard(record.task, record.proposal, agents) });
