import { serverActor } from '../core/audit.ts';
import { IdentityState } from '../core/enrolment.ts';
import type { Roster } from '../core/policy/roster.ts';
import { sentence } from '../core/sentences.ts';
import type { Actor, Instant } from '../core/task.ts';
import type { Store } from '../ports/store.ts';
import { type EnrolledAgent, identityNote, type Managed, manage, managed } from './managed-agent.ts';

interface Parts {
  store: Store;
  roster: Roster;
}

/**
 * Nothing is sent to it until a person has looked. What it has goes on by itself, and is told when it is resumed.
 *
 * @returns whether it was active until now.
 */
export const suspend = (store: Store, agentId: string, detail: string): Promise<boolean> =>
  store.change({ agent: agentId }, (view) => {
    const { agent } = view;
    if (agent?.identity?.state !== IdentityState.active) return { result: false };
    const held = suspended({ ...agent, identity: agent.identity }, detail, view.now);
    const audit = [identityNote('agent.suspend', held, serverActor, { why: detail })];
    return { result: true, writes: { agent: held, audit } };
  });

export const suspendNamed = (
  parts: Parts,
  by: Actor,
  name: string,
  reason: string | null,
): Promise<Managed> =>
  manage(parts, { by, verb: 'suspend a machine', name }, (view, agent) => {
    if (agent.identity.state === IdentityState.suspended) {
      const why = sentence('agent_suspended_already', { name: agent.name });
      return { result: { kind: 'refused', sentence: why } };
    }
    const detail = `${by.name} suspended it${reason ? `: ${reason.replace(/[.\s]+$/u, '')}` : ''}`;
    const held = suspended(agent, detail, view.now);
    return managed(held, [identityNote('agent.suspend', held, by, { why: detail })]);
  });

export const resume = (parts: Parts, by: Actor, name: string): Promise<Managed> =>
  manage(parts, { by, verb: 'resume a machine', name }, (view, agent) => {
    if (agent.identity.state !== IdentityState.suspended) {
      const why = sentence('agent_active', { name: agent.name });
      return { result: { kind: 'refused', sentence: why } };
    }
    const identity = { ...agent.identity, state: IdentityState.active, since: view.now, why: null };
    const back = { ...agent, identity };
    return managed(back, [identityNote('agent.resume', back, by)]);
  });

const suspended = (agent: EnrolledAgent, detail: string, now: Instant): EnrolledAgent => ({
  ...agent,
  online: false,
  identity: {
    ...agent.identity,
    state: IdentityState.suspended,
    since: now,
    why: sentence('agent_suspended', { detail }),
  },
});
