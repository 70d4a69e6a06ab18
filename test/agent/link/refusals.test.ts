import { EventEmitter } from 'node:events';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import { describe, expect, test } from 'vitest';
import type { GatewayCall } from '../../../agent/src/link/gateway-channel.ts';
import {
  GatewayLink,
  type LinkOwner,
  type LinkServer,
  type LinkState,
} from '../../../agent/src/link/link.ts';
import { readStatus } from '../../../agent/src/run/status-file.ts';
import { makeTlsScene } from '../tls-gateway.ts';

/** A log that resolves when it has heard a matching error. */
const listen = () => {
  const errors: string[] = [];
  const events = new EventEmitter();
  const error = (_: object, message: string) => {
    errors.push(message);
    events.emit('error-said');
  };
  const said = async (pattern: RegExp): Promise<void> => {
    while (!errors.some((one) => pattern.test(one))) {
      await new Promise<void>((resolve) => events.once('error-said', () => resolve()));
    }
  };
  return { log: { info: () => {}, warn: () => {}, error }, errors, said };
};

describe('an agent that is refused', () => {
  test.each([
    [
      'removed',
      status.UNAUTHENTICATED,
      'db1 was removed from this server by ada. Join again with a new invitation.',
    ],
    ['suspended', status.PERMISSION_DENIED, 'db1 is suspended: two machines used its identity at once.'],
    ['too old', status.FAILED_PRECONDITION, 'This server speaks protocol 3 to 4; install its agent.'],
  ])('because it is %s says so in the server’s words, and its status tells', async (_, code, details) => {
    const scene = await makeTlsScene();
    await scene.join();
    scene.refuseStream = () => ({ code, details });
    const { log, said, errors } = listen();
    await scene.agent({ log }, false);
    await said(/./);
    expect(errors).toEqual([details]);
    expect(readStatus(scene.dataDir)).toMatchObject({ state: 'refused', reason: details });
  });

  test('by a gateway of another authority sends nothing and says who may be there', async () => {
    const scene = await makeTlsScene();
    await scene.join();
    const other = await makeTlsScene();
    const file = join(scene.dataDir, 'identity.json');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace(`127.0.0.1:${scene.gateway.port}`, `127.0.0.1:${other.gateway.port}`));
    const { log, said } = listen();
    await scene.agent({ log }, false);
    await said(/has no certificate of the server that this agent joined/);
    expect(other.shown).toEqual([]);
  });

  test('by a welcome in a protocol that it does not speak ends the stream and says which', async () => {
    const scene = await makeTlsScene();
    await scene.join();
    scene.gateway.onWelcome = (welcome) => void Object.assign(welcome, { protocolVersion: 7 });
    const { log, said } = listen();
    await scene.agent({ log }, false);
    await said(/wants to speak protocol 7; this agent speaks 1 to 2/);
    expect(scene.gateway.heartbeats).toEqual([]);
  });
});

test('two machines with one identity both answer a challenge', async () => {
  const scene = await makeTlsScene();
  await scene.join();
  const { gateway } = scene;
  const copy = join(scene.dir, 'copy');
  cpSync(scene.dataDir, copy, { recursive: true });
  await scene.agent();
  const older = gateway.stream;
  await scene.agent({ dataDir: copy });
  const nonces = [Buffer.from('to the older'), Buffer.from('to the newer')];
  for (const [at, stream] of [older, gateway.stream].entries())
    stream?.write({ items: [{ challenge: { nonce: nonces[at] ?? Buffer.alloc(0) } }] });
  await gateway.until(() => gateway.challengeReplies.length === 2);
  expect(gateway.challengeReplies.map(String).sort()).toEqual(['to the newer', 'to the older']);
});

/** A far end that fails as it is told, without a socket, so that many tries fit into a moment. */
const makeStub = (refusals: ({ sentence: string; retryMs?: number } | null)[]) => {
  const calls: (EventEmitter & { written: object[] })[] = [];
  const states: LinkState[] = [];
  const server: LinkServer = {
    channel: () => ({
      connect: () => {
        const call = Object.assign(new EventEmitter(), {
          written: [] as object[],
          write(frame: object) {
            call.written.push(frame);
            return false;
          },
          cancel: () => {},
          end: () => call.emit('status'),
        });
        calls.push(call);
        return call as unknown as GatewayCall;
      },
      close: () => {},
    }),
    delayMs: () => 0,
    refusalOf: () => {
      const refusal = refusals[calls.length - 1];
      return refusal ? { kind: 'removed', retryMs: 0, ...refusal } : null;
    },
    linkState: (state) => void states.push(state),
  };
  return { calls, states, server };
};

const owner = {
  hello: () => ({}),
  welcome: () => null,
  received: () => {},
  collect: () => [],
  heartbeat: () => ({ heartbeat: {} }),
} as unknown as LinkOwner;

test('a refusal is logged once for as long as it is the same', async () => {
  const removed = { sentence: 'removed' };
  const stub = makeStub([removed, removed, null, removed, { sentence: 'suspended' }]);
  const { log, errors } = listen();
  const link = new GatewayLink({ server: stub.server, owner, log, random: () => 0, monotonicMs: () => 0 });
  link.start();
  for (let n = 0; n < 5; n++) {
    while (stub.calls.length <= n) await new Promise((resolve) => setImmediate(resolve));
    stub.calls[n]?.emit('error', Object.assign(new Error('16 UNAUTHENTICATED'), { code: 16, details: '' }));
  }
  await link.stop();
  expect(errors).toEqual(['removed', 'suspended']);
  expect(stub.states.map(({ kind }) => kind)).toEqual([
    'refused',
    'refused',
    'connecting',
    'refused',
    'refused',
  ]);
});

test('a stream that is cut with a refusal is asked about at once, and that an agent is removed once more soon', async () => {
  const refusal = { sentence: 'cut', retryMs: 86_400_000 };
  const stub = makeStub([refusal, refusal]);
  const waits: number[] = [];
  const { log } = listen();
  const error = (fields: object) => void waits.push((fields as { waitMs: number }).waitMs);
  const link = new GatewayLink({
    server: stub.server,
    owner,
    log: { ...log, error },
    random: () => 0,
    monotonicMs: () => 0,
  });
  link.start();
  const fail = (call?: EventEmitter) => call?.emit('error', Object.assign(new Error(), { code: 16 }));
  stub.calls[0]?.emit('data', { items: [{ welcome: { heartbeatIntervalMs: 0 } }] });
  fail(stub.calls[0]);
  while (stub.calls.length < 2) await new Promise((resolve) => setImmediate(resolve));
  refusal.sentence = 'removed';
  fail(stub.calls[1]);
  await link.stop();
  expect(waits).toEqual([0, 15_000]);
});

test('what can not wait is sent though output waits for room', async () => {
  const stub = makeStub([]);
  const { log } = listen();
  const link = new GatewayLink({ server: stub.server, owner, log, random: () => 0, monotonicMs: () => 0 });
  link.start();
  const [call] = stub.calls;
  // The first heartbeat finds no room any more: `write` says so each time.
  call?.emit('data', { items: [{ welcome: { heartbeatIntervalMs: 0 } }] });
  const before = call?.written.length ?? 0;
  link.say({ challengeReply: { nonce: Buffer.from('n') } });
  expect(call?.written.slice(before)).toEqual([{ items: [{ challengeReply: { nonce: Buffer.from('n') } }] }]);
  await link.stop();
});
