import { createHash, randomUUID, timingSafeEqual } from 'node:crypto';
import type { Agent, MachineFacts } from '../core/agent.ts';
import { type AuditNote, serverActor } from '../core/audit.ts';
import {
  type CertifiedAgent,
  IdentityState,
  type Invite,
  type InviteState,
  inviteState,
} from '../core/enrolment.ts';
import { agentNamePattern } from '../core/selector.ts';
import { type Sentence, sentence } from '../core/sentences.ts';
import type { Instant } from '../core/task.ts';
import type { CertificateAuthority, IssuedCertificate } from '../ports/certificate-authority.ts';
import type { Clock } from '../ports/clock.ts';
import type { Decided, Store, View } from '../ports/store.ts';
import { joinAgainMs, joinTriesMax, wantedNameCharsMax } from './limits.ts';
import { type EnrolledAgent, identityNote } from './managed-agent.ts';

/** What a machine says that wants to become an agent. All of it is a stranger's word until the secret fits. */
export interface JoinRequest {
  inviteId: string;
  secret: Buffer;
  /** PKCS #10, DER. */
  csr: Buffer;
  /** The name that it would like. */
  name: string;
  facts: MachineFacts;
  /** Where it comes from, `address:port`, for the log. */
  peer: string;
}

export type JoinRefusal = {
  kind: 'refused';
  code: 'unknown' | 'expired' | 'used' | 'withdrawn' | 'malformed';
  sentence: Sentence;
};

export type Joined =
  | {
      kind: 'joined';
      agentId: string;
      name: string;
      labels: Record<string, string>;
      /** X.509, DER. */
      certificate: Buffer;
      generation: number;
    }
  | JoinRefusal;

interface JoinParts {
  store: Store;
  authority: CertificateAuthority;
  clock: Clock;
}

/**
 * Spends a token, in one commit with the agent that it makes. The certificate is made before: dying between the two
 * leaves a certificate that nobody has and a token that is still good; dying after the commit leaves a machine without
 * its answer, and the same token with the same key is answered again for a while. So a token is never spent for nothing,
 * and never for two.
 */
export const join = async (parts: JoinParts, request: JoinRequest): Promise<Joined> => {
  const { store, authority, clock } = parts;
  for (let lost = 0; lost < joinTriesMax; lost++) {
    const invite = await store.getInvite(request.inviteId);
    if (!invite || !isSecretOf(invite, request.secret))
      return refused('unknown', sentence('join_unknown', {}));
    const place = await placeFor(store, invite, clock.now());
    if (place.kind === 'refused') return place;
    const issued = await authority.issue(request.csr, place.certified, clock.now());
    if (issued.kind === 'refused') {
      return refused('malformed', sentence('join_malformed', { problem: issued.problem }));
    }
    const name = await nameFor(store, invite, request, place.certified.agentId, lost);
    const { agentId } = place.certified;
    const scope = { invite: invite.id, agent: agentId, agentName: name };
    const outcome = await store.change(scope, (view) => spend(view, request, place.certified, name, issued));
    if (outcome !== null) return outcome;
  }
  throw new Error(`joining by invitation ${request.inviteId} lost ${joinTriesMax} races`);
};

const refused = (code: JoinRefusal['code'], why: Sentence): JoinRefusal => ({
  kind: 'refused',
  code,
  sentence: why,
});

/** Digests are compared, so that neither length nor content shows in the time that it takes. */
const isSecretOf = ({ secretDigest }: Invite, secret: Buffer): boolean =>
  timingSafeEqual(Buffer.from(secretDigest, 'hex'), createHash('sha256').update(secret).digest());

type Place = { kind: 'place'; certified: CertifiedAgent } | JoinRefusal;

/** Whose certificate this would be, as things stand; the commit looks again. */
const placeFor = async (store: Store, invite: Invite, now: Instant): Promise<Place> => {
  const { used, rejoins } = invite;
  const no = whyNot(invite, now);
  if (no) return no;
  if (used) return { kind: 'place', certified: { agentId: used.agentId, generation: used.generation } };
  if (rejoins === null) return { kind: 'place', certified: { agentId: randomUUID(), generation: 1 } };
  const before = await store.getAgent(rejoins);
  if (!isPlace(before)) return refused('withdrawn', sentence('join_place_gone', {}));
  return (
    heldSince(before, invite) ?? {
      kind: 'place',
      certified: { agentId: rejoins, generation: before.identity.generation + 1 },
    }
  );
};

const isPlace = (agent: Agent | null): agent is EnrolledAgent =>
  agent?.identity != null && agent.identity.state !== IdentityState.removed;

/** Joining anew ends a suspension only where whoever invited knew of it: who suspends wants nothing to come back by itself. */
const heldSince = ({ name, identity }: EnrolledAgent, { createdAt }: Invite): JoinRefusal | null =>
  identity.state === IdentityState.suspended && identity.since > createdAt
    ? refused('withdrawn', sentence('join_place_held', { name }))
    : null;

