import { readJoinToken } from '../../src/core/join-token.ts';
import type { Policy } from '../../src/core/policy/policy.ts';
import { Enrolment } from '../../src/flow/enrol.ts';
import type { Invited, InviteWish } from '../../src/flow/invite.ts';
import type { Joined, JoinRequest } from '../../src/flow/join.ts';
import type { Store } from '../../src/ports/store.ts';
import { anAgent } from '../contract/store-rows.ts';
import { FakeAuthority } from './fake-authority.ts';
import { ada, makeRig } from './rig.ts';

export const hourMs = 3_600_000;

/** The flow's rig with enrolment on it: a real store on a disk, and an authority whose certificates are words. */
export const makeEnrolRig = async (policy?: Policy, decorate?: (store: Store) => Store) => {
  const rig = await makeRig(decorate, undefined, policy);
  const { store, clock, log, terms } = rig;
  const authority = new FakeAuthority();
  const address = (): string => 'gateway.test:7443';
  const open = (): Enrolment =>
    new Enrolment({ store, authority, roster: terms.policy.roster, clock, log, address });
  const enrolment = open();
  const cuts: string[] = [];
  enrolment.onCut((agentId) => cuts.push(agentId));
  return { ...rig, authority, enrolment, cuts, reopenEnrolment: open };
};

export type EnrolRig = Awaited<ReturnType<typeof makeEnrolRig>>;

export const wish = (over: Partial<InviteWish> = {}): InviteWish => ({
  name: null,
  labels: {},
  expiresMs: null,
  ...over,
});

export const invitedBy = async (rig: EnrolRig, over: Partial<InviteWish> = {}): Promise<Made> =>
  madeOf(await rig.enrolment.invite(ada, wish(over)));

type Made = Extract<Invited, { kind: 'invited' }>;
const madeOf = (invited: Invited): Made => {
  if (invited.kind === 'refused') throw new Error(`refused: ${invited.sentence.text}`);
  return invited;
};

/** What a machine sends that was given this token. */
export const joinWith = (token: string, key: string, over: Partial<JoinRequest> = {}): JoinRequest => {
  const read = readJoinToken(token);
  if (!read) throw new Error('no token');
  return {
    inviteId: read.inviteId,
    secret: read.secret,
    csr: Buffer.from(key),
    name: 'box',
    facts: anAgent('x').facts,
    peer: '192.0.2.7:40001',
    ...over,
  };
};

export type JoinedMachine = Extract<Joined, { kind: 'joined' }>;
export const joinedOf = (joined: Joined): JoinedMachine => {
  if (joined.kind === 'refused') throw new Error(`refused: ${joined.sentence.text}`);
  return joined;
};

/** A machine of that name, invited and joined. */
export const enrolled = async (
  rig: EnrolRig,
  name: string,
  labels: Record<string, string> = {},
): Promise<JoinedMachine> => {
  const { token } = await invitedBy(rig, { name, labels });
  return joinedOf(await rig.enrolment.join(joinWith(token, `key of ${name}`)));
};

export const certifiedOf = ({ agentId, generation }: JoinedMachine) => ({ agentId, generation });
