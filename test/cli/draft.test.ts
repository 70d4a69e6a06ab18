import { createServer } from 'node:http';
import { Readable } from 'node:stream';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { draftCommand, draftRows } from '../../src/cli/draft.ts';
import { draftOf, FakeDrafter, held } from '../flow/fake-mind.ts';
import { nerdy } from './nerdy.ts';

const rowsOf = (out: string) =>
  out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('nerdy draft, with the runbooks that come along', () => {
  it('prints a script, and nothing is stored and nothing runs', async () => {
    const { code, out } = await nerdy(['draft', 'check memory']);
    expect(code).toBe(0);
    expect(out).toContain('free');
  });

  it('prints JSON where that is wanted', async () => {
    const { code, out } = await nerdy(['draft', 'check memory', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      kind: 'script',
      interpreter: 'bash',
      runbook: expect.any(String),
    });
  });

  it('writes PowerShell for Windows', async () => {
    const { out } = await nerdy(['draft', 'check memory', '--os', 'windows', '--json']);
    expect(JSON.parse(out)).toMatchObject({ kind: 'script', interpreter: 'powershell' });
  });

  it('ends with 1 and a sentence where nothing fits', async () => {
    const { code, out, err } = await nerdy(['draft', 'sing me a song about the sea']);
    expect([code, out, err]).toEqual([1, '', expect.stringContaining('No runbook fits')]);
  });

  it('ends with 2 for another system, or for no request', async () => {
    expect(await nerdy(['draft', 'x', '--os', 'beos'])).toMatchObject({ code: 2 });
    expect(await nerdy(['draft'])).toMatchObject({ code: 2, err: expect.stringContaining('Give a request') });
  });

  it('answers each row with a row, in order, and a bad one with its own error', async () => {
    const input = [
      '{"request":"check memory"}',
      'not json',
      '{"os":"linux"}',
      '{"request":"check memory","os":"beos"}',
      '',
      'null',
      '{"request":"check memory","os":"windows"}',
    ].join('\n');
    const { code, out } = await nerdy(['draft', '--jsonl'], { input });
    expect(code).toBe(0);
    expect(rowsOf(out)).toMatchObject([
      { kind: 'script', interpreter: 'bash' },
      { kind: 'error', error: 'the row is not JSON' },
      { kind: 'error', error: expect.stringContaining('"request"') },
      { kind: 'error', error: expect.stringContaining('"os"') },
      { kind: 'error' },
      { kind: 'script', interpreter: 'powershell' },
    ]);
  });
});

describe('--offline', () => {
  it('asks no model, even where one is configured; without it the model is asked', async () => {
    let calls = 0;
    const model = createServer((_, response) => {
      calls++;
      response.statusCode = 400;
      response.end('{"error":{"message":"no"}}');
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => model.once('listening', resolve));
    const { port } = model.address() as { port: number };
    const env = { OPENAI_BASE_URL: `http://127.0.0.1:${port}/v1`, OPENAI_API_KEY: 'k' };
    const offline = await nerdy(['draft', 'sing me a song', '--offline'], { env });
    expect([calls, offline.code]).toEqual([0, 1]);
    await nerdy(['draft', 'sing me a song'], { env });
    expect(calls).toBeGreaterThan(0);
    model.close();
  });
});

describe('rows in this process', () => {
  const said: string[] = [];
  afterEach(() => {
    vi.restoreAllMocks();
    said.length = 0;
  });
  const listen = () => vi.spyOn(console, 'log').mockImplementation((line: string) => void said.push(line));
  const input = (...requests: string[]) =>
    Readable.from(requests.map((request) => `${JSON.stringify({ request })}\n`));

  it('of which one makes the drafter throw all get their answer', async () => {
    listen();
    const drafter = new FakeDrafter();
    drafter.say = ({ words }) => {
      if (words === 'bad') throw new Error('a fault of ours');
      return draftOf(['linux'], words);
    };
    await draftRows(drafter, input('one', 'bad', 'two'));
    expect(said.map((line) => JSON.parse(line))).toMatchObject([
      { script: 'one linux\n' },
      { kind: 'error', error: 'drafting failed: a fault of ours' },
      { script: 'two linux\n' },
    ]);
  });

  it('keep their order, though later ones are ready first', async () => {
    listen();
    const first = held<void>();
    const drafter = new FakeDrafter();
    drafter.say = async ({ words }) => {
      if (words === 'slow') await first.promise;
      else first.give();
      return draftOf(['linux'], words);
    };
    await draftRows(drafter, input('slow', 'quick'));
    expect(said.map((line) => JSON.parse(line).script)).toEqual(['slow linux\n', 'quick linux\n']);
  });

  it("shows a model's script with its escape sequences written out", async () => {
    listen();
    const drafter = new FakeDrafter();
    drafter.say = () => draftOf(['linux'], 'echo \u001b[2J');
    await draftCommand(drafter, 'x', { os: 'linux', json: false });
    expect(said.join('\n')).toContain('echo ⟨U+001B⟩[2J linux');
  });
});
