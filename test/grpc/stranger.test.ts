import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { status } from '@grpc/grpc-js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { grpcMessageBytesMax } from '../../src/core/limits.ts';
import {
  downloadAskedMs,
  flowWindowBytes,
  handshakeMs,
  headerBytesMax,
  helloWithinMs,
  joinRate,
  outsiderMs,
  renewalRate,
  shareOfOne,
  strangersAtAddressMax,
} from '../../src/grpc/limits.ts';
import { approved, turns } from '../flow/rig.ts';
import { exited, helloOf, type TestAgent } from './test-agent.ts';
import { makeTlsRig, type Shown, type TlsRig } from './tls-rig.ts';

let rig: TlsRig;
/** An ordinary agent, which must not notice anything. */
let ordinary: TestAgent;
const sockets: Socket[] = [];
beforeEach(async () => {
  rig = await makeTlsRig();
  ordinary = rig.connect(await rig.certificateFor(rig.identities.add('web1')));
  await ordinary.hello('web1');
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await rig.dispose();
});

const kept = <S extends Socket>(socket: S): S => {
  sockets.push(socket);
  socket.on('error', () => {});
  socket.resume();
  return socket;
};
const at = () => ({ host: '127.0.0.1', port: rig.gateway.tlsPort ?? 0 });
const tcp = async (): Promise<Socket> => {
  const socket = kept(connectTcp(at()));
  await once(socket, 'connect');
  return socket;
};
const tls = async (protocol: string, options: object = {}): Promise<TLSSocket> => {
  const socket = kept(
    connectTls({ ...at(), rejectUnauthorized: false, ALPNProtocols: [protocol], ...options }),
  );
  await once(socket, 'secureConnect');
  return socket;
};
/** It is gone when its time has passed; the clock is stepped until then, since the server may not have seen it yet. */
const goneAfter = async (socket: Socket, ms: number): Promise<void> => {
  const closed = once(socket, 'close');
  let isClosed = false;
  void closed.then(() => {
    isClosed = true;
  });
  await turns();
  expect(isClosed).toBe(false);
  while (!isClosed) {
    rig.clock.step(ms);
    await turns();
  }
};
/** The ordinary agent still has its stream, and finishes a run. */
const isUnharmed = async (): Promise<void> => {
  await approved(rig, 'uptime on web1');
  const { runId } = await ordinary.order();
  ordinary.send({ accepted: { runId } }, { started: { runId } }, exited(runId));
  await ordinary.got('finishedAck');
  expect((await rig.store.getRun(runId.toString('hex')))?.state).toBe('succeeded');
  expect(ordinary.hasEnded).toBe(false);
};
const wereLogged = (): void => {
  const told = rig.lines.filter((l) => l.message === 'a stranger at the TLS port was turned away');
  expect(told.length).toBeGreaterThan(0);
};

