import { copyFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keepPublicKey } from '../../src/system/public-key-file.ts';
import { type CliRig, makeCliRig } from './nerdy.ts';

describe('nerdy audit', () => {
  let rig: CliRig;
  const inDir = (name: string): string => join(rig.dataDir, name);
  beforeAll(async () => {
    rig = await makeCliRig();
    keepPublicKey(inDir('signing-key.pub.pem'), rig.signer.publicKey);
    await rig.nerdy(['ask', 'check memory on db1']);
    await rig.nerdy(['reject', '1001', '--reason', 'not now']);
  });
  afterAll(() => rig.dispose());

  it('lists who did what, newest last, as sentences', async () => {
    const { out, code } = await rig.nerdy(['audit']);
    expect(code).toBe(0);
    const lines = out.trimEnd().split('\n');
    expect(lines.map((l) => l.split(/ {2,}/).slice(2).join(' | '))).toEqual([
      'NerdyOps | let a new machine join | db1',
      expect.stringMatching(/\(api\) \| #1001 \| asked$/),
      'NerdyOps | #1001 | proposed a script',
      expect.stringMatching(/\(api\) \| #1001 \| rejected the script$/),
    ]);
    // The one at the top says its time; it is read by people.
    expect(lines[0]).toMatch(/^1 {2}2026-01-01 \d\d:\d\d:\d\dZ {2}/);
  });

  it('searches, and prints JSON for programs', async () => {
    const { out } = await rig.nerdy(['audit', 'list', '--kind', 'task.reject', '--task', '#1001', '--json']);
    expect(JSON.parse(out)).toMatchObject([{ kind: 'task.reject', task: 1001 }]);
    expect((await rig.nerdy(['audit', '--agent', 'db9'])).out).toBe('The log holds nothing of that.\n');
    const said = await rig.nerdy(['audit', '--since', 'yesterday']);
    expect(said).toMatchObject({ code: 2, err: expect.stringContaining('how long ago (90m, 2h, 7d)') });
  });

  it('proves a log whole while its server runs, and says what that rests on', async () => {
    const { out, code, err } = await rig.nerdy(['audit', 'verify']);
    expect(err).toBe('');
    expect(out).toContain('is whole: 4 entries.');
    expect(out).toContain('the one beside the log (signing-key.pub.pem)');
    expect(out).toContain('none given');
    expect(code).toBe(0);
  });

  it('exports for another place, where the export proves itself by the key alone', async () => {
    const file = inDir('elsewhere.jsonl');
    expect(await rig.nerdy(['audit', 'export', '--out', file])).toMatchObject({
      code: 0,
      out: `4 entries in ${file}\n`,
    });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const key = inDir('signing-key.pub.pem');
    for (const trusted of [key, rig.signer.keyId]) {
      const verdict = await rig.nerdy(['audit', 'verify', file, '--key', trusted, '--json']);
      expect(JSON.parse(verdict.out)).toMatchObject({ whole: true, entries: 4, trust: 'option', breaks: [] });
    }
    const wrong = await rig.nerdy(['audit', 'verify', file, '--key', '0'.repeat(32)]);
    expect(wrong).toMatchObject({ code: 1, out: expect.stringContaining('not by the key that you trust') });
    const lines = readFileSync(file, 'utf8').split('\n');
    lines[2] = (lines[2] ?? '').replace('task.create', 'task.reject');
    writeFileSync(file, lines.join('\n'));
    const broken = await rig.nerdy(['audit', 'verify', file, '--key', key]);
    expect(broken.code).toBe(1);
    expect(broken.out).toContain('First at entry 2:');
    writeFileSync(file, lines.slice(0, 4).join('\n'));
    expect((await rig.nerdy(['audit', 'verify', file])).out).toContain('its end was cut off');
  });

  it('refuses a file that is one endless line, without reading all of it', async () => {
    const file = inDir('endless.jsonl');
    writeFileSync(file, 'x'.repeat(3 * 1024 * 1024));
    expect(await rig.nerdy(['audit', 'verify', file])).toMatchObject({
      code: 2,
      err: expect.stringContaining('a line in it never ends'),
    });
  });

  it('marks an export of chosen entries, and checks only what it holds', async () => {
    const chosen = await rig.nerdy(['audit', 'export', '--task', '1001', '--since', '2026-01-01']);
    expect(chosen.out.trimEnd().split('\n')).toHaveLength(4);
    const file = inDir('chosen.jsonl');
    writeFileSync(file, chosen.out);
    const { out, code } = await rig.nerdy(['audit', 'verify', file]);
    expect(out).toContain('The 3 chosen entries');
    expect(out).toContain('what lies between can’t be checked here');
    expect(code).toBe(0);
  });

  it('names the first broken entry of a copied database', async () => {
    const copy = inDir('copy.db');
    for (const end of ['', '-wal']) copyFileSync(inDir(`nerdyops.db${end}`), copy + end);
    const db = new Database(copy);
    db.exec(
      "drop trigger audit_no_update; update audit set actor = replace(actor, 'api', 'web') where seq = 2",
    );
    db.close();
    const { out, code } = await rig.nerdy(['audit', 'verify', copy, '--key', inDir('signing-key.pub.pem')]);
    expect(code).toBe(1);
    expect(out).toContain('is broken. First at entry 2:');
    expect(out).toContain('was changed after it was written');
  });

  it.each([
    [['audit', 'verify', '/nonexistent'], 'there is no such file'],
    [['audit', 'verify', 'package.json'], 'not that of an export'],
    [['audit', 'verify', '--key', 'package.json'], 'holds no key'],
    [['audit', 'verify', '--witness', 'package.json'], 'is no witness'],
    [['audit', 'export', '--out', '/nonexistent/file'], "can't be written"],
    [['audit', 'export', '--task', 'db1'], "is not a task's number"],
  ])('refuses %j with a sentence', async (args, words) => {
    expect(await rig.nerdy(args)).toMatchObject({ code: 2, err: expect.stringContaining(words) });
  });
});
