import { createPrivateKey, createPublicKey } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { auditGenesis, auditHash } from '../../src/core/audit.ts';
import { encodeAuditHead } from '../../src/core/audit-head.ts';
import { decodeWitness } from '../../src/core/audit-witness.ts';
import { keyIdOf } from '../../src/core/order.ts';
import { Purpose, signAs } from '../../src/core/signature.ts';
import { type Ended, nerdy } from '../cli/nerdy.ts';
import { joined, KeptAgent, KeptServer, runLoop, until } from './loop.ts';
import { makeDir } from './processes.ts';

const dir = makeDir();
const dataDir = join(dir.path, 'data');
const agentDir = join(dir.path, 'agent');
const witness = join(agentDir, 'witness.json');
const exported = join(dir.path, 'log.jsonl');
const publicKey = join(dataDir, 'signing-key.pub.pem');
let server: KeptServer;
let agent: KeptAgent;

const audit = (...args: string[]): Promise<Ended> =>
  nerdy(['audit', ...args], { env: { NERDY_DATA_DIR: dataDir } });

/** A copy of the database, as somebody takes it who has the machine; triggers and foreign keys are no hindrance. */
const copied = (name: string, edit: (db: Database.Database) => void): string => {
  const to = join(dir.path, name);
  mkdirSync(to);
  for (const file of ['nerdyops.db', 'nerdyops.db-wal', 'signing-key.pub.pem']) {
    if (existsSync(join(dataDir, file))) copyFileSync(join(dataDir, file), join(to, file));
  }
  const db = new Database(join(to, 'nerdyops.db'));
  db.pragma('foreign_keys = off');
  const guards = db.prepare("select name from sqlite_schema where type = 'trigger'").pluck().all();
  for (const guard of guards) db.exec(`drop trigger ${guard}`);
  edit(db);
  db.close();
  return to;
};

const headOf = (db: Database.Database): void => {
  db.exec('update audit_head set (seq, hash) = (select seq, hash from audit order by seq desc limit 1)');
};

/** All of the log written anew, hashed and signed, by somebody who has the server's key. */
const rewrite = (db: Database.Database): void => {
  db.exec(`update audit set actor = replace(actor, 'NerdyOps', 'Nobody') where seq = 1`);
  const keys = JSON.parse(readFileSync(join(dataDir, 'signing-keys.json'), 'utf8')) as {
    privateKey: string;
    server: string;
  };
  const privateKey = createPrivateKey(keys.privateKey);
  const keyId = keyIdOf(createPublicKey(privateKey));
  let previous = auditGenesis;
  type Row = { seq: number; at: number; actor: string; detail: string };
  for (const row of db.prepare('select * from audit order by seq').all() as Row[]) {
    const { seq, at, actor, detail, ...rest } = row;
    const note = { ...rest, actor: JSON.parse(actor), detail: JSON.parse(detail) } as never;
    const hash = auditHash(previous, seq, at, note);
    db.prepare('update audit set previous = ?, hash = ? where seq = ?').run(previous, hash, seq);
    const bytes = encodeAuditHead({ server: keys.server, seq, hash, at, keyId });
    const signature = signAs(Purpose.auditHead, bytes, privateKey);
    db.prepare('update audit_signature set signature = ? where seq = ?').run(signature, seq);
    previous = hash;
  }
  headOf(db);
};

beforeAll(async () => {
  server = new KeptServer(dataDir, {});
  await server.call((client) => client.agents());
  const options = { serverDataDir: dataDir, dataDir: agentDir, name: 'db1' };
  agent = new KeptAgent({ ...options, wanted: null, recordTo: null });
  await joined(server, 'db1');
  await runLoop(server, `mark the file ${join(dir.path, 'mark')} on db1`);
  // On its next stream the agent is shown all of that; the order of the second task comes after.
  await agent.pause();
  agent.resume();
  await runLoop(server, `mark the file ${join(dir.path, 'mark')} on db1`);
});
afterAll(async () => {
  await agent.stop();
  await server.kill();
  dir.remove();
});

describe('the audit log of a real server with a real agent', () => {
  test('is whole while both run, by the chain, the key, the witness and the approvals', async () => {
    const verdict = await audit('verify', '--witness', witness, '--json');
    expect(JSON.parse(verdict.out)).toMatchObject({
      ...{ whole: true, trust: 'witness', witnessed: 1, breaks: [] },
      checked: { approvals: 2, runs: 2 },
    });
    expect(verdict.code).toBe(0);
    const seen = decodeWitness(readFileSync(witness, 'utf8'));
    expect(seen?.latest.seq).toBeGreaterThan(9);
  });

  test('is proven elsewhere from an export, by the key and the witness', async () => {
    expect((await audit('export', '--out', exported)).code).toBe(0);
    const elsewhere = await nerdy(['audit', 'verify', exported, '--key', publicKey, '--witness', witness]);
    expect(elsewhere).toMatchObject({ code: 0, out: expect.stringContaining('is whole') });
  });

  test('names the entry that somebody changed in the file', async () => {
    const copy = copied('changed', (db) => {
      db.exec("update audit set kind = 'task.reject' where kind = 'task.approve' and task = 1001");
    });
    const { out, code } = await audit('verify', copy);
    expect(code).toBe(1);
    expect(out).toMatch(/First at entry \d+:\n {2}Entry \d+ \(.*, task\.reject\) was changed/);
  });

  test('shows only by the witness that it was written anew with the stolen key', async () => {
    const copy = copied('rewritten', rewrite);
    expect(await audit('verify', copy)).toMatchObject({ code: 0 });
    const { out, code } = await audit('verify', copy, '--witness', witness);
    expect(code).toBe(1);
    expect(out).toContain('is not the one that the agent was shown');
  });

  test('shows by the witness that its end was cut; a server on such a log finds it out by its agent', async () => {
    await server.stop();
    await agent.pause();
    const cut = 'delete from audit where seq > 4; delete from audit_signature where seq > 4';
    const copy = copied('cut', (db) => {
      db.exec(`${cut}; delete from output; delete from run; delete from approval`);
      headOf(db);
    });
    expect(await audit('verify', copy)).toMatchObject({ code: 1, out: expect.stringContaining('approval') });
    const short = await audit('verify', copy, '--witness', witness, '--json');
    const codes = (JSON.parse(short.out).breaks as { code: string }[]).map((b) => b.code);
    expect(codes).toContain('audit_witness_beyond');
    const db = new Database(join(dataDir, 'nerdyops.db'));
    db.pragma('foreign_keys = off');
    for (const guard of db.prepare("select name from sqlite_schema where type = 'trigger'").pluck().all()) {
      db.exec(`drop trigger ${guard}`);
    }
    db.exec(cut);
    headOf(db);
    db.close();
    server = new KeptServer(dataDir, {});
    agent.resume();
    const found = await until(server, async (client) => {
      const [entry] = await client.audit(new URLSearchParams({ kind: 'agent.witness-conflict' }));
      return entry ?? null;
    });
    expect(found).toMatchObject({ detail: { agent: 'db1', proven: true } });
    // The agent keeps what it knew, and both heads as evidence.
    const kept = decodeWitness(readFileSync(witness, 'utf8'));
    expect(kept?.latest.seq).toBeGreaterThan(9);
  });
});
