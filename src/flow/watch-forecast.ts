import { targetsUnconfirmedMax } from '../core/limits.ts';
import { onBehalfOf } from '../core/policy/behind.ts';
import { judge, type PolicyCase } from '../core/policy/judge.ts';
import { identityOf } from '../core/policy/roster.ts';
import { verbatimRunbookOf } from '../core/proposal.ts';
import { type Sentence, sentence } from '../core/sentences.ts';
import { resolveTargets } from '../core/target.ts';
import type { Actor } from '../core/task.ts';
import type { Watch } from '../core/watch.ts';
import type { Drafter } from '../ports/drafter.ts';
import type { Store } from '../ports/store.ts';
import type { Terms } from './terms.ts';

/**
 * How each look of a watch would go by what is known now; asked anew at each look, so it binds nothing. `words` is what
 * is asked, without its machines.
 */
export type WatchForecast =
  /** By itself, by these rules. */
  | { kind: 'runs'; words: string; machines: string[]; runbook: string; sentence: Sentence }
  /** Each look waits for a person. */
  | { kind: 'waits'; words: string; machines: string[]; runbook: string; sentence: Sentence }
  /** It would never come to anything: no such machine, nothing that reads it, or a rule forbids it. */
  | { kind: 'fails'; sentence: Sentence };

export interface ForecastParts {
  store: Pick<Store, 'listAgents'>;
  /** Of the kept runbooks alone: only what they read can be held against a condition. */
  drafter: Drafter;
  terms: Terms;
}

/** Foresees a look: which machines, which runbook, and what the rules would say of it. Nothing is stored or asked. */
export const foresee = async (
  { store, drafter, terms }: ForecastParts,
  { name, request, on }: Pick<Watch, 'name' | 'request' | 'on'>,
  by: Actor,
): Promise<WatchForecast> => {
  const agents = await store.listAgents();
  const isPlainWord = (word: string): boolean => drafter.knowsWord(word);
  const found = resolveTargets(request, on, agents, { threadAgentIds: [], channelAgentIds: [], isPlainWord });
  if (found.kind !== 'resolved') return { kind: 'fails', sentence: found.sentence };
  const { targets, words } = found;
  const machines = targets.map((t) => t.name);
  const platforms = [...new Set(targets.map((t) => t.platform))].sort();
  const draft = await drafter.draft(
    { words, platforms, before: [], context: null },
    new AbortController().signal,
  );
  if (draft.kind === 'nothing' || !draft.runbook) {
    const nearest = draft.kind === 'nothing' ? draft.nearest.map((one) => one.request) : [];
    return { kind: 'fails', sentence: sentence('watch_no_runbook', { request: words, nearest }) };
  }
  const runbook = draft.runbook.name;
  const cases = draft.scripts.flatMap((script): PolicyCase[] =>
    agents
      .filter(
        ({ id, facts }) => targets.some((t) => t.agentId === id) && script.platforms.includes(facts.platform),
      )
      .map((agent) => ({ script: { interpreter: script.interpreter, risk: terms.riskOf(script) }, agent })),
  );
  const asker = identityOf({ surface: 'schedule', id: onBehalfOf(name, by) });
  const origin = { asker, editors: [], verbatimRunbook: verbatimRunbookOf(draft), typedByAsker: false };
  const judged = judge(terms.policy, origin, cases);
  if (judged.kind === 'refuse') return { kind: 'fails', sentence: judged.sentence };
  if (judged.kind === 'auto' && machines.length <= targetsUnconfirmedMax) {
    const { rules } = judged;
    return {
      kind: 'runs',
      words,
      machines,
      runbook,
      sentence: sentence('watch_runs', { runbook, rules: [...rules] }),
    };
  }
  return { kind: 'waits', words, machines, runbook, sentence: sentence('watch_waits', { runbook }) };
};
