import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KeptServer, until } from '../e2e/loop.ts';
import { makeDir } from '../e2e/processes.ts';
import { freePort } from '../fakes/free-port.ts';
import { JoinedMachine } from './joined-machine.ts';
import { Namespace, whyNoNamespaces } from './namespaces.ts';
import { Pour } from './pour.ts';

const dir = makeDir();
const dataDir = join(dir.path, 'data');
let server: KeptServer;
const networks: Namespace[] = [];
const machines: JoinedMachine[] = [];

beforeAll(async () => {
  const why = whyNoNamespaces();
  if (why !== null) throw new Error(why);
  networks.push(new Namespace(0), new Namespace(1));
  const port = String(await freePort());
  const address = `${networks[0]?.hostAddress}:${port}`;
  const env = { NERDY_GRPC_HOST: '0.0.0.0', NERDY_GRPC_PORT: port, NERDY_GRPC_ADDRESS: address };
  server = new KeptServer(dataDir, {}, env);
  for (const [number, { run }] of networks.entries()) {
    const name = `net${number}`;
    const where = { server, dataDir, name, dir: join(dir.path, name), on: run };
    machines.push(await JoinedMachine.join(where));
  }
});

afterAll(async () => {
  for (const machine of machines) await machine.stop();
  await server?.kill();
  for (const network of networks) network.remove();
  dir.remove();
});

const isShown = (name: string, online: boolean): Promise<unknown> =>
  until(
    server,
    async (client) => (await client.agents()).find((a) => a.name === name && a.online === online) ?? null,
  );

/** Both machines in mid-output; the first one is `hurt`, the second only watches. Both must tell the same in the end. */
const inMidOutput = async (hurt: (machine: JoinedMachine, network: Namespace) => Promise<void>) => {
  const pours = await Promise.all(machines.map(({ name }) => Pour.start(server, name, dir.path)));
  await Promise.all(pours.map((pour) => pour.half()));
  const [machine, network] = [machines[0], networks[0]];
  if (!machine || !network) throw new Error('there are no machines');
  await hurt(machine, network);
  for (const pour of pours) pour.goOn();
  return Promise.all(pours.map((pour) => pour.told()));
};

describe('an agent behind a network of its own', () => {
  test('whose link is cut in mid-output for longer than the keepalive: whole, exit code right, once', async () => {
    const told = await inMidOutput(async (machine, network) => {
      network.cut();
      await Promise.all([machine.logged('not connected to the gateway'), isShown(machine.name, false)]);
      network.restore();
    });
    expect(told).toMatchObject([Pour.expected, Pour.expected]);
  });

  test('whose script ends while the link is cut', async () => {
    const [machine, network] = [machines[1], networks[1]];
    if (!machine || !network) throw new Error('there are no machines');
    const pour = await Pour.start(server, machine.name, dir.path);
    await pour.half();
    network.cut();
    await pour.goOnToTheEnd();
    await isShown(machine.name, false);
    network.restore();
    expect(await pour.told()).toMatchObject(Pour.expected);
  });

  test('whose server is killed in mid-output and started again', async () => {
    const told = await inMidOutput(async () => server.kill());
    expect(told).toMatchObject([Pour.expected, Pour.expected]);
  });

  test('that is killed in mid-output and started again', async () => {
    const told = await inMidOutput((machine) => machine.killAndStart());
    expect(told).toMatchObject([Pour.expected, Pour.expected]);
  });

  test('that is killed while the link is cut, and finds its server again when it is back', async () => {
    const told = await inMidOutput(async (machine, network) => {
      network.cut();
      const back = machine.killAndStart();
      await isShown(machine.name, false);
      network.restore();
      await back;
    });
    expect(told).toMatchObject([Pour.expected, Pour.expected]);
  });
});
