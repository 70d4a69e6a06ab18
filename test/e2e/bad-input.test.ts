import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Card } from '../../src/core/card.ts';
import {
  outputHeadBytesMax,
  outputTailBytesMax,
  requestCharsMax,
  scriptBytesMax,
} from '../../src/core/limits.ts';
import { joined, KeptAgent, KeptServer, reached } from './loop.ts';
import { makeDir, packageDir } from './processes.ts';

const dir = makeDir();
const dataDir = join(dir.path, 'data');
const agents = new Map<string, KeptAgent>();
let server: KeptServer;

beforeAll(async () => {
  server = new KeptServer(dataDir, {}, { NERDY_RUNBOOKS_DIR: join(packageDir, 'runbooks') });
  await server.call((client) => client.agents());
  for (const name of ['db1', 'web1']) {
    const options = { serverDataDir: dataDir, dataDir: join(dir.path, name), name };
    agents.set(name, new KeptAgent({ ...options, wanted: null, recordTo: null }));
    await joined(server, name);
  }
});

afterAll(async () => {
  for (const agent of agents.values()) await agent.stop();
  await server?.kill();
  dir.remove();
});

const asked = async (request: string): Promise<Card> => {
  const { task } = await server.call((client) => client.ask(request, null, crypto.randomUUID()));
  return reached(server, task, (card) => card.state !== 'drafting');
};

const refusal = async (what: Promise<unknown>): Promise<string> => {
  try {
    await what;
  } catch (err) {
    return (err as Error).message;
  }
  throw new Error('it was not refused');
};

/** Runs this text on db1 as an edited script, and gives the card at its end. */
const ran = async (text: string): Promise<Card> => {
  const first = await asked('check memory on db1');
  const { task, proposal, scripts } = first;
  const texts = [{ digest: scripts[0]?.digest ?? '', text }];
  const edited = await server.call((client) =>
    client.act(task, 'edit', { proposal: proposal?.revision, texts }),
  );
  const decision = { proposal: edited.proposal?.revision, digest: edited.proposal?.digest };
  await server.call((client) => client.act(task, 'approve', decision));
  return reached(server, task, (card) => card.state === 'done');
};

const stdoutOf = (card: Card): Promise<Buffer> =>
  server.call((client) => client.output(card.task, card.runs[0]?.id ?? '', 'stdout', 0));

describe('a request that names no machine well', () => {
  test('an unknown machine: the nearest names are offered, and choosing one goes on', async () => {
    const card = await asked('check memory on db2');
    expect(card).toMatchObject({ state: 'asking', question: { options: ['db1'] } });
    expect(card.question?.text).toContain('There is no machine called "db2". Did you mean db1?');
    await server.call((client) => client.act(card.task, 'choose', { option: 'db1' }));
    const next = await reached(server, card.task, (c) => c.state === 'proposed');
    expect(next.targets).toMatchObject([{ name: 'db1' }]);
  });

  test('no machine: which one is asked', async () => {
    const card = await asked('check memory');
    expect(card).toMatchObject({ state: 'asking', question: { options: ['db1', 'web1'] } });
  });

  test('a label that fits none is said', async () => {
    const card = await asked('check memory on role=cache');
    expect(card.notices).toMatchObject([{ code: 'machines_none_match' }]);
  });
});

describe('text that is no request or no script', () => {
  test('an empty request is refused with what to write', async () => {
    expect(await refusal(asked('   '))).toContain('The request is empty');
  });

  test('a request over the limit is refused', async () => {
    expect(await refusal(asked('x'.repeat(requestCharsMax + 1)))).toContain(`at most ${requestCharsMax}`);
  });

  test('a script over the limit is refused, and the proposal stands as it was', async () => {
    const card = await asked('check memory on db1');
    const texts = [{ digest: card.scripts[0]?.digest ?? '', text: `# ${'x'.repeat(scriptBytesMax)}` }];
    const edit = { proposal: card.proposal?.revision, texts };
    const said = await refusal(server.call((client) => client.act(card.task, 'edit', edit)));
    expect(said).toContain(`at most ${scriptBytesMax} are accepted`);
    expect((await server.call((client) => client.card(card.task))).proposal).toEqual(card.proposal);
  });

  test('an approval of another digest approves nothing', async () => {
    const card = await asked('check memory on db1');
    const wrong = { proposal: card.proposal?.revision, digest: '0'.repeat(64) };
    expect(await refusal(server.call((client) => client.act(card.task, 'approve', wrong)))).toContain(
      'has changed',
    );
    expect((await server.call((client) => client.card(card.task))).state).toBe('proposed');
  });
});