describe('garbage on the port', () => {
  it.each([
    ['noise', () => randomBytes(64 * 1024)],
    ['HTTP in the clear', () => Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')],
    ['HTTP/2 in the clear', () => Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')],
    ['the beginning of a handshake, then zeros', () => Buffer.from(`160301${'00'.repeat(600)}`, 'hex')],
  ])('%s is turned away', async (_, bytes) => {
    const socket = await tcp();
    socket.write(bytes());
    await once(socket, 'close');
    wereLogged();
    await isUnharmed();
  });

  it('is turned away inside TLS too', async () => {
    for (const protocol of ['h2', 'http/1.1']) {
      const socket = await tls(protocol);
      socket.write(randomBytes(4_096));
      await once(socket, 'close');
    }
    await isUnharmed();
  });

  it('TLS 1.2 is not spoken', async () => {
    const socket = kept(connectTls({ ...at(), rejectUnauthorized: false, maxVersion: 'TLSv1.2' }));
    const [err] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
    expect(err.code).toMatch(/PROTOCOL_VERSION/);
    await turns();
    wereLogged();
    await isUnharmed();
  });
});

describe('who holds a connection and says nothing, or nearly nothing', () => {
  it('is gone after a while without a handshake', async () => {
    await goneAfter(await tcp(), handshakeMs);
    wereLogged();
  });

  it('is gone after a while with half a handshake', async () => {
    const socket = await tcp();
    socket.write(Buffer.from('16030100ff', 'hex'));
    await goneAfter(socket, handshakeMs);
  });

  it('is gone after a while with a silent HTTP/2 connection', async () => {
    await goneAfter(await tls('h2'), outsiderMs);
    wereLogged();
  });

  it('is gone after a while with headers that come byte by byte', async () => {
    const socket = await tls('http/1.1');
    socket.write('GET /install.sh HTTP/1.1\r\nX-Slow: ');
    await turns();
    socket.write('a');
    await goneAfter(socket, downloadAskedMs);
  });

  it('is gone after a while as an agent whose hello never comes whole', async () => {
    const shown = await rig.certificateFor(rig.identities.add('db1'));
    const session = connectHttp2(`https://127.0.0.1:${rig.gateway.tlsPort}`, {
      ...{ rejectUnauthorized: false, cert: shown.certificate, key: shown.key },
    });
    session.on('error', () => {});
    const stream = session.request({
      ...{ ':method': 'POST', ':path': '/nerdyops.v1.Gateway/Connect' },
      ...{ 'content-type': 'application/grpc', te: 'trailers' },
    });
    stream.on('error', () => {});
    stream.resume();
    stream.write(Buffer.from([0, 0, 0]));
    await once(session, 'connect');
    // Its answer comes after the stream was seen.
    await new Promise((resolve) => session.ping(resolve));
    rig.clock.step(helloWithinMs);
    const [headers] = (await once(stream, 'response')) as [Record<string, string>];
    const told = headers['grpc-status'] ? headers : ((await once(stream, 'trailers')) as [typeof headers])[0];
    expect(Number(told['grpc-status'])).toBe(status.DEADLINE_EXCEEDED);
    session.destroy();
  });

  it('gets a download, and then the connection ends', async () => {
    const socket = kept(connectTls({ ...at(), rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] }));
    let said = '';
    socket.on('data', (bytes) => {
      said += String(bytes);
    });
    socket.write('GET /install.sh HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    await once(socket, 'close');
    expect(said).toContain('a download');
  });
});

describe('who comes too often', () => {
  it('has only so many connections from one address, and the rest are turned away', async () => {
    const many = await Promise.all(Array.from({ length: strangersAtAddressMax }, () => tcp()));
    const oneMore = await tcp();
    if (!oneMore.destroyed) await once(oneMore, 'close');
    wereLogged();
    await isUnharmed();
    for (const socket of many) socket.destroy();
    await turns();
    rig.connect(await rig.certificateFor(rig.identities.add('db1')));
  });

  it('with secrets that are none is told to wait, and nothing more is looked at', async () => {
    const request = { inviteId: 'invite-1', secret: Buffer.alloc(32), csr: Buffer.alloc(0), name: 'x' };
    const facts = helloOf('x').facts;
    const codes: number[] = [];
    const share = joinRate.burst * shareOfOne;
    for (let i = 0; i <= share; i++) {
      const call = rig.call('enrolment', 'Join', { ...request, facts, protocolVersion: 2 }, null);
      codes.push(await call.then(() => -1).catch((err: { code: number }) => err.code));
    }
    expect(codes.filter((c) => c === status.UNAUTHENTICATED)).toHaveLength(share);
    expect(codes.at(-1)).toBe(status.RESOURCE_EXHAUSTED);
    await isUnharmed();
  });
});

describe('an agent that does not keep to the rules, or somebody with its key', () => {
  const another = async (): Promise<TestAgent> => {
    const agent = rig.connect(await rig.certificateFor(rig.identities.add('db1')));
    await agent.hello('db1');
    return agent;
  };

  it('sends a message of a hundred megabytes: its stream ends', async () => {
    const agent = await another();
    const data = Buffer.alloc(25 * grpcMessageBytesMax);
    agent.send({ output: { runId: Buffer.alloc(32), stream: 'OUTPUT_STREAM_STDOUT', offset: 0, data } });
    expect(await agent.status).toMatchObject({ code: status.RESOURCE_EXHAUSTED });
    await isUnharmed();
  });

  it('sends ten thousand frames at once: the others go on', async () => {
    const agent = await another();
    for (let i = 0; i < 10_000; i++) agent.send({ accepted: { runId: Buffer.alloc(32, i % 200) } });
    await isUnharmed();
  });

  it('renews as fast as it can: another renews all the same', async () => {
    const shown = await rig.certificateFor(rig.identities.add('db1'));
    const renewed = (as: Shown) =>
      rig.call('gateway', 'Renew', { csr: Buffer.alloc(0) }, as).catch((err: { code: number }) => err.code);
    let code: unknown = null;
    for (let i = 0; i <= renewalRate.burst && code !== status.RESOURCE_EXHAUSTED; i++)
      code = await renewed(shown);
    expect(code).toBe(status.RESOURCE_EXHAUSTED);
    expect(await renewed(await rig.certificateFor(rig.identities.add('web2')))).toBe(status.INVALID_ARGUMENT);
  });

  it('sends ten thousand hellos: its stream ends', async () => {
    const agent = rig.connect(await rig.certificateFor(rig.identities.add('db1')));
    for (let i = 0; i < 10_000 && !agent.hasEnded; i++) agent.send({ hello: helloOf('db1') });
    expect(await agent.status).toMatchObject({ code: status.INVALID_ARGUMENT });
    await isUnharmed();
  });
});

describe('an HTTP/2 connection', () => {
  it('is told our bounds: windows wide enough for a long line, and few headers', async () => {
    for (const shown of [null, await rig.certificateFor(rig.identities.add('db1'))]) {
      const options = shown ? { cert: shown.certificate, key: shown.key } : {};
      const session = connectHttp2(`https://127.0.0.1:${rig.gateway.tlsPort}`, {
        rejectUnauthorized: false,
        ...options,
      });
      session.on('error', () => {});
      while (session.remoteSettings.initialWindowSize !== flowWindowBytes)
        await once(session, 'remoteSettings');
      expect(session.remoteSettings.maxHeaderListSize).toBe(headerBytesMax);
      session.destroy();
    }
  });
});
