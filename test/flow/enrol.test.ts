import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readJoinToken } from '../../src/core/join-token.ts';
import { invitesOpenMax } from '../../src/core/limits.ts';
import { joinAgainMs } from '../../src/flow/limits.ts';
import {
  certifiedOf,
  type EnrolRig,
  enrolled,
  hourMs,
  invitedBy,
  joinedOf,
  joinWith,
  makeEnrolRig,
  wish,
} from './enrol-rig.ts';
import { certificateMs } from './fake-authority.ts';
import { ada } from './rig.ts';

let rig: EnrolRig;
beforeEach(async () => {
  rig = await makeEnrolRig();
});
afterEach(() => rig.dispose());

const kinds = async () => (await rig.store.listAudit(0, 100)).map((e) => e.kind);

describe('an invitation', () => {
  it('gives a token once and keeps only the digest of its secret', async () => {
    const { token, invite } = await invitedBy(rig, { labels: { role: 'db' } });
    const read = readJoinToken(token);
    expect(read).toMatchObject({
      address: 'gateway.test:7443',
      caFingerprint: rig.authority.fingerprint,
      inviteId: invite.id,
    });
    const stored = JSON.stringify([await rig.enrolment.invites(), await rig.store.listAudit(0, 100)]);
    expect(stored).not.toContain(read?.secret.toString('hex'));
    expect(stored).not.toContain(read?.secret.toString('base64url'));
    expect(invite).toMatchObject({ labels: { role: 'db' }, by: ada, used: null });
    expect(invite.expiresAt).toBe(rig.clock.now() + hourMs);
  });

  it('makes one machine an agent, with the labels that it grants', async () => {
    const { token } = await invitedBy(rig, { labels: { role: 'db' } });
    const joined = joinedOf(await rig.enrolment.join(joinWith(token, 'k1', { name: 'db1' })));
    expect(joined).toMatchObject({ name: 'db1', labels: { role: 'db' }, generation: 1 });
    expect(await rig.store.listAgents()).toMatchObject([
      {
        id: joined.agentId,
        ...{ name: 'db1', labels: { role: 'db' }, online: false },
        identity: { state: 'active', generation: 1, certificateUntil: rig.clock.now() + certificateMs },
      },
    ]);
    expect(await rig.enrolment.invites()).toEqual([]);
    expect(await kinds()).toEqual(['agent.invite', 'agent.enrol']);
    const again = await rig.enrolment.join(joinWith(token, 'k2'));
    expect(again).toMatchObject({ kind: 'refused', code: 'used' });
  });

  it('lets one of two machines in that use it at once', async () => {
    const { token } = await invitedBy(rig);
    const both = await Promise.all(['k1', 'k2'].map((key) => rig.enrolment.join(joinWith(token, key))));
    expect(both.map((j) => j.kind).sort()).toEqual(['joined', 'refused']);
    expect(await rig.store.listAgents()).toHaveLength(1);
  });

  it('answers one machine that asks twice at once with one identity', async () => {
    const { token } = await invitedBy(rig);
    const both = await Promise.all([1, 2].map(() => rig.enrolment.join(joinWith(token, 'k1'))));
    const [first, second] = both.map(joinedOf);
    expect(first?.agentId).toBe(second?.agentId);
    expect(await rig.store.listAgents()).toHaveLength(1);
    expect((await kinds()).filter((k) => k === 'agent.enrol')).toHaveLength(1);
  });

  it('answers the same key again for some minutes, when the first answer was lost', async () => {
    const { token } = await invitedBy(rig, { expiresMs: 60_000 });
    const first = joinedOf(await rig.enrolment.join(joinWith(token, 'k1')));
    rig.clock.step(joinAgainMs);
    const second = joinedOf(await rig.reopenEnrolment().join(joinWith(token, 'k1')));
    expect(certifiedOf(second)).toEqual(certifiedOf(first));
    expect(await rig.enrolment.join(joinWith(token, 'k2'))).toMatchObject({ code: 'used' });
    rig.clock.step(1);
    expect(await rig.enrolment.join(joinWith(token, 'k1'))).toMatchObject({ code: 'used' });
  });

  it('expires by the clock, to the millisecond', async () => {
    const { token } = await invitedBy(rig);
    const late = await invitedBy(rig);
    rig.clock.step(hourMs - 1);
    joinedOf(await rig.enrolment.join(joinWith(token, 'k1')));
    rig.clock.step(1);
    expect(await rig.enrolment.join(joinWith(late.token, 'k2'))).toMatchObject({ code: 'expired' });
    expect(await rig.enrolment.invites()).toEqual([]);
  });

  it('is worth nothing once it is withdrawn', async () => {
    const { token, invite } = await invitedBy(rig);
    expect(await rig.enrolment.withdraw(ada, invite.id)).toMatchObject({ kind: 'done' });
    expect(await rig.enrolment.join(joinWith(token, 'k1'))).toMatchObject({ code: 'withdrawn' });
    const again = await rig.enrolment.withdraw(ada, invite.id);
    expect(again).toMatchObject({ kind: 'refused', sentence: { code: 'invite_over' } });
    const unknown = await rig.enrolment.withdraw(ada, 'no-such-invite');
    expect(unknown).toMatchObject({ sentence: { code: 'invite_unknown' } });
  });

  it('tells a wrong secret nothing but that it is unknown', async () => {
    const { token, invite } = await invitedBy(rig);
    await rig.enrolment.withdraw(ada, invite.id);
    for (const over of [
      { secret: Buffer.alloc(32, 1) },
      { secret: Buffer.alloc(0) },
      { inviteId: 'other-id' },
    ]) {
      const refused = await rig.enrolment.join(joinWith(token, 'k1', over));
      expect(refused).toMatchObject({ code: 'unknown', sentence: { code: 'join_unknown' } });
    }
    expect(rig.authority.issued).toBe(0);
  });

  it('stays good when the certificate request can not be used', async () => {
    const { token } = await invitedBy(rig);
    expect(await rig.enrolment.join(joinWith(token, 'broken'))).toMatchObject({ code: 'malformed' });
    joinedOf(await rig.enrolment.join(joinWith(token, 'k1')));
  });

  it('is not spent by a server that dies between the certificate and the commit', async () => {
    const { token } = await invitedBy(rig);
    rig.authority.onIssue = () => Promise.reject(new Error('killed'));
    await expect(rig.enrolment.join(joinWith(token, 'k1'))).rejects.toThrow('killed');
    rig.authority.onIssue = async () => {};
    joinedOf(await rig.reopenEnrolment().join(joinWith(token, 'k2')));
  });

  it('is refused when it was withdrawn while its certificate was made', async () => {
    const { token, invite } = await invitedBy(rig);
    rig.authority.onIssue = async () => void (await rig.enrolment.withdraw(ada, invite.id));
    expect(await rig.enrolment.join(joinWith(token, 'k1'))).toMatchObject({ code: 'withdrawn' });
    expect(await rig.store.listAgents()).toEqual([]);
  });

  it('is bounded in time, labels, name and number', async () => {
    const codeOf = async (over: object) => {
      const made = await rig.enrolment.invite(ada, wish(over));
      return made.kind === 'refused' ? made.sentence.code : made.kind;
    };
    expect(await codeOf({ expiresMs: 59_999 })).toBe('invite_time_unusable');
    expect(await codeOf({ expiresMs: 7 * 24 * hourMs + 1 })).toBe('invite_time_unusable');
    expect(await codeOf({ expiresMs: Number.NaN })).toBe('invite_time_unusable');
    expect(await codeOf({ labels: { 'a b': 'c' } })).toBe('labels_unusable');
    expect(await codeOf({ labels: { a: '' } })).toBe('labels_unusable');
    const many = Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`k${i}`, 'v']));
    expect(await codeOf({ labels: many })).toBe('labels_unusable');
    expect(await codeOf({ name: '-rf' })).toBe('agent_name_unusable');
    for (let i = 0; i < invitesOpenMax; i++) void rig.enrolment.invite(ada, wish());
    expect(
      await rig.until(async () => ((await rig.enrolment.invites()).length === invitesOpenMax ? 1 : null)),
    ).toBe(1);
    expect(await codeOf({})).toBe('invites_too_many');
    rig.clock.step(hourMs);
    expect(await codeOf({})).toBe('invited');
  });

  it('is made once for one delivery, as its token can be shown only once', async () => {
    const first = await rig.enrolment.invite(ada, wish(), 'api:ada:1');
    const second = await rig.enrolment.invite(ada, wish(), 'api:ada:1');
    expect(first.kind).toBe('invited');
    expect(second).toMatchObject({ kind: 'refused', sentence: { code: 'invite_repeated' } });
    expect(await rig.enrolment.invites()).toHaveLength(1);
  });
});

