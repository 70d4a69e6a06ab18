import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { joined, KeptServer, until } from '../e2e/loop.ts';
import { makeDir } from '../e2e/processes.ts';
import { freePort } from '../fakes/free-port.ts';
import { RoughProxy } from '../fakes/rough-proxy.ts';
import { JoinedMachine } from './joined-machine.ts';
import { Pour } from './pour.ts';

const name = 'rough';
const dir = makeDir();
const dataDir = join(dir.path, 'data');
let server: KeptServer;
let proxy: RoughProxy;
let machine: JoinedMachine;

beforeAll(async () => {
  const host = '127.0.0.1';
  const port = await freePort();
  proxy = await RoughProxy.listen({ host, port: 0 }, { host, port });
  const address = `${host}:${proxy.port}`;
  server = new KeptServer(dataDir, {}, { NERDY_GRPC_PORT: String(port), NERDY_GRPC_ADDRESS: address });
  machine = await JoinedMachine.join({ server, dataDir, name, dir: join(dir.path, name), on: [] });
});

beforeEach(async () => {
  proxy.become({ kind: 'smooth' });
  await joined(server, name);
});

afterAll(async () => {
  proxy.become({ kind: 'smooth' });
  await machine?.stop();
  await server?.kill();
  await proxy?.stop();
  dir.remove();
});

describe('an agent whose bytes, over TLS,', () => {
  test('come late and in pieces: output whole, exit code right, executed once', async () => {
    proxy.become({ kind: 'slow', delayMs: 20, pieceBytes: 61 });
    const pour = await Pour.start(server, name, dir.path);
    await pour.half();
    pour.goOn();
    expect(await pour.told()).toMatchObject(Pour.expected);
  });

  test.each([1, 100, 3_000, 30_000, 150_000])(
    'are cut off after %s more of them: the next connection goes on where this one ended',
    async (afterBytes) => {
      const before = proxy.connections;
      const cut = proxy.cutOnceAfter(afterBytes);
      const pour = await Pour.start(server, name, dir.path);
      await cut;
      pour.goOn();
      expect(await pour.told()).toMatchObject(Pour.expected);
      expect(proxy.connections).toBeGreaterThan(before);
    },
  );

  test('are cut off again and again: each connection brings the rest nearer', async () => {
    const before = proxy.connections;
    proxy.become({ kind: 'cutting', afterBytes: 150_000 });
    const pour = await Pour.start(server, name, dir.path);
    pour.goOn();
    expect(await pour.told()).toMatchObject(Pour.expected);
    expect(proxy.connections - before).toBeGreaterThan(1);
  });

  test('are not all there: TLS notices, and nobody reads on over the gap', async () => {
    const before = proxy.connections;
    proxy.become({ kind: 'losing', everyBytes: 200_000 });
    const pour = await Pour.start(server, name, dir.path);
    pour.goOn();
    expect(await pour.told()).toMatchObject(Pour.expected);
    expect(proxy.connections).toBeGreaterThan(before);
  });

  test('go nowhere, though nothing is closed: keepalive notices, and a new connection brings the rest', async () => {
    const pour = await Pour.start(server, name, dir.path);
    await pour.half();
    proxy.become({ kind: 'silent' });
    pour.goOn();
    const isOffline = async () =>
      until(
        server,
        async (client) => (await client.agents()).find((a) => a.name === name && !a.online) ?? null,
      );
    await isOffline();
    proxy.become({ kind: 'smooth' });
    expect(await pour.told()).toMatchObject(Pour.expected);
  });
});
