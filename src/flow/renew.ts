import type { CertifiedAgent } from '../core/enrolment.ts';
import { type Sentence, sentence } from '../core/sentences.ts';
import type { CertificateAuthority } from '../ports/certificate-authority.ts';
import type { Clock } from '../ports/clock.ts';
import type { Store } from '../ports/store.ts';
import { type AgentRefusal, standingOf } from './admit.ts';

export type Renewed =
  /** X.509, DER. */
  | { kind: 'renewed'; certificate: Buffer }
  | AgentRefusal
  | { kind: 'refused'; code: 'malformed'; sentence: Sentence };

/**
 * A new certificate of the same identity and generation. It stands in no audit entry: nothing is decided by it, since
 * whoever holds the old one could do all that the new one lets them, and a fleet renews thousands a day. The record of
 * the agent says until when its newest certificate is good.
 */
export const renew = async (
  { store, authority, clock }: { store: Store; authority: CertificateAuthority; clock: Clock },
  certified: CertifiedAgent,
  csr: Buffer,
): Promise<Renewed> => {
  const standing = standingOf(await store.getAgent(certified.agentId), certified);
  if (standing.kind === 'refused') return standing;
  const issued = await authority.issue(csr, certified, clock.now());
  if (issued.kind === 'refused') {
    const why = sentence('join_malformed', { problem: issued.problem });
    return { kind: 'refused', code: 'malformed', sentence: why };
  }
  return store.change<Renewed>({ agent: certified.agentId }, (view) => {
    const now = standingOf(view.agent, certified);
    if (now.kind === 'refused') return { result: now };
    const { agent } = now;
    const certificateUntil = Math.max(agent.identity.certificateUntil, issued.until);
    return {
      result: { kind: 'renewed', certificate: issued.certificate },
      writes: { agent: { ...agent, identity: { ...agent.identity, certificateUntil } } },
    };
  });
};