/** Null for one that is open, and for one that was used so lately that its answer may be wanted again. */
const whyNot = (invite: Invite, now: Instant): JoinRefusal | null => {
  const state: InviteState = inviteState(invite, now);
  switch (state) {
    case 'open':
      return null;
    case 'used':
      return invite.used && now - invite.used.at <= joinAgainMs
        ? null
        : refused('used', sentence('join_used', {}));
    case 'withdrawn':
      return refused('withdrawn', sentence('join_withdrawn', {}));
    case 'expired':
      return refused('expired', sentence('join_expired', {}));
  }
};

/** @returns null where something has changed since the certificate was made: all is looked at again. */
const spend = (
  view: View,
  request: JoinRequest,
  certified: CertifiedAgent,
  name: string,
  issued: IssuedCertificate,
): Decided<Joined | null> => {
  const { invite, agent: before, now } = view;
  if (!invite) return { result: null };
  const no = whyNot(invite, now);
  if (no) return { result: no };
  if (invite.used) return answerAgain(invite, before, certified, issued);
  if (invite.rejoins !== null) {
    if (!isPlace(before)) return { result: refused('withdrawn', sentence('join_place_gone', {})) };
    const held = heldSince(before, invite);
    if (held) return { result: held };
    if (before.id !== certified.agentId || before.identity.generation + 1 !== certified.generation) {
      return { result: null };
    }
  } else if (before || view.namesake) return { result: null };
  const identity = {
    state: IdentityState.active,
    since: now,
    why: null,
    generation: certified.generation,
    certificateUntil: issued.until,
  };
  const fresh = {
    ...{ id: certified.agentId, name, labels: invite.labels, spoolId: '', bootId: '' },
    ...{ online: false, lastSeenAt: now, load: null, createdAt: now },
  };
  const agent: EnrolledAgent = { ...(before ?? fresh), online: false, facts: request.facts, identity };
  const used = { ...certified, keyDigest: issued.keyDigest, at: now };
  return {
    result: joinedAs(agent, issued),
    writes: { invite: { ...invite, used }, agent, audit: [enrolNote(agent, invite, request, issued)] },
  };
};

/** The first answer may have been lost: the machine that holds the key gets another, nobody else does. */
const answerAgain = (
  { used }: Invite,
  agent: Agent | null,
  certified: CertifiedAgent,
  issued: IssuedCertificate,
): Decided<Joined | null> => {
  const isUsedHere = used?.agentId === certified.agentId && used.generation === certified.generation;
  // Used by somebody else between the look and the commit.
  if (!isUsedHere) return { result: null };
  const isSame = used.keyDigest === issued.keyDigest && isPlace(agent);
  if (!isSame || agent.identity.generation !== used.generation) {
    return { result: refused('used', sentence('join_used', {})) };
  }
  const identity = { ...agent.identity, certificateUntil: issued.until };
  const next: EnrolledAgent = { ...agent, identity };
  return { result: joinedAs(next, issued), writes: { agent: next } };
};

const joinedAs = ({ id, name, labels, identity }: EnrolledAgent, issued: IssuedCertificate): Joined => ({
  kind: 'joined',
  agentId: id,
  name,
  labels,
  certificate: issued.certificate,
  generation: identity.generation,
});

const enrolNote = (
  agent: EnrolledAgent,
  invite: Invite,
  { peer }: JoinRequest,
  { keyDigest }: IssuedCertificate,
): AuditNote => ({
  ...identityNote('agent.enrol', agent, serverActor, {
    invite: invite.id,
    invitedBy: invite.by.name,
    peer,
    rejoined: invite.rejoins !== null,
    labels: JSON.stringify(agent.labels),
  }),
  digest: keyDigest,
});

/**
 * The name that the machine gets: the invitation's, else its own wish, and a number behind what is taken. After several
 * lost races it is one that nobody else can want.
 */
const nameFor = async (
  store: Store,
  invite: Invite,
  { name, facts }: JoinRequest,
  agentId: string,
  lost: number,
): Promise<string> => {
  const wanted = invite.name ?? usable(name) ?? usable(facts.hostname) ?? 'machine';
  if (invite.rejoins !== null || lost === 0) return wanted;
  const base = wanted.slice(0, wantedNameCharsMax);
  if (lost > 3) return `${base}-${agentId.slice(0, 8)}`;
  const taken = new Set((await store.listAgents()).map((a) => a.name.toLowerCase()));
  if (!taken.has(wanted.toLowerCase())) return wanted;
  let number = 2;
  while (taken.has(`${base}-${number}`.toLowerCase())) number++;
  return `${base}-${number}`;
};

/** A host's name without its domain, as far as it can be a machine's name here. */
const usable = (name: string): string | null => {
  const host =
    name
      .split('.')[0]
      ?.replace(/[^A-Za-z0-9_-]+/g, '-')
      .replace(/^[-_]+/, '') ?? '';
  const cut = host.slice(0, wantedNameCharsMax);
  return agentNamePattern.test(name) && name.length <= wantedNameCharsMax
    ? name
    : agentNamePattern.test(cut)
      ? cut
      : null;
};
