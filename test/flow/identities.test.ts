import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CertifiedAgent } from '../../src/core/enrolment.ts';
import { lostGraceMs } from '../../src/core/limits.ts';
import { approve } from '../../src/flow/approve.ts';
import { greet, noteLoad, takeName } from '../../src/flow/greet.ts';
import { refusedAgentNoteMs, refusedJoinsMax, refusedJoinsOfAllMax } from '../../src/flow/limits.ts';
import {
  certifiedOf,
  type EnrolRig,
  enrolled,
  hourMs,
  invitedBy,
  type JoinedMachine,
  joinedOf,
  joinWith,
  makeEnrolRig,
  wish,
} from './enrol-rig.ts';
import { certificateMs } from './fake-authority.ts';
import { FakeDrafter } from './fake-mind.ts';
import { ada, approved, askFor, cardOf, greetingOf, proposed, reached } from './rig.ts';

let rig: EnrolRig;
beforeEach(async () => {
  rig = await makeEnrolRig();
});
afterEach(() => rig.dispose());

const identityOf = async ({ agentId }: JoinedMachine) => (await rig.store.getAgent(agentId))?.identity;
const codeOf = async (certified: CertifiedAgent) => {
  const admitted = await rig.enrolment.admit(certified);
  return admitted.kind === 'refused' ? admitted.code : admitted.kind;
};
const says = async (joined: JoinedMachine, spoolId = 'spool') =>
  greet(rig.store, rig.check, greetingOf(joined.name, { agentId: joined.agentId, spoolId }));
const bob = { kind: 'person' as const, surface: 'web', id: 'U2', name: 'Bob' };

describe('a machine that joined', () => {
  it('is admitted by the name and labels of its record, and keeps them whatever its hello says', async () => {
    const joined = await enrolled(rig, 'db1', { role: 'db' });
    expect(await rig.enrolment.admit(certifiedOf(joined))).toEqual({
      kind: 'admitted',
      name: 'db1',
      labels: { role: 'db' },
    });
    const hello = greetingOf('root', { agentId: joined.agentId, labels: { role: 'web' } });
    expect(await takeName(rig.store, hello)).toBe(true);
    await greet(rig.store, rig.check, hello);
    expect(await rig.store.listAgents()).toMatchObject([
      { name: 'db1', labels: { role: 'db' }, online: true, spoolId: 'spool-of-root' },
    ]);
  });

  it('keeps its name from every agent of the local socket, also while it is off', async () => {
    await enrolled(rig, 'db1');
    expect(await takeName(rig.store, greetingOf('DB1', { agentId: 'another-agent' }))).toBe(false);
    expect((await rig.store.listAgents()).map((a) => a.name)).toEqual(['db1']);
  });

  it('renews, and its record says until when it is good', async () => {
    const joined = await enrolled(rig, 'db1');
    rig.clock.step(hourMs);
    const seq = await rig.store.lastSeq();
    expect(await rig.enrolment.renew(certifiedOf(joined), Buffer.from('k2'))).toMatchObject({
      kind: 'renewed',
    });
    expect((await identityOf(joined))?.certificateUntil).toBe(rig.clock.now() + certificateMs);
    expect(await rig.store.lastSeq()).toBe(seq);
    expect(await rig.enrolment.renew(certifiedOf(joined), Buffer.from('broken'))).toMatchObject({
      code: 'malformed',
    });
  });

  it('is not renewed when it was removed while its certificate was made', async () => {
    const joined = await enrolled(rig, 'db1');
    rig.authority.onIssue = async () => void (await rig.enrolment.remove(ada, 'db1'));
    expect(await rig.enrolment.renew(certifiedOf(joined), Buffer.from('k2'))).toMatchObject({
      code: 'removed',
    });
  });

  it('gets other labels and another name from admins, and no name that is taken', async () => {
    const joined = await enrolled(rig, 'db1');
    await enrolled(rig, 'db2');
    await rig.enrolment.relabel(ada, 'db1', { role: 'db' });
    expect(await rig.enrolment.rename(ada, 'db1', 'DB2')).toMatchObject({
      sentence: { code: 'agent_name_taken' },
    });
    expect(await rig.enrolment.rename(ada, 'db1', 'Db1')).toMatchObject({ kind: 'done' });
    expect(await rig.enrolment.rename(ada, 'db1', 'a b')).toMatchObject({
      sentence: { code: 'agent_name_unusable' },
    });
    expect(await rig.enrolment.admit(certifiedOf(joined))).toMatchObject({
      name: 'Db1',
      labels: { role: 'db' },
    });
  });
});

