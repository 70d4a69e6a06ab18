import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AgentItem } from '../../proto/agent-stream.ts';
import {
  frameItemsMax,
  grpcMessageBytesMax,
  heartbeatMs,
  heartbeatsMissedMax,
  outputChunkBytesMax,
  scriptBytesMax,
} from '../../src/core/limits.ts';
import { Gateway, type GatewayAddress, GatewayListenError } from '../../src/grpc/gateway.ts';
import { drainMs, socketPathBytesMax } from '../../src/grpc/limits.ts';
import { protoText } from '../agent/fake-gateway.ts';
import { act, agentIdOf, approved, cardOf, proposed, turns, yes } from '../flow/rig.ts';
import { type GatewayRig, gatewayParts, makeGatewayRig } from './gateway-rig.ts';
import { helloOf, TestAgent } from './test-agent.ts';

let rig: GatewayRig;
beforeEach(async () => {
  rig = await makeGatewayRig();
});
afterEach(() => rig.dispose());

const ordered = async () => {
  const agent = await rig.connected('db1');
  await approved(rig, 'uptime on db1');
  return { agent, runId: (await agent.order()).runId };
};
/** Edits a script to this text and approves it. */
const runScript = async (text: string): Promise<void> => {
  const card = await proposed(rig, 'uptime on db1');
  const texts = [{ digest: card.scripts[0]?.digest ?? '', text }];
  const edited = cardOf(await rig.desk.edit(card.task, { ...act, proposal: 1, texts }));
  cardOf(await rig.desk.approve(card.task, yes(edited)));
};
const output = (runId: Buffer, data: Buffer, offset = 0): AgentItem => ({
  output: { runId, stream: 'OUTPUT_STREAM_STDOUT', offset, data },
});

