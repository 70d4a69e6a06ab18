import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import type { WireHello, WireOrder } from '../../proto/agent-stream.ts';
import { FakeGateway } from './fake-gateway.ts';
import { makeTestDir } from './start-agent.ts';

const pathOf = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

const bundle = async (outfile: string): Promise<void> => {
  await build({
    entryPoints: [pathOf('crash-agent.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
};

interface Life {
  child: ChildProcess;
  ended: Promise<NodeJS.Signals | null>;
}

const startLife = (program: string, socket: string, dataDir: string, crashAt: number): Life => {
  const texts = [pathOf('../../proto/nerdyops/v1/agent.proto'), pathOf('../../agent/src/run/wrapper.sh')];
  const child = spawn(process.execPath, [program, socket, dataDir, ...texts, String(crashAt)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = new Promise<NodeJS.Signals | null>((resolve) =>
    child.once('exit', (_, signal) => resolve(signal)),
  );
  return { child, ended };
};

/** Sends the order at each hello that doesn't name its run, as the gateway does, until it has seen the end. */
const resend = (gateway: FakeGateway, made: { runId: string; order: WireOrder } | null): void => {
  const hello = gateway.hellos.at(-1) as WireHello;
  const isNamed = hello.runs.some(({ runId }) => runId.toString('hex') === made?.runId);
  if (made && !isNamed && gateway.connected) gateway.send({ order: made.order });
};

const crashOnce = async (program: string, dir: string, crashAt: number): Promise<{ crashed: boolean }> => {
  const gateway = await new FakeGateway(join(dir, `${crashAt}.sock`)).start();
  const dataDir = join(dir, `data-${crashAt}`);
  const mark = join(dir, `mark-${crashAt}`);
  let made: { runId: string; order: WireOrder } | null = null;
  let signal: NodeJS.Signals | null | undefined;
  const first = startLife(program, gateway.socket, dataDir, crashAt);
  first.ended.then((how) => {
    signal = how;
    gateway.nudge();
  });
  await gateway.until(() => gateway.hellos.length > 0 || signal !== undefined);
  if (gateway.hellos.length > 0) {
    made = await gateway.order(`echo x >> ${mark}\necho ran\n`);
    resend(gateway, made);
    const { runId } = made;
    const freed = () =>
      gateway.run(runId).finished !== null && !existsSync(join(dataDir, 'spool', 'runs', runId));
    while (signal === undefined && !freed()) await new Promise((resolve) => setImmediate(resolve));
  }
  // Alive by now means that it has no such step any more.
  const crashed = signal !== undefined;
  first.child.kill('SIGKILL');
  await first.ended;
  const hellos = gateway.hellos.length;
  const second = startLife(program, gateway.socket, dataDir, 0);
  await gateway.until(() => gateway.hellos.length > hellos);
  made ??= await gateway.order(`echo x >> ${mark}\necho ran\n`);
  const { runId } = made;
  resend(gateway, made);
  expect(await gateway.finished(runId), `killed before step ${crashAt}`).toMatchObject({
    end: 'FINISHED_END_EXITED',
    exitCode: 0,
  });
  expect(gateway.stdout(runId)).toBe('ran\n');
  expect(readFileSync(mark, 'utf8'), `killed before step ${crashAt}`).toBe('x\n');
  second.child.kill('SIGTERM');
  await second.ended;
  gateway.stop();
  rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
  return { crashed };
};

test('an agent killed before any one of its steps has run the script once when it is back', async () => {
  const dir = makeTestDir();
  const program = join(dir, 'crash-agent.mjs');
  await bundle(program);
  let crashAt = 1;
  while ((await crashOnce(program, dir, crashAt)).crashed) crashAt += 1;
  // Fewer would mean that the steps were not seen.
  expect(crashAt).toBeGreaterThan(30);
}, 240_000);