describe('a machine that is set up anew', () => {
  it("takes its own place again: the older generation's certificates are dead", async () => {
    const first = await enrolled(rig, 'db1', { role: 'db' });
    const { token, invite } = await invitedBy(rig, { rejoin: 'db1' });
    expect(invite).toMatchObject({ name: 'db1', labels: { role: 'db' }, rejoins: first.agentId });
    expect(await codeOf(certifiedOf(first))).toBe('admitted');
    const second = joinedOf(await rig.enrolment.join(joinWith(token, 'a new key', { name: 'other' })));
    expect(second).toMatchObject({
      agentId: first.agentId,
      name: 'db1',
      labels: { role: 'db' },
      generation: 2,
    });
    expect(rig.cuts).toEqual([first.agentId]);
    expect(await codeOf(certifiedOf(first))).toBe('superseded');
    expect(await rig.enrolment.renew(certifiedOf(first), Buffer.from('k'))).toMatchObject({
      code: 'superseded',
    });
    expect(await codeOf(certifiedOf(second))).toBe('admitted');
    expect(await rig.store.listAgents()).toHaveLength(1);
  });

  it('leaves one identity when two invitations for one place are used at once', async () => {
    const first = await enrolled(rig, 'db1');
    const tokens = [await invitedBy(rig, { rejoin: 'db1' }), await invitedBy(rig, { rejoin: 'db1' })];
    const both = await Promise.all(
      tokens.map(({ token }, i) => rig.enrolment.join(joinWith(token, `key ${i}`))),
    );
    expect(both.map((j) => joinedOf(j).generation).sort()).toEqual([2, 3]);
    expect(await identityOf(first)).toMatchObject({ generation: 3, state: 'active' });
  });

  it('ends a suspension, since the doubled certificates are dead', async () => {
    const first = await enrolled(rig, 'db1');
    await rig.enrolment.suspend(first.agentId, 'Two machines used it at once');
    const { token } = await invitedBy(rig, { rejoin: 'db1' });
    const second = joinedOf(await rig.enrolment.join(joinWith(token, 'k2')));
    expect([await codeOf(certifiedOf(first)), await codeOf(certifiedOf(second))]).toEqual([
      'superseded',
      'admitted',
    ]);
  });

  it('does not end a suspension that came after its invitation, but by a new one', async () => {
    const first = await enrolled(rig, 'db1');
    const { token } = await invitedBy(rig, { rejoin: 'db1' });
    rig.clock.step(1);
    await rig.enrolment.suspendNamed(ada, 'db1', 'an audit');
    expect(await rig.enrolment.join(joinWith(token, 'k2'))).toMatchObject({
      code: 'withdrawn',
      sentence: { code: 'join_place_held' },
    });
    expect(await identityOf(first)).toMatchObject({ generation: 1, state: 'suspended' });
    const again = await invitedBy(rig, { rejoin: 'db1' });
    expect(joinedOf(await rig.enrolment.join(joinWith(again.token, 'k2'))).generation).toBe(2);
  });

  it('does not end a suspension that comes while its certificate is made', async () => {
    const first = await enrolled(rig, 'db1');
    const { token } = await invitedBy(rig, { rejoin: 'db1' });
    rig.clock.step(1);
    const issue = rig.authority.issue.bind(rig.authority);
    rig.authority.issue = async (...args) => {
      await rig.enrolment.suspendNamed(ada, 'db1', null);
      return issue(...args);
    };
    expect(await rig.enrolment.join(joinWith(token, 'k2'))).toMatchObject({
      sentence: { code: 'join_place_held' },
    });
    expect(await identityOf(first)).toMatchObject({ generation: 1, state: 'suspended' });
  });

  it('is not let in once its place was removed', async () => {
    await enrolled(rig, 'db1');
    const { token } = await invitedBy(rig, { rejoin: 'db1' });
    await rig.enrolment.remove(ada, 'db1');
    expect(await rig.enrolment.join(joinWith(token, 'k2'))).toMatchObject({
      code: 'withdrawn',
      sentence: { code: 'join_place_gone' },
    });
    expect(await rig.enrolment.invite(ada, wish({ rejoin: 'db1' }))).toMatchObject({
      sentence: { code: 'agent_unknown' },
    });
  });

  it('does not get its first answer again after it was joined anew', async () => {
    const { token } = await invitedBy(rig, { name: 'db1' });
    joinedOf(await rig.enrolment.join(joinWith(token, 'k1')));
    const again = await invitedBy(rig, { rejoin: 'db1' });
    joinedOf(await rig.enrolment.join(joinWith(again.token, 'k2')));
    expect(await rig.enrolment.join(joinWith(token, 'k1'))).toMatchObject({ code: 'used' });
  });
});