describe('what is no agent', () => {
  it.each([
    ['nothing but noise', () => randomBytes(64 * 1024)],
    ['a web browser', () => Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')],
    ['a preface and then noise', () => Buffer.from(`PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${'\0'.repeat(4096)}`)],
  ])('%s is let go, and the others are served', async (_, bytes) => {
    const socket = connect(rig.path);
    socket.on('error', () => {});
    socket.resume();
    socket.write(bytes());
    await once(socket, 'close');
    await rig.connected('db1');
    expect(rig.gateway.connected).toBe(1);
  });

  it('someone who connects and leaves leaves nothing behind', async () => {
    for (let i = 0; i < 20; i++) {
      const socket = connect(rig.path);
      await once(socket, 'connect');
      socket.destroy();
    }
    await rig.connected('db1');
    expect(rig.gateway.connected).toBe(1);
  });
});

describe('an agent that does not keep to the rules', () => {
  it('sends a message over the limit: its stream ends, the server does not care', async () => {
    const { agent, runId } = await ordered();
    agent.send(output(runId, Buffer.alloc(grpcMessageBytesMax)));
    expect(await agent.status).toMatchObject({ code: status.RESOURCE_EXHAUSTED });
    await rig.connected('web1');
    expect((await rig.store.getRun(runId.toString('hex')))?.stdoutBytes).toBe(0);
  });

  it('sends the largest chunk that is allowed, many in a frame: they are kept', async () => {
    const { agent, runId } = await ordered();
    const chunks = Array.from({ length: 8 }, (_, i) =>
      output(runId, Buffer.alloc(outputChunkBytesMax, `${'abcdefg'.repeat(9)}\n`), i * outputChunkBytesMax),
    );
    agent.send(...chunks);
    const { outputAck } = await agent.got('outputAck', 8);
    expect(outputAck.offset).toBe(8 * outputChunkBytesMax);
  });

  it('sends more items in a frame than one may hold: its stream ends', async () => {
    const { agent, runId } = await ordered();
    agent.send(...Array.from({ length: frameItemsMax + 1 }, () => ({ accepted: { runId } })));
    expect(await agent.status).toMatchObject({ code: status.INVALID_ARGUMENT });
  });

  it('ends a run in a way that this version does not know: its stream ends, the run stays open', async () => {
    const { agent, runId } = await ordered();
    agent.send({ finished: { runId, end: 99 } } as never);
    expect(await agent.status).toMatchObject({ code: status.INVALID_ARGUMENT });
    expect((await rig.store.getRun(runId.toString('hex')))?.state).toBe('sent');
  });

  it('says something of a later version: it is passed over', async () => {
    const { agent, runId } = await ordered();
    agent.send({} as AgentItem, { accepted: { runId } });
    await rig.until(async () =>
      (await rig.store.getRun(runId.toString('hex')))?.state === 'accepted' ? true : null,
    );
    expect(agent.hasEnded).toBe(false);
  });

  it('never reads: it gets orders only until a little is left unread, and is soon taken for gone', async () => {
    const deaf = rig.connect(false);
    await deaf.hello('db1');
    const text = `# ${'x'.repeat(scriptBytesMax - 8)}`;
    for (let i = 0; i < 150; i++) await runScript(`${text}${i}`);
    await turns(60);
    const queued = await rig.store.listRuns(['queued'], agentIdOf('db1'), 1_000);
    const sent = await rig.store.listRuns(['sent'], agentIdOf('db1'), 1_000);
    expect(sent.length + queued.length).toBe(150);
    expect(queued.length).toBeGreaterThan(50);
    rig.clock.step(heartbeatMs * heartbeatsMissedMax);
    await rig.until(async () => ((await rig.store.listAgents())[0]?.online === false ? true : null));
  });
});

describe('a gateway that stops', () => {
  it('tells its agents to come back, ends their streams, and notes that they are offline', async () => {
    const agents = [await rig.connected('db1'), await rig.connected('web1')];
    await rig.gateway.stop();
    for (const agent of agents) {
      expect((await agent.got('drain')).drain).toEqual({ reconnectWithinMs: drainMs });
      expect(await agent.status).toMatchObject({ code: status.OK });
    }
    expect((await rig.store.listAgents()).map((a) => a.online)).toEqual([false, false]);
  });

  it('may stop twice, and with someone on the line who said nothing', async () => {
    const silent = rig.connect();
    silent.send();
    await Promise.all([rig.gateway.stop(), rig.gateway.stop()]);
    await silent.status;
  });

  it('commits what was on its way', async () => {
    const { agent, runId } = await ordered();
    agent.send({ accepted: { runId } });
    await rig.until(async () =>
      (await rig.store.getRun(runId.toString('hex')))?.state === 'accepted' ? true : null,
    );
    await rig.gateway.stop();
    expect((await rig.store.getRun(runId.toString('hex')))?.state).toBe('accepted');
  });
});

describe('an agent that leaves', () => {
  it('while the queue is away is offline all the same', async () => {
    const agent = await rig.connected('db1');
    await rig.queue.stop();
    agent.cut();
    await rig.until(async () => ((await rig.store.listAgents())[0]?.online === false ? true : null));
  });
});

const gatewayAt = (address: GatewayAddress) =>
  new Gateway({ address, protoText, parts: gatewayParts(rig), tls: null });

describe('where there are no sockets', () => {
  it('only those who show the token of the data directory are heard', async () => {
    const probe = createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const { port } = probe.address() as AddressInfo;
    await new Promise((resolve) => probe.close(resolve));
    const gateway = gatewayAt({ kind: 'loopback', port, token: 'the-token' });
    await gateway.start();
    for (const token of [null, '', 'the-tokem', 'the-token ']) {
      const stranger = new TestAgent(`127.0.0.1:${port}`, true, token);
      stranger.send({ hello: helloOf('db1') });
      expect(await stranger.status).toMatchObject({ code: status.UNAUTHENTICATED });
      stranger.cut();
    }
    expect(await rig.store.listAgents()).toEqual([]);
    const owner = new TestAgent(`127.0.0.1:${port}`, true, 'the-token');
    await owner.hello('db1');
    owner.cut();
    await gateway.stop();
  });
});

describe('the socket', () => {
  const another = (path: string) => gatewayAt({ kind: 'socket', path });

  it('that a killed server left is replaced', async () => {
    const path = join(rig.dataDir, 'other.sock');
    writeFileSync(path, '');
    const gateway = another(path);
    await gateway.start();
    expect(statSync(path).isSocket()).toBe(true);
    await gateway.stop();
  });

  it('with a path that no socket can have is refused with a sentence', async () => {
    const path = join(rig.dataDir, 'x'.repeat(socketPathBytesMax));
    const err = await another(path)
      .start()
      .catch((e: unknown) => e);
    expect(err).toBeInstanceOf(GatewayListenError);
    expect(err).toMatchObject({ sentence: { code: 'socket_path_too_long' } });
    expect(existsSync(path)).toBe(false);
  });

  it('in a folder that does not exist is a fault that names the path', async () => {
    const path = join(rig.dataDir, 'no/such.sock');
    await expect(another(path).start()).rejects.toThrow(path);
  });
});