describe('output that no one would want', () => {
  test('over the limit: head and tail are kept, and the card says that the middle is missing', async () => {
    const card = await ran('seq 1 400000; echo the very end');
    const [run] = card.runs;
    expect(run).toMatchObject({ state: 'succeeded', sentence: { code: 'output_cut' } });
    expect(run?.stdoutBytes).toBe(outputHeadBytesMax + outputTailBytesMax);
    const output = (await stdoutOf(card)).toString();
    expect(output.startsWith('1\n2\n3\n')).toBe(true);
    expect(output.endsWith('400000\nthe very end\n')).toBe(true);
  });

  test('10 MB on one line: kept within bounds, and the task is done', async () => {
    const card = await ran("head -c 10485760 /dev/zero | tr '\\0' x; echo; echo after");
    expect(card.runs[0]).toMatchObject({ state: 'succeeded', sentence: { code: 'output_cut' } });
    expect((await stdoutOf(card)).toString().endsWith('x\nafter\n')).toBe(true);
  });

  test('bytes that are no UTF-8: kept raw, shown as replacement characters', async () => {
    const card = await ran("printf 'caf\\xe9 \\xff\\xfe ok\\n'");
    expect(await stdoutOf(card)).toEqual(
      Buffer.from([0x63, 0x61, 0x66, 0xe9, 0x20, 0xff, 0xfe, 0x20, 0x6f, 0x6b, 0x0a]),
    );
    expect(JSON.stringify(card.answer)).toContain('caf\uFFFD \uFFFD\uFFFD ok');
    expect(card.notices).toMatchObject([{ code: 'not_utf8' }]);
  });
});

describe('an agent that is offline', () => {
  test('the order waits, and the card says until when; back again, it runs', async () => {
    const name = 'web1';
    const agent = agents.get(name);
    const card = await asked(`uptime on ${name}`);
    await agent?.pause();
    await reached(server, card.task, (c) => c.targets[0]?.online === false);
    const decision = { proposal: card.proposal?.revision, digest: card.proposal?.digest };
    const waiting = await server.call((client) => client.act(card.task, 'approve', decision));
    expect(waiting.runs).toMatchObject([{ state: 'queued', sentence: { code: 'agent_offline' } }]);
    expect(waiting.runs[0]?.sentence?.text).toMatch(/web1 is offline.*until \d{4}-\d\d-\d\d \d\d:\d\d UTC/);
    agent?.resume();
    const done = await reached(server, card.task, (c) => c.state === 'done');
    expect(done.runs).toMatchObject([{ state: 'succeeded' }]);
  });
});

/** `nerdy` as a person runs it. */
const nerdy = (args: string[], env: Record<string, string>) => {
  const done = spawnSync(process.execPath, [join(packageDir, 'bin/nerdy.js'), ...args], {
    env: { PATH: process.env.PATH, HOME: dir.path, NERDY_LOG_LEVEL: 'silent', ...env },
    encoding: 'utf8',
    timeout: 15_000,
  });
  return { code: done.status, said: `${done.stdout}${done.stderr}` };
};

describe('settings that can not be used', () => {
  test('a typing mistake in nerdyops.yml is named with its place', () => {
    const file = join(dir.path, 'nerdyops.yml');
    writeFileSync(file, 'http:\n  prot: 5001\nredisUrl: localhost\n');
    const { code, said } = nerdy(['serve', '--config', file], {});
    expect(code).toBe(2);
    expect(said).toContain(`${file}, http.prot: there is no such setting`);
    expect(said).toContain(`${file}, redisUrl: must be a URL that starts with redis://`);
  });

  test('a wrong variable is named', () => {
    const { code, said } = nerdy(['serve'], { NERDY_HTTP_PORT: 'many' });
    expect(code).toBe(2);
    expect(said).toContain('NERDY_HTTP_PORT: must be a port number');
  });

  test('a port in use is said with the setting to change', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const { port } = taken.address() as { port: number };
    const env = { NERDY_HTTP_PORT: String(port), NERDY_DATA_DIR: join(dir.path, 'port') };
    const { code, said } = nerdy(['serve'], env);
    taken.close();
    expect(code).toBe(1);
    expect(said).toContain(
      `127.0.0.1:${port} is in use by another program. Stop that, or set NERDY_HTTP_PORT`,
    );
  });

  test('a data directory that can not be written is said', () => {
    const file = join(dir.path, 'a-file');
    writeFileSync(file, '');
    const { code, said } = nerdy(['serve'], { NERDY_DATA_DIR: join(file, 'data') });
    expect(code).toBe(1);
    expect(said).toContain(`The data directory ${join(file, 'data')} can't be used`);
  });

  test('a data directory that another server uses is said', () => {
    const { code, said } = nerdy(['serve'], { NERDY_DATA_DIR: dataDir, NERDY_HTTP_PORT: '0' });
    expect(code).toBe(1);
    expect(said).toContain('Another NerdyOps server uses the data directory');
  });

  test('no server: the command line says how to start one', () => {
    const empty = join(dir.path, 'empty');
    if (!existsSync(empty)) mkdirSync(empty);
    const { code, said } = nerdy(['tasks'], { NERDY_DATA_DIR: empty });
    expect(code).toBe(3);
    expect(said).toContain('Start one with `npm start`');
  });
});