describe('a suspended machine', () => {
  it('is cut, told why, and sent nothing until an admin resumes it', async () => {
    const joined = await enrolled(rig, 'db1');
    await says(joined);
    await rig.enrolment.suspend(joined.agentId, 'Two machines used it at once');
    await rig.enrolment.suspend(joined.agentId, 'again');
    expect(rig.cuts).toEqual([joined.agentId]);
    expect(await identityOf(joined)).toMatchObject({
      state: 'suspended',
      why: { text: expect.stringContaining('Two machines used it at once.') },
    });
    expect(await codeOf(certifiedOf(joined))).toBe('suspended');
    await noteLoad(rig.store, joined.agentId, {} as never);
    expect((await rig.store.getAgent(joined.agentId))?.online).toBe(false);
    expect(await rig.enrolment.resume(bob, 'db1')).toMatchObject({ sentence: { code: 'admin_missing' } });
    expect(await rig.enrolment.resume(ada, 'db1')).toMatchObject({ kind: 'done' });
    expect(await rig.enrolment.resume(ada, 'db1')).toMatchObject({ sentence: { code: 'agent_active' } });
    expect(await codeOf(certifiedOf(joined))).toBe('admitted');
  });

  it('keeps what waits for it until it is resumed, and gets no order meanwhile', async () => {
    const joined = await enrolled(rig, 'db1');
    await says(joined);
    const { runs } = await approved(rig, 'check memory on db1');
    await rig.enrolment.suspend(joined.agentId, 'Two machines used it at once');
    expect(await rig.dispatcher.take(joined.agentId)).toEqual([]);
    const card = await rig.desk.card(runs[0]?.task ?? 0);
    expect(card?.runs[0]?.sentence?.code).toBe('agent_held');
    await rig.enrolment.resume(ada, 'db1');
    await rig.dispatcher.push(runs);
    expect((await rig.dispatcher.take(joined.agentId)).map((o) => o.run.id)).toEqual([runs[0]?.id]);
  });
});

it.each(['suspended', 'removed'])(
  'is handed nothing once it is %s, though its stream still stands',
  async (how) => {
    const joined = await enrolled(rig, 'db1');
    await says(joined);
    const { task, proposal } = await proposed(rig, 'check memory on db1');
    if (how === 'suspended') await rig.enrolment.suspend(joined.agentId, 'Two machines used it at once');
    else await rig.enrolment.remove(ada, 'db1');
    const { revision = 0, digest = '' } = proposal ?? {};
    const act = { by: ada, eventId: null, proposal: revision, digest, canary: false, confirm: null };
    const { store, terms, seal } = rig;
    const outcome = await approve({ store, terms, seal }, task, act, () => true);
    expect(outcome).toMatchObject({ kind: 'done', orders: [], runs: [{ state: 'queued' }] });
  },
);

