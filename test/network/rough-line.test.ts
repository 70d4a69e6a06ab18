import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { InstalledAgent } from '../e2e/attack-scene.ts';
import { joined, KeptServer } from '../e2e/loop.ts';
import { makeDir } from '../e2e/processes.ts';
import { RoughProxy } from '../fakes/rough-proxy.ts';
import { Pour } from './pour.ts';

const dir = makeDir();
const dataDir = join(dir.path, 'data');
const server = new KeptServer(dataDir, {});
await server.call((client) => client.agents());

let proxy: RoughProxy;
let agent: InstalledAgent;
let name: string;
let scenes = 0;

beforeEach(async () => {
  name = `rough-${++scenes}`;
  const socket = join(dir.path, `${name}.sock`);
  proxy = await RoughProxy.listen({ path: socket }, { path: join(dataDir, 'gateway.sock') });
  agent = new InstalledAgent({ socket, dataDir: join(dir.path, name), name });
  await joined(server, name);
});

afterEach(async () => {
  await agent.stop();
  await proxy.stop();
});

afterAll(async () => {
  await server.kill();
  dir.remove();
});

describe('an agent whose bytes', () => {
  test('come late and in pieces: output whole, exit code right, executed once', async () => {
    proxy.become({ kind: 'slow', delayMs: 20, pieceBytes: 61 });
    const pour = await Pour.start(server, name, dir.path);
    await pour.half();
    pour.goOn();
    expect(await pour.told()).toMatchObject(Pour.expected);
  });

  test.each([1, 10, 100, 1_000, 3_000, 10_000, 30_000, 100_000, 150_000])(
    'are cut off %s bytes after the yes: the next connection goes on where this one ended',
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
    proxy.become({ kind: 'cutting', afterBytes: 90_000 });
    const pour = await Pour.start(server, name, dir.path);
    pour.goOn();
    expect(await pour.told()).toMatchObject(Pour.expected);
    expect(proxy.connections).toBeGreaterThan(4);
  });

  test('go nowhere, though nothing is closed: keepalive notices, and a new connection brings the rest', async () => {
    const pour = await Pour.start(server, name, dir.path);
    await pour.half();
    proxy.become({ kind: 'silent' });
    pour.goOn();
    await agent.logged('not connected to the gateway');
    proxy.become({ kind: 'smooth' });
    expect(await pour.told()).toMatchObject(Pour.expected);
  });
});
