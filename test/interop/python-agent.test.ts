import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { WireOrder } from '../../proto/agent-stream.ts';
import { FakeGateway } from '../agent/fake-gateway.ts';
import { makeStubs, makeTestDir, type PythonAgent, startPythonAgent } from './python-agent.ts';

let dir: string;
let gateway: FakeGateway;
let start: () => PythonAgent;
let agent: PythonAgent;
beforeEach(async () => {
  dir = makeTestDir();
  gateway = await new FakeGateway(join(dir, 'gateway.sock')).start();
  onTestFinished(() => gateway.stop());
  const stubs = makeStubs(dir);
  start = () =>
    startPythonAgent([
      ...['--stubs', stubs, '--data', join(dir, 'agent')],
      ...['--socket', gateway.socket, '--name', 'py1'],
    ]);
  agent = start();
});

/** A script that counts its own runs, and waits for the test where `gate` is named. */
const counting = (gate?: string): { text: string; runs: () => number; open: () => void } => {
  const effects = join(dir, 'effects');
  writeFileSync(effects, '');
  // It ends with the test's directory too: an agent of this kind leaves its scripts behind when it is killed.
  const wait = gate ? `while [ -d ${dir} ] && [ ! -e ${join(dir, gate)} ]; do sleep 0.05; done\n` : '';
  return {
    text: `echo x >> ${effects}\n${wait}echo said; echo wrong >&2; exit 3\n`,
    runs: () => readFileSync(effects, 'utf8').length / 2,
    open: () => writeFileSync(join(dir, gate ?? ''), ''),
  };
};

describe('an agent written from docs/protocol.md', () => {
  it('runs a signed order and reports output and end', async () => {
    const script = counting();
    const runId = await gateway.send1(script.text);
    expect(await gateway.finished(runId)).toMatchObject({ end: 'FINISHED_END_EXITED', exitCode: 3 });
    expect(gateway.stdout(runId)).toBe('said\n');
    expect(gateway.stderr(runId)).toBe('wrong\n');
    expect(gateway.run(runId)).toMatchObject({ accepted: 1, started: 1 });
  });

  it('sends output that is larger than a piece whole, in order', async () => {
    const runId = await gateway.send1('for i in $(seq 40000); do echo "line $i"; done\n');
    const { stdoutBytes } = await gateway.finished(runId);
    const lines = gateway.stdout(runId).trimEnd().split('\n');
    expect(Buffer.concat(gateway.run(runId).stdout)).toHaveLength(stdoutBytes);
    expect(lines).toHaveLength(40_000);
    expect(lines.at(-1)).toBe('line 40000');
  });

  it.each<[string, (order: WireOrder) => void, string]>([
    ['has another signature', (o) => o.signature.fill(7), 'REASON_SIGNATURE'],
    ['has one byte changed in its document', (o) => o.document.fill(' ', 10, 11), 'REASON_SIGNATURE'],
    ['has another script', (o) => Object.assign(o, { script: Buffer.from('id\n') }), 'REASON_DOCUMENT'],
    ['has another run id', (o) => o.runId.fill(1), 'REASON_DOCUMENT'],
  ])('refuses an order that %s', async (_, spoil, reason) => {
    const script = counting();
    const { order } = await gateway.order(script.text);
    spoil(order);
    gateway.send({ order });
    expect(await gateway.refused(order.runId.toString('hex'))).toMatchObject({ reason });
    expect(script.runs()).toBe(0);
  });

  it('refuses what is for another agent, and what comes too late', async () => {
    const { order } = gateway.orderFor('another-agent', 'id\n');
    await gateway.agentId();
    gateway.send({ order });
    expect(await gateway.refused(order.runId.toString('hex'))).toMatchObject({ reason: 'REASON_DOCUMENT' });
    const late = await gateway.send1('id\n', (document) => {
      // Its clock is behind by the welcome's way to it.
      document.runBy = gateway.now() - 10_000;
    });
    expect(await gateway.refused(late)).toMatchObject({ reason: 'REASON_LATE' });
  });

  it('runs an order once, however often it comes', async () => {
    const script = counting();
    const { order, runId } = await gateway.order(script.text);
    gateway.send({ order }, { order });
    await gateway.finished(runId);
    gateway.run(runId).finished = null;
    gateway.send({ order });
    await gateway.finished(runId);
    expect(script.runs()).toBe(1);
  });

  it('goes on after a stream that was cut in the middle of its script', async () => {
    const script = counting('go');
    const runId = await gateway.send1(script.text);
    await gateway.until(() => gateway.run(runId).accepted > 0);
    gateway.cut();
    script.open();
    expect(await gateway.finished(runId)).toMatchObject({ exitCode: 3 });
    expect(gateway.stdout(runId)).toBe('said\n');
    expect(script.runs()).toBe(1);
  });

  it('says that a run is lost when it was killed in its middle, and starts it no second time', async () => {
    const script = counting('never');
    const runId = await gateway.send1(script.text);
    // Its effect is no frame that the gateway would tell of.
    while (script.runs() < 1) await new Promise((resolve) => setImmediate(resolve));
    const ended = once(agent.child, 'exit');
    agent.child.kill('SIGKILL');
    await ended;
    agent = start();
    expect(await gateway.finished(runId)).toMatchObject({ end: 'FINISHED_END_LOST' });
    expect(script.runs()).toBe(1);
    script.open();
  });

  it('ends a script at its time limit, and when it is called back', async () => {
    const limited = await gateway.send1('sleep 60\n', ({ limits }) => {
      limits.timeoutMs = 200;
    });
    expect(await gateway.finished(limited)).toMatchObject({ end: 'FINISHED_END_TIMED_OUT' });
    const called = await gateway.send1('sleep 60\n');
    await gateway.until(() => gateway.run(called).accepted > 0);
    gateway.send({ cancel: { runId: Buffer.from(called, 'hex') } });
    expect(await gateway.finished(called)).toMatchObject({ end: 'FINISHED_END_CANCELLED' });
  });

  it('follows the server to its next key', async () => {
    await gateway.agentId();
    gateway.rotate(true);
    const runId = await gateway.send1('echo new key\n');
    await gateway.finished(runId);
    expect(gateway.stdout(runId)).toBe('new key\n');
  });
});
