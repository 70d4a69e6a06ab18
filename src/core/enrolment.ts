import type { Sentence } from './sentences.ts';
import type { Actor, Instant } from './task.ts';

/**
 * How a machine becomes an agent and stops being one.
 *
 * An invite is single-use and expires; it fixes the labels that its machine gets, and its name where it says one. An
 * identity is what joining makes: it lives on while its certificates come and go. Each joining under an identity counts its
 * generation up, and only certificates of the current generation count: what an earlier one left behind (a stolen disk,
 * a cloned machine before it was joined anew) is refused.
 */

/** An invitation as it is kept: of its secret only the digest. */
export interface Invite {
  id: string;
  /** SHA-256 of the secret, hex. */
  secretDigest: string;
  /** The name that its machine gets; null lets the machine say its own. */
  name: string | null;
  labels: Record<string, string>;
  /**
   * The agent whose place its machine takes: it keeps that one's id, name and labels, and `name` and `labels` here are
   * only what was shown. Null makes an agent of its own.
   */
  rejoins: string | null;
  by: Actor;
  createdAt: Instant;
  expiresAt: Instant;
  /** Set by joining: the agent that it made, and the key that it was made for (SHA-256 of its SPKI, hex). */
  used: InviteUse | null;
  withdrawnAt: Instant | null;
}

export interface InviteUse extends CertifiedAgent {
  keyDigest: string;
  at: Instant;
}

export type InviteState = 'open' | 'used' | 'withdrawn' | 'expired';

/** What an invitation is good for at that instant. One that was used stays so, however old it gets. */
export const inviteState = (
  { used, withdrawnAt, expiresAt }: Pick<Invite, 'used' | 'withdrawnAt' | 'expiresAt'>,
  now: Instant,
): InviteState => {
  if (used) return 'used';
  if (withdrawnAt !== null) return 'withdrawn';
  return now < expiresAt ? 'open' : 'expired';
};

export const IdentityState = {
  /** Its certificates are good. */
  active: 'active',
  /** Two machines used it at once: nothing is sent to either until a person has looked. */
  suspended: 'suspended',
  /** A person took it away; joining anew makes another. */
  removed: 'removed',
} as const;
export type IdentityState = (typeof IdentityState)[keyof typeof IdentityState];

/** What makes an agent more than a name: null for one that joined by the local socket. */
export interface AgentIdentity {
  state: IdentityState;
  /** Since when it is in this state. */
  since: Instant;
  /** What happened to a suspended one; null otherwise. */
  why: Sentence | null;
  generation: number;
  /** When the newest certificate ends. */
  certificateUntil: Instant;
}

/** True where nothing may be sent: what such a machine says is no sign of life. Never for an agent without identity. */
export const isCutOff = (identity: AgentIdentity | null): boolean =>
  identity !== null && identity.state !== IdentityState.active;

/** What the certificate of an agent says; see `ports/certificate-authority.ts`. */
export interface CertifiedAgent {
  agentId: string;
  generation: number;
}
