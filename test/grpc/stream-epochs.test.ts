import { status } from '@grpc/grpc-js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { challengeWithinMs } from '../../src/grpc/limits.ts';
import { turns } from '../flow/rig.ts';
import { helloOf, type TestAgent } from './test-agent.ts';
import { makeTlsRig, type Shown, type TlsRig } from './tls-rig.ts';

let rig: TlsRig;
let shown: Shown;
beforeEach(async () => {
  rig = await makeTlsRig();
  shown = await rig.certificateFor(rig.identities.add('db1'));
});
afterEach(() => rig.dispose());

const connected = async (over: object = {}): Promise<TestAgent> => {
  const agent = rig.connect(shown);
  await agent.hello('db1', over);
  return agent;
};
/** The same identity again; its hello is on its way. */
const again = (): TestAgent => {
  const agent = rig.connect(shown);
  agent.send({ hello: helloOf('db1') });
  return agent;
};

describe('an identity that connects again', () => {
  it('while its old stream is dead takes its place, once that has not answered', async () => {
    const older = await connected();
    const newer = again();
    await older.got('challenge');
    expect(newer.items).toEqual([]);
    rig.clock.step(challengeWithinMs);
    await newer.got('welcome');
    expect((await older.status).code).toBe(status.OK);
    expect(rig.identities.suspended).toEqual([]);
    expect(await rig.store.listAgents()).toMatchObject([{ name: 'db1', online: true }]);
    expect(rig.gateway.connected).toBe(1);
  });

  it('while its old stream lives is two machines: both are cut off, and people are told', async () => {
    const older = await connected();
    const newer = again();
    const { challenge } = await older.got('challenge');
    older.send({ challengeReply: { nonce: challenge.nonce } });
    const ended = {
      code: status.PERMISSION_DENIED,
      details: expect.stringContaining('Two machines use the identity of db1 at once'),
    };
    expect(await older.status).toMatchObject(ended);
    expect(await newer.status).toMatchObject(ended);
    expect(rig.identities.suspended).toEqual([
      {
        agentId: 'agent-db1-id',
        detail: expect.stringMatching(/two machines used it at once, at 127\.0\.0\.1:\d+ and/),
      },
    ]);
    expect(rig.lines.filter((l) => l.level === 'error').map((l) => l.message)).toContain(
      'two machines use one identity',
    );
    const third = again();
    expect(await third.status).toMatchObject({ code: status.PERMISSION_DENIED });
  });

  it('is not taken for alive by another nonce, or by one that nobody asked for', async () => {
    const older = await connected();
    older.send({ challengeReply: { nonce: Buffer.alloc(16) } });
    const newer = again();
    await older.got('challenge');
    for (const nonce of [Buffer.alloc(16), Buffer.alloc(0), Buffer.alloc(1_000)]) {
      older.send({ challengeReply: { nonce } });
    }
    await turns();
    rig.clock.step(challengeWithinMs);
    await newer.got('welcome');
    expect(rig.identities.suspended).toEqual([]);
  });

  it('takes the place of a stream that breaks while it is asked', async () => {
    const older = await connected();
    const newer = again();
    await older.got('challenge');
    older.cut();
    await newer.got('welcome');
    expect(rig.gateway.connected).toBe(1);
  });

  it('a third time meanwhile is told to come again', async () => {
    const older = await connected();
    const newer = again();
    await older.got('challenge');
    expect(await again().status).toMatchObject({ code: status.UNAVAILABLE });
    rig.clock.step(challengeWithinMs);
    await newer.got('welcome');
  });

  it('replaces at once an agent that knows no challenge yet', async () => {
    const older = await connected({ protocolVersion: 1 });
    const newer = again();
    await newer.got('welcome');
    expect((await older.status).code).toBe(status.OK);
    expect(older.all('challenge')).toEqual([]);
  });

  it('and gives up before its turn leaves the old stream alone', async () => {
    const older = await connected();
    const newer = again();
    await older.got('challenge');
    newer.cut();
    await turns(50);
    rig.clock.step(challengeWithinMs);
    await turns(50);
    expect(older.hasEnded).toBe(false);
    expect(rig.gateway.connected).toBe(1);
  });
});
