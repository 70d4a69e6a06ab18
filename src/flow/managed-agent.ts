import type { Agent } from '../core/agent.ts';
import type { AuditKind, AuditNote } from '../core/audit.ts';
import type { AgentIdentity } from '../core/enrolment.ts';
import { isAtLeast, Role } from '../core/policy/role.ts';
import { identityOf, isLocalIdentity, type Roster } from '../core/policy/roster.ts';
import { type Sentence, sentence } from '../core/sentences.ts';
import type { Actor } from '../core/task.ts';
import type { Decided, Scope, Store, View, Writes } from '../ports/store.ts';

/** An agent with an identity: one that was invited. */
export type EnrolledAgent = Agent & { identity: AgentIdentity };

/** What an admin's act on an enrolled machine comes to. */
export type Managed = { kind: 'done'; agent: EnrolledAgent } | { kind: 'refused'; sentence: Sentence };

/**
 * Which machines there are is for admins, and for whoever holds the local token: the authority's key is in the same
 * directory, so a refusal would keep them from nothing.
 *
 * @param verb what was wanted: "invite a machine".
 */
export const adminRefusal = (roster: Roster, { surface, id }: Actor, verb: string): Sentence | null => {
  const identity = identityOf({ surface, id });
  const role = roster.roleOf(identity);
  if (isAtLeast(role, Role.admin) || isLocalIdentity(identity)) return null;
  return sentence('admin_missing', { identity, role, verb });
};

/** The enrolled machine of that name, in any case. */
export const findManaged = async (store: Store, name: string): Promise<Managed> => {
  const wanted = name.toLowerCase();
  const found = (await store.listAgents()).find((a) => a.name.toLowerCase() === wanted);
  return managedOf(found ?? null, name);
};

const managedOf = (agent: Agent | null, name: string): Managed => {
  if (!agent) return { kind: 'refused', sentence: sentence('agent_unknown', { name: name.slice(0, 63) }) };
  const { identity } = agent;
  if (!identity) return { kind: 'refused', sentence: sentence('agent_local', { name: agent.name }) };
  return { kind: 'done', agent: { ...agent, identity } };
};

/** One act of an admin on the enrolled machine that has that name now, in one commit with its entry. */
export const manage = async (
  { store, roster }: { store: Store; roster: Roster },
  act: { by: Actor; verb: string; name: string },
  decide: (view: View, agent: EnrolledAgent) => Decided<Managed>,
  scope: Scope = {},
): Promise<Managed> => {
  const no = adminRefusal(roster, act.by, act.verb);
  if (no) return { kind: 'refused', sentence: no };
  const found = await findManaged(store, act.name);
  if (found.kind === 'refused') return found;
  return store.change<Managed>({ ...scope, agent: found.agent.id }, (view) => {
    const now = managedOf(view.agent, act.name);
    // Removed or renamed since it was found: whoever acted meant the machine that had the name.
    const isSame = now.kind === 'done' && now.agent.name === found.agent.name;
    if (!isSame || now.agent.identity.state === 'removed') return { result: managedOf(null, act.name) };
    return decide(view, now.agent);
  });
};

/** What an act changes of the machine, with its entry. */
export const managed = (agent: EnrolledAgent, audit: AuditNote[], more: Writes = {}): Decided<Managed> => ({
  result: { kind: 'done', agent },
  writes: { ...more, agent, audit },
});

export const identityNote = (
  kind: AuditKind,
  { name, id, identity }: EnrolledAgent,
  actor: Actor,
  detail: AuditNote['detail'] = {},
): AuditNote => ({
  kind,
  actor,
  task: null,
  run: null,
  digest: null,
  detail: { agent: name, agentId: id, generation: identity.generation, ...detail },
});
