import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { ServerCredentials } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { grpcServer } from '../../src/grpc/grpc-server.ts';
import { Health } from '../../src/grpc/health.ts';
import { healthEveryMs } from '../../src/grpc/limits.ts';
import { SteppedClock } from '../fakes/stepped-clock.ts';
import { turns } from '../flow/rig.ts';

describe('the health of the server', () => {
  it('is what is found when it was looked at last, and nothing once it stops', async () => {
    const said: string[] = [];
    let isReady = true;
    const clock = new SteppedClock();
    const health = new Health(async () => isReady, clock);
    let check: (name: string) => string = () => '';
    const services: unknown[] = [];
    health.addTo({
      addService: (
        _: unknown,
        handlers: Record<string, (call: object, done: (e: unknown, r: unknown) => void) => void>,
      ) => {
        services.push(handlers);
        check = (service) => {
          let status = '';
          handlers.check?.({ request: { service } }, (_, reply) => {
            status = (reply as { status: string }).status;
          });
          return status;
        };
      },
    } as never);
    said.push(check(''));
    await health.look();
    said.push(check(''));
    isReady = false;
    clock.step(healthEveryMs);
    await turns();
    said.push(check(''));
    isReady = true;
    clock.step(healthEveryMs);
    await turns();
    said.push(check(''));
    health.stop();
    said.push(check(''));
    expect(said).toEqual(['NOT_SERVING', 'SERVING', 'NOT_SERVING', 'SERVING', 'NOT_SERVING']);
    expect(clock.pendingCount).toBe(0);
  });
});

describe('a peer that is gone without a word', () => {
  it('is noticed by the pings that it leaves unanswered, also on a connection that was handed in', async () => {
    const server = grpcServer({ 'grpc.keepalive_time_ms': 20, 'grpc.keepalive_timeout_ms': 20 });
    const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
    const port = createServer((socket) => injector.injectConnection(socket)).listen(0, '127.0.0.1');
    await once(port, 'listening');
    const peer = connect((port.address() as AddressInfo).port, '127.0.0.1');
    peer.resume();
    // HTTP/2's preface and empty settings (RFC 9113, 3.4), then nothing: no answer to any ping.
    peer.write(
      Buffer.concat([
        Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
        Buffer.from('000000040000000000', 'hex'),
      ]),
    );
    await once(peer, 'close');
    server.forceShutdown();
    port.close();
  });
});
