import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Card } from '../../src/core/card.ts';
import { outputChunkBytesMax } from '../../src/core/limits.ts';
import { keyBody, pemLines, tokens } from '../redaction/samples.ts';
import { joined, KeptAgent, KeptServer, reached } from './loop.ts';
import { makeDir, packageDir } from './processes.ts';

const dir = makeDir();
const dataDir = join(dir.path, 'data');
/** What the machine has and nobody else may see. */
const secretFile = join(dir.path, 'app.env');
const secrets = [...keyBody, tokens.github, tokens.jwt, 'geheim123'];
const secretText = `${pemLines().join('\n')}\nTOKEN=${tokens.github}\nAuthorization: Bearer ${tokens.jwt}\nredis://:geheim123@h:6379\n`;
const redactedText =
  '[redacted: private key]\nTOKEN=[redacted: GitHub token]\nAuthorization: Bearer [redacted: JSON Web Token]\nredis://:[redacted: password]@h:6379\n';
let server: KeptServer;
let agent: KeptAgent;

beforeAll(async () => {
  writeFileSync(secretFile, secretText);
  server = new KeptServer(dataDir, {}, { NERDY_RUNBOOKS_DIR: join(packageDir, 'runbooks') });
  await server.call((client) => client.agents());
  const options = { serverDataDir: dataDir, dataDir: join(dir.path, 'db1'), name: 'db1' };
  agent = new KeptAgent({ ...options, wanted: null, recordTo: null });
  await joined(server, 'db1');
});

afterAll(async () => {
  await agent.stop();
  await server.kill();
  dir.remove();
});

const edited = async (text: string): Promise<Card> => {
  const { task } = await server.call((client) => client.ask('uptime on db1', null, crypto.randomUUID()));
  const card = await reached(server, task, (c) => c.state === 'proposed');
  const texts = [{ digest: card.scripts[0]?.digest ?? '', text }];
  return server.call((client) => client.act(task, 'edit', { proposal: card.proposal?.revision, texts }));
};

const filesUnder = (path: string): string[] =>
  statSync(path).isDirectory()
    ? readdirSync(path).flatMap((name) => filesUnder(join(path, name)))
    : statSync(path).isFile()
      ? [path]
      : [];

describe('a script that prints secrets', () => {
  /** In pieces of seven characters; a stop in the middle of the key; the same again over the border of two frames. */
  const scriptWith = (go: string): string => `text=$(cat ${secretFile}; printf x); text=\${text%x}
for ((i = 0; i < \${#text}; i += 7)); do
  printf '%s' "\${text:i:7}"
  if ((i == 210)); then until [ -e ${go} ]; do sleep 0.02; done; else sleep 0.002; fi
done
head -c ${outputChunkBytesMax - 300} /dev/zero | tr '\\0' '.'
echo
cat ${secretFile}
cat ${secretFile} >&2
echo the end`;

  test('leaves none in the database, though the server is killed in the middle of a key', async () => {
    const go = join(dir.path, `go-${crypto.randomUUID()}`);
    const deathsBefore = server.deaths;
    const card = await edited(scriptWith(go));
    const decision = { proposal: card.proposal?.revision, digest: card.proposal?.digest };
    await server.call((client) => client.act(card.task, 'approve', decision));
    await reached(server, card.task, (c) => (c.runs[0]?.stdoutBytes ?? 0) > 0);
    await server.kill();
    writeFileSync(go, '');
    const done = await reached(server, card.task, (c) => c.state === 'done');
    expect(server.deaths).toBe(deathsBefore + 1);
    expect(done.runs[0]).toMatchObject({ state: 'succeeded', sentence: null });
    const read = (stream: 'stdout' | 'stderr') =>
      server.call(async (client) => {
        const pieces: Buffer[] = [];
        for (let at = 0; ; ) {
          const piece = await client.output(card.task, done.runs[0]?.id ?? '', stream, at);
          if (piece.length === 0) return Buffer.concat(pieces).toString();
          pieces.push(piece);
          at += piece.length;
        }
      });
    const filler = '.'.repeat(outputChunkBytesMax - 300);
    expect(await read('stdout')).toBe(`${redactedText}${filler}\n${redactedText}the end\n`);
    expect(await read('stderr')).toBe(redactedText);

    // The database as a thief would find it, with its log.
    expect(existsSync(join(dataDir, 'nerdyops.db-wal'))).toBe(true);
    for (const path of filesUnder(dataDir)) {
      const bytes = readFileSync(path, 'latin1');
      for (const secret of secrets) expect(bytes.includes(secret), `${path} holds ${secret}`).toBe(false);
    }
    expect(JSON.stringify(done)).not.toContain('geheim');
  });
});

test('a script with a secret in it is refused, and nothing of the secret is stored', async () => {
  const said = await edited(`export PASSWORD=geheim123`).then(
    () => 'it was taken',
    (err: Error) => err.message,
  );
  expect(said).toContain('Line 1 of the script holds a secret (password).');
  for (const path of filesUnder(dataDir)) expect(readFileSync(path, 'latin1')).not.toContain('geheim');
});

test('a secret in a request is masked before it is stored, and the card says so', async () => {
  const words = 'check memory on db1 (PASSWORD=geheim123)';
  const { task } = await server.call((client) => client.ask(words, null, crypto.randomUUID()));
  const card = await reached(server, task, (c) => c.state !== 'drafting');
  expect(card.request).toBe('check memory on db1 (PASSWORD=[redacted: password]');
  expect(card.notices[0]?.code).toBe('request_redacted');
  for (const path of filesUnder(dataDir)) expect(readFileSync(path, 'latin1')).not.toContain('geheim');
});
