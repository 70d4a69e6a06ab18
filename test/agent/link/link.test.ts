import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { outputInFlightBytesMax } from '../../../src/core/limits.ts';
import { makeScene } from '../start-agent.ts';

describe('a stream that was cut', () => {
  test('goes on from the offset that the gateway has committed', async () => {
    const { gateway, agent } = await makeScene();
    await agent();
    gateway.ackOutput = false;
    gateway.ackFinished = false;
    const run = await gateway.send1('head -c 150000 /dev/zero\n');
    await gateway.finished(run);
    // What came is as good as lost but for the first bytes: the gateway had not committed the rest.
    const seen = gateway.run(run);
    seen.stdout = [seen.stdout[0]?.subarray(0, 1000) ?? Buffer.alloc(0)];
    seen.offsets.stdout = [];
    gateway.ackFinished = true;
    gateway.cut();
    await gateway.until(() => gateway.run(run).finishes === 2);
    expect(seen.offsets.stdout[0]).toBe(1000);
    expect(gateway.stdout(run)).toHaveLength(150_000);
    expect(seen.accepted).toBe(2);
  });

  test('finds the gateway again after that was down', async () => {
    const { gateway, agent } = await makeScene();
    await agent();
    const go = gateway.hellos.length;
    gateway.stop();
    await gateway.start();
    await gateway.until(() => gateway.hellos.length > go);
    expect(await gateway.finished(await gateway.send1('exit 0\n'))).toMatchObject({ exitCode: 0 });
  });
});

test('output on the wire without an acknowledgement is bounded', async () => {
  const { gateway, agent } = await makeScene();
  await agent();
  gateway.ackOutput = false;
  gateway.ackFinished = false;
  const { runId: first, order } = await gateway.order('head -c 600000 /dev/zero\n');
  const { runId: second, order: other } = await gateway.order('head -c 600000 /dev/zero; exit 1\n');
  gateway.send({ order }, { order: other });
  const bytes = (run: string) => gateway.stdout(run).length;
  await gateway.until(() => bytes(first) + bytes(second) === outputInFlightBytesMax);
  const { runId: third, order: last } = await gateway.order('echo x\n');
  gateway.send({ order: last });
  await gateway.until(() => gateway.run(third).started > 0);
  expect(bytes(first) + bytes(second) + bytes(third)).toBe(outputInFlightBytesMax);
  gateway.ackOutput = true;
  const stream = 'OUTPUT_STREAM_STDOUT';
  const ack = (run: string) => ({
    outputAck: { runId: Buffer.from(run, 'hex'), stream, offset: bytes(run) } as const,
  });
  gateway.send(ack(first), ack(second));
  await Promise.all([first, second, third].map((run) => gateway.finished(run)));
  expect([bytes(first), bytes(second), bytes(third)]).toEqual([600_000, 600_000, 2]);
});

describe('the welcome', () => {
  test('of a gateway with another key is not obeyed', async () => {
    const { gateway, agent } = await makeScene();
    const first = await agent();
    await first.stop();
    Object.assign(gateway.keys, generateKeyPairSync('ed25519'));
    const sentences: string[] = [];
    const error = (_: object, message: string) => void sentences.push(message);
    await agent({ log: { info: () => {}, warn: () => {}, error } }, 'hello');
    await gateway.until(() => !gateway.connected);
    expect(sentences[0]).toContain('another key');
    expect(gateway.heartbeats).toHaveLength(1);
  });

  test('frees the runs that it calls forgettable', async () => {
    const { gateway, agent } = await makeScene();
    const first = await agent();
    gateway.ackFinished = false;
    const run = await gateway.send1('echo x\n');
    await gateway.finished(run);
    await first.stop();
    gateway.onWelcome = (welcome) => {
      welcome.forgettableRunIds = welcome.wanted.splice(0).map(({ runId }) => runId);
    };
    const second = await agent();
    await second.stop();
    await agent();
    expect(gateway.hellos.at(-1)?.runs).toEqual([]);
    expect(gateway.run(run).finishes).toBe(1);
  });

  test('that names a run neither way lets it stay', async () => {
    const { gateway, agent } = await makeScene();
    const first = await agent();
    gateway.ackFinished = false;
    const run = await gateway.send1('echo x\n');
    await gateway.finished(run);
    await first.stop();
    gateway.onWelcome = (welcome) => void welcome.wanted.splice(0);
    const second = await agent();
    await second.stop();
    gateway.onWelcome = () => {};
    await agent();
    expect(gateway.hellos.at(-1)?.runs).toHaveLength(1);
    await gateway.until(() => gateway.run(run).finishes === 2);
  });
});

test('heartbeats tell how the machine is', async () => {
  const { gateway, agent } = await makeScene();
  gateway.heartbeatIntervalMs = 20;
  await agent();
  await gateway.until(() => gateway.heartbeats.length >= 3);
  const beat = gateway.heartbeats.at(-1) as Record<string, number>;
  expect(beat.memoryTotalBytes).toBeGreaterThan(beat.memoryUsedBytes ?? 0);
  expect(beat.diskTotalBytes).toBeGreaterThan(beat.diskUsedBytes ?? 0);
  expect(beat.uptimeSeconds).toBeGreaterThan(0);
  expect(beat.cpuFraction).toBeLessThanOrEqual(1);
});

test('a drain makes the agent come again, and what runs goes on', async () => {
  const { gateway, agent, dir } = await makeScene();
  await agent();
  const run = await gateway.send1(
    `echo a; while [ ! -e ${dir}/go ] && [ -d ${dir} ]; do sleep 0.02; done; echo b\n`,
  );
  await gateway.until(() => gateway.run(run).stdout.length > 0);
  const hellos = gateway.hellos.length;
  gateway.send({ drain: { reconnectWithinMs: 20 } });
  await gateway.until(() => gateway.hellos.length > hellos);
  expect(gateway.hellos.at(-1)?.runs[0]?.state).toBe('SPOOL_STATE_STARTED');
  const other = await gateway.send1(`touch ${dir}/go\n`);
  await gateway.finished(other);
  await gateway.finished(run);
  expect(gateway.stdout(run)).toBe('a\nb\n');
});