describe('a name', () => {
  const nameAfter = async (name: string, key: string, hostname = '') => {
    const { token } = await invitedBy(rig);
    const { facts } = joinWith(token, key);
    const request = joinWith(token, key, { name, facts: { ...facts, hostname } });
    return joinedOf(await rig.enrolment.join(request)).name;
  };

  it("that is taken gets a number, and never another's identity", async () => {
    await enrolled(rig, 'db1');
    expect(await nameAfter('DB1', 'k1')).toBe('DB1-2');
    expect(await nameAfter('db1', 'k2')).toBe('db1-3');
    const names = await Promise.all(['k3', 'k4', 'k5', 'k6'].map((key) => nameAfter('web', key)));
    expect(new Set(names).size).toBe(4);
    expect((await rig.store.listAgents()).length).toBe(7);
  });

  it('is made of what the machine says, as far as it can be one', async () => {
    expect(await nameAfter('', 'k1', 'ip-10-0-0-1.ec2.internal')).toBe('ip-10-0-0-1.ec2.internal');
    expect(await nameAfter('Büro PC', 'k2')).toBe('B-ro-PC');
    expect(await nameAfter('$(reboot)', 'k3', '한국')).toBe('reboot-');
    expect(await nameAfter('...', 'k4', '한국')).toBe('machine');
    expect(await nameAfter('x'.repeat(500), 'k5')).toBe('x'.repeat(48));
  });

  it('that an invitation fixes must be free when it is made', async () => {
    await enrolled(rig, 'db1');
    const taken = await rig.enrolment.invite(ada, wish({ name: 'DB1' }));
    expect(taken).toMatchObject({ kind: 'refused', sentence: { code: 'invite_name_taken' } });
  });
});
