import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { type Invite, inviteState } from '../core/enrolment.ts';
import { writeJoinToken } from '../core/join-token.ts';
import { labelsProblem } from '../core/labels.ts';
import { inviteMs, inviteMsMax, inviteMsMin, invitesOpenMax } from '../core/limits.ts';
import { agentNamePattern } from '../core/selector.ts';
import { type Sentence, sentence } from '../core/sentences.ts';
import type { Actor } from '../core/task.ts';
import type { EnrolmentParts } from './enrolment-parts.ts';
import { adminRefusal, findManaged } from './managed-agent.ts';

/** What an admin wants of an invitation. */
export interface InviteWish {
  /** Null lets the machine say its own. */
  name: string | null;
  labels: Record<string, string>;
  /** How long it is good for; null is as long as usual. */
  expiresMs: number | null;
  /** The enrolled machine whose place the new one takes, set up anew: it keeps that one's name and labels. */
  rejoin?: string | null;
}

export type Invited =
  /** `token` stands nowhere else. */
  { kind: 'invited'; invite: Invite; token: string } | { kind: 'refused'; sentence: Sentence };

export type Withdrawn = { kind: 'done'; invite: Invite } | { kind: 'refused'; sentence: Sentence };

const secretBytes = 32;

export const invite = async (
  { store, authority, roster, clock, address }: EnrolmentParts,
  by: Actor,
  wish: InviteWish,
  eventId: string | null,
): Promise<Invited> => {
  const gateway = address();
  const no =
    adminRefusal(roster, by, 'invite a machine') ??
    (gateway === null ? sentence('enrolment_off', {}) : wishProblem(wish));
  if (no || gateway === null) return refused(no ?? sentence('enrolment_off', {}));
  // Read beside the commit: one more or less at the bound does no harm.
  const open = await store.openInvites(clock.now(), invitesOpenMax);
  if (open.length >= invitesOpenMax)
    return refused(sentence('invites_too_many', { countMax: invitesOpenMax }));
  const rejoined = wish.rejoin == null ? null : await findManaged(store, wish.rejoin);
  if (rejoined?.kind === 'refused') return rejoined;
  const secret = randomBytes(secretBytes);
  const scope = {
    ...(eventId === null ? {} : { event: eventId }),
    ...(wish.name === null ? {} : { agentName: wish.name }),
  };
  return store.change<Invited>(scope, (view) => {
    if (view.seenEventTask !== null) return { result: refused(sentence('invite_repeated', {})) };
    if (view.namesake) {
      const { name, identity } = view.namesake;
      return { result: refused(sentence('invite_name_taken', { name, isLocal: identity === null })) };
    }
    const made: Invite = {
      id: randomUUID(),
      secretDigest: createHash('sha256').update(secret).digest('hex'),
      name: rejoined?.agent.name ?? wish.name,
      labels: rejoined?.agent.labels ?? wish.labels,
      rejoins: rejoined?.agent.id ?? null,
      by,
      createdAt: view.now,
      expiresAt: view.now + (wish.expiresMs ?? inviteMs),
      used: null,
      withdrawnAt: null,
    };
    const token = writeJoinToken({
      address: gateway,
      caFingerprint: authority.fingerprint,
      inviteId: made.id,
      secret,
    });
    return {
      result: { kind: 'invited', invite: made, token },
      writes: {
        invite: made,
        audit: [inviteNote('agent.invite', made, by)],
        ...(eventId === null ? {} : { eventTask: 0 }),
      },
    };
  });
};

export const withdraw = async (
  { store, roster }: EnrolmentParts,
  by: Actor,
  inviteId: string,
): Promise<Withdrawn> => {
  const no = adminRefusal(roster, by, 'withdraw an invitation');
  if (no) return refused(no);
  return store.change<Withdrawn>({ invite: inviteId }, (view) => {
    const held = view.invite;
    if (!held) return { result: refused(sentence('invite_unknown', { id: inviteId })) };
    const state = inviteState(held, view.now);
    if (state !== 'open') return { result: refused(sentence('invite_over', { id: held.id, state })) };
    const gone = { ...held, withdrawnAt: view.now };
    return {
      result: { kind: 'done', invite: gone },
      writes: { invite: gone, audit: [inviteNote('agent.withdraw', gone, by)] },
    };
  });
};

const refused = (why: Sentence): { kind: 'refused'; sentence: Sentence } => ({
  kind: 'refused',
  sentence: why,
});

const wishProblem = ({ name, labels, ...wish }: InviteWish): Sentence | null => {
  if (name !== null && !agentNamePattern.test(name)) return sentence('agent_name_unusable', { name });
  const problem = labelsProblem(labels);
  if (problem !== null) return sentence('labels_unusable', { problem });
  const expiresMs = wish.expiresMs ?? inviteMs;
  const fits = Number.isSafeInteger(expiresMs) && expiresMs >= inviteMsMin && expiresMs <= inviteMsMax;
  return fits ? null : sentence('invite_time_unusable', {});
};

const inviteNote = (kind: 'agent.invite' | 'agent.withdraw', made: Invite, actor: Actor) => ({
  kind,
  actor,
  task: null,
  run: null,
  digest: null,
  detail: {
    invite: made.id,
    agent: made.name,
    agentId: made.rejoins,
    labels: JSON.stringify(made.labels),
    until: made.expiresAt,
  },
});
