import type { Agent } from '../core/agent.ts';
import { type CertifiedAgent, IdentityState } from '../core/enrolment.ts';
import { type Sentence, sentence } from '../core/sentences.ts';
import type { Store } from '../ports/store.ts';
import type { EnrolledAgent } from './managed-agent.ts';

/** Why a certificate that the authority signed is not good all the same. */
export interface AgentRefusal {
  kind: 'refused';
  code: 'removed' | 'suspended' | 'superseded';
  sentence: Sentence;
}

export type Admitted = { kind: 'admitted'; name: string; labels: Record<string, string> } | AgentRefusal;

/** Whether the agent that this certificate is of may connect now. */
export const admit = async (store: Store, certified: CertifiedAgent): Promise<Admitted> => {
  const standing = standingOf(await store.getAgent(certified.agentId), certified);
  if (standing.kind === 'refused') return standing;
  const { name, labels } = standing.agent;
  return { kind: 'admitted', name, labels };
};

/** How an identity stands to a certificate of it. */
export const standingOf = (
  agent: Agent | null,
  { generation }: CertifiedAgent,
): { kind: 'good'; agent: EnrolledAgent } | AgentRefusal => {
  const identity = agent?.identity;
  // A database that was put back may have forgotten it.
  if (!agent || !identity) return refused('removed', sentence('identity_unknown', {}));
  const { name } = agent;
  if (identity.state === IdentityState.removed) return refused('removed', sentence('identity_removed', {}));
  if (identity.generation !== generation) {
    return refused('superseded', sentence('identity_superseded', { name }));
  }
  if (identity.state === IdentityState.suspended) {
    return refused('suspended', sentence('identity_suspended', { name }));
  }
  return { kind: 'good', agent: { ...agent, identity } };
};

const refused = (code: AgentRefusal['code'], why: Sentence): AgentRefusal => ({
  kind: 'refused',
  code,
  sentence: why,
});