describe('a removed machine', () => {
  it('is cut, refused, listed no more and nobody’s target, and frees its name', async () => {
    const joined = await enrolled(rig, 'db1');
    await enrolled(rig, 'web1');
    expect(await rig.enrolment.remove(bob, 'db1')).toMatchObject({ sentence: { code: 'admin_missing' } });
    expect(await rig.enrolment.remove(ada, 'DB1')).toMatchObject({ kind: 'done' });
    expect(rig.cuts).toEqual([joined.agentId]);
    expect(await codeOf(certifiedOf(joined))).toBe('removed');
    expect((await rig.desk.agents()).map((a) => a.name)).toEqual(['web1']);
    await rig.drafting(new FakeDrafter());
    const { task } = cardOf(await rig.desk.ask(askFor('check memory on db1')));
    expect((await reached(rig, task, 'asking', 'failed', 'proposed')).task.state).not.toBe('proposed');
    const second = await enrolled(rig, 'db1');
    expect(second.agentId).not.toBe(joined.agentId);
    expect(await rig.enrolment.remove(ada, 'nobody')).toMatchObject({ sentence: { code: 'agent_unknown' } });
  });

  it('comes online by no late hello or heartbeat', async () => {
    const joined = await enrolled(rig, 'db1');
    await rig.enrolment.remove(ada, 'db1');
    await says(joined);
    await noteLoad(rig.store, joined.agentId, {} as never);
    expect(await rig.store.getAgent(joined.agentId)).toMatchObject({
      online: false,
      identity: { state: 'removed' },
    });
  });

  it('ends what waited for it at once, and what it had once its time is over', async () => {
    const joined = await enrolled(rig, 'db1');
    await says(joined);
    const running = await approved(rig, 'check memory on db1');
    await rig.dispatcher.take(joined.agentId);
    const waiting = await approved(rig, 'check disks on db1');
    const [had, waited] = [running.runs[0], waiting.runs[0]];
    if (!had || !waited) throw new Error('no runs');
    await rig.reports.accepted(joined.agentId, had.id);
    await rig.enrolment.remove(ada, 'db1');
    const recover = await rig.recovering();
    await rig.until(async () => ((await rig.store.getRun(waited.id))?.state === 'undelivered' ? true : null));
    expect((await rig.store.getRun(waited.id))?.sentence?.code).toBe('undelivered_removed');
    expect((await rig.store.getRun(had.id))?.state).toBe('accepted');
    rig.clock.step(had.runBy - rig.clock.now() + had.timeoutMs + lostGraceMs + 1);
    recover.wake();
    await rig.until(async () => ((await rig.store.getRun(had.id))?.state === 'lost' ? true : null));
    expect((await rig.store.getRun(had.id))?.sentence?.code).toBe('lost_removed');
    expect((await rig.store.getTask(had.task))?.runs[0]?.agentName).toBe('db1');
  });

  it('ends an approval that came after it as undelivered', async () => {
    await says(await enrolled(rig, 'db1'));
    const worker = await rig.drafting(new FakeDrafter());
    const { task } = cardOf(await rig.desk.ask(askFor('check memory on db1')));
    await reached(rig, task, 'proposed');
    await worker.stop();
    await rig.enrolment.remove(ada, 'db1');
    const card = await rig.desk.card(task);
    const { revision = 0, digest = '' } = card?.proposal ?? {};
    const act = { by: ada, eventId: null, proposal: revision, digest, canary: false, confirm: null };
    await rig.desk.approve(task, act);
    await rig.recovering();
    const record = await reached(rig, task, 'answering');
    expect(record.runs[0]?.sentence?.code).toBe('undelivered_removed');
  });
});

describe('who is turned away', () => {
  const kinds = async (kind: string) => (await rig.store.listAudit(0, 1_000)).filter((e) => e.kind === kind);

  it('is noted so often that people see it, and no stranger fills the log', async () => {
    const { token } = await invitedBy(rig);
    const guess = (peer: string) =>
      rig.enrolment.join(joinWith(token, 'k', { secret: Buffer.alloc(32), peer }));
    for (let i = 0; i < refusedJoinsMax + 3; i++) await guess('192.0.2.1');
    expect(await kinds('join.refused')).toHaveLength(refusedJoinsMax);
    for (let i = 0; i < 2 * refusedJoinsOfAllMax; i++) await guess(`198.51.100.${i}`);
    expect(await kinds('join.refused')).toHaveLength(refusedJoinsOfAllMax);
    rig.clock.step(60_000);
    await guess('192.0.2.1');
    const last = (await kinds('join.refused')).at(-1);
    expect(last?.detail).toMatchObject({ peer: '192.0.2.1', code: 'unknown' });
    expect(last?.detail.leftOut).toBe(2 * refusedJoinsOfAllMax - (refusedJoinsOfAllMax - refusedJoinsMax));
  });

  it('is noted once an hour where an old certificate comes again and again', async () => {
    const joined = await enrolled(rig, 'db1');
    await rig.enrolment.remove(ada, 'db1');
    for (let i = 0; i < 5; i++) await rig.enrolment.admit(certifiedOf(joined));
    expect(await kinds('agent.refused')).toMatchObject([{ detail: { agent: 'db1', code: 'removed' } }]);
    rig.clock.step(refusedAgentNoteMs);
    await rig.enrolment.admit(certifiedOf(joined));
    expect(await kinds('agent.refused')).toHaveLength(2);
  });

  it('is also an identity that the database has forgotten', async () => {
    expect(await codeOf({ agentId: 'nobody-knows-it', generation: 1 })).toBe('removed');
  });

  it('leaves agents of the local socket alone', async () => {
    await greet(rig.store, rig.check, greetingOf('local'));
    for (const refused of [
      rig.enrolment.remove(ada, 'local'),
      rig.enrolment.relabel(ada, 'local', {}),
      rig.enrolment.rename(ada, 'local', 'x'),
      rig.enrolment.suspendNamed(ada, 'local', null),
    ]) {
      expect(await refused).toMatchObject({ sentence: { code: 'agent_local' } });
    }
    // And nobody is sent to `--rejoin` for one, which it can't be.
    const taken = await rig.enrolment.invite(ada, wish({ name: 'local' }));
    expect(taken).toMatchObject({ kind: 'refused', sentence: { code: 'invite_name_taken' } });
    expect(JSON.stringify(taken)).not.toContain('rejoin');
  });
});
