import { labelsProblem } from '../core/labels.ts';
import type { Roster } from '../core/policy/roster.ts';
import { agentNamePattern } from '../core/selector.ts';
import { type Sentence, sentence } from '../core/sentences.ts';
import type { Actor } from '../core/task.ts';
import type { Store } from '../ports/store.ts';
import { identityNote, type Managed, manage, managed } from './managed-agent.ts';

interface Parts {
  store: Store;
  roster: Roster;
}

/** All of a machine's labels. Which rules fit it is asked again before each order leaves. */
export const relabel = async (
  parts: Parts,
  by: Actor,
  name: string,
  labels: Readonly<Record<string, string>>,
): Promise<Managed> => {
  const problem = labelsProblem(labels);
  if (problem !== null) return refused(sentence('labels_unusable', { problem }));
  return manage(parts, { by, verb: 'change labels', name }, (_, agent) => {
    const next = { ...agent, labels: { ...labels } };
    const detail = { before: JSON.stringify(agent.labels), labels: JSON.stringify(labels) };
    return managed(next, [identityNote('agent.relabel', next, by, detail)]);
  });
};

/** Another name; what was asked of it under the old one keeps that in its history. */
export const rename = async (parts: Parts, by: Actor, name: string, newName: string): Promise<Managed> => {
  if (!agentNamePattern.test(newName)) {
    return refused(sentence('agent_name_unusable', { name: newName.slice(0, 100) }));
  }
  const act = { by, verb: 'rename a machine', name };
  return manage(
    parts,
    act,
    (view, agent) => {
      if (view.namesake && view.namesake.id !== agent.id) {
        return { result: refused(sentence('agent_name_taken', { name: view.namesake.name })) };
      }
      const next = { ...agent, name: newName };
      return managed(next, [identityNote('agent.rename', next, by, { before: agent.name })]);
    },
    { agentName: newName },
  );
};

const refused = (why: Sentence): Managed => ({ kind: 'refused', sentence: why });
