import { chmodSync, cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { trustedKeyOf } from '../../src/core/audit-keys.ts';
import { type AuditVerdict, verifyAudit } from '../../src/flow/verify-audit.ts';
import { openAuditDatabase } from '../../src/sql/audit-database.ts';
import { aNote, createTask } from '../contract/store-rows.ts';
import { SteppedClock } from '../fakes/stepped-clock.ts';
import { makeDirectory, makeSqliteRig, sealOf } from './sqlite-rig.ts';

type Rig = Awaited<ReturnType<typeof makeSqliteRig>>;

describe('the log of a database file', () => {
  let rig: Rig;
  let file: string;
  beforeEach(async () => {
    rig = await makeSqliteRig(new SteppedClock());
    file = join(rig.dataDir, 'nerdyops.db');
    for (let i = 0; i < 3; i++) await Promise.all([createTask(rig.store), createTask(rig.store)]);
  });
  afterEach(() => rig.dispose());

  const verify = async (path = file): Promise<AuditVerdict> => {
    const source = openAuditDatabase(path);
    const trusted = [trustedKeyOf(sealOf(rig.dataDir)().signer.publicKey)];
    try {
      return await verifyAudit(source, { trusted, witness: null, evidence: null, onProgress: () => {} });
    } finally {
      source.close();
    }
  };

  /** As somebody does who has the file: past triggers, indexes and foreign keys. */
  const tamper = (sql: string): void => {
    const db = new Database(file);
    const guards = db.prepare("select name from sqlite_schema where type = 'trigger'").pluck().all();
    for (const name of guards) db.exec(`drop trigger ${name}`);
    for (const name of ['actor_name', 'actor_id', 'agent_name', 'agent_id']) {
      db.exec(`drop index audit_${name}; alter table audit drop column ${name}`);
    }
    db.pragma('foreign_keys = off');
    db.exec(sql);
    db.close();
  };

  it('is verified while its server goes on writing, as it was at one moment', async () => {
    const source = openAuditDatabase(file);
    await createTask(rig.store);
    const verdict = await verifyAudit(source, {
      trusted: [],
      witness: null,
      evidence: null,
      onProgress: () => {},
    });
    source.close();
    expect(verdict).toMatchObject({ isWhole: true, entries: 6, signatures: 3 });
    expect(await verify()).toMatchObject({ isWhole: true, entries: 7, signatures: 4 });
  });

  it('is verified when it is longer than a page', async () => {
    const notes = Array.from({ length: 2_100 }, () => aNote(null));
    await rig.store.change({}, () => ({ result: null, writes: { audit: notes } }));
    expect(await verify()).toMatchObject({ isWhole: true, entries: 2_106, signatures: 4 });
  });

  it('is verified in a folder that nobody may write to, and left as it was', async () => {
    const other = makeDirectory();
    const dir = join(other.path, 'backup');
    mkdirSync(dir);
    for (const end of ['', '-wal']) cpSync(file + end, join(dir, `nerdyops.db${end}`));
    chmodSync(dir, 0o500);
    const before = readdirSync(dir);
    expect(await verify(join(dir, 'nerdyops.db'))).toMatchObject({ isWhole: true, entries: 6 });
    if (process.getuid?.() !== 0) expect(readdirSync(dir)).toEqual(before);
    chmodSync(dir, 0o700);
    other.remove();
  });

  it.each([
    ["update audit set kind = 'task.reject' where seq = 3", 'audit_entry_changed', 3],
    ["update audit set actor = replace(actor, 'Ada', 'Eve') where seq = 3", 'audit_entry_changed', 3],
    ["update audit set detail = replace(detail, '1', '2') where seq = 3", 'audit_entry_changed', 3],
    ["update audit set actor = 'nonsense' where seq = 3", 'audit_entry_unreadable', 3],
    // The same value to a reader, another to whoever reads the first of two: nothing that isn't hashed may stand there.
    [
      'update audit set actor = \'{"name":"Eve",\' || substr(actor, 2) where seq = 3',
      'audit_entry_unreadable',
      3,
    ],
    ["update audit set detail = replace(detail, ':', ': ') where seq = 3", 'audit_entry_unreadable', 3],
    ['update audit set task = null where seq = 3', 'audit_entry_changed', 3],
    ['update audit set at = at + 1 where seq = 3', 'audit_entry_changed', 3],
    ['delete from audit where seq = 3', 'audit_entries_missing', 4],
    ['delete from audit where seq = 1', 'audit_entries_missing', 2],
    ['update audit set seq = -1 where seq = 3', 'audit_entry_unreadable', 1],
    ['delete from audit where seq > 4', 'audit_cut', null],
    ["update audit_head set hash = ''", 'audit_head_differs', null],
    ['update audit_head set seq = 4', 'audit_head_differs', null],
    ['delete from audit_head', 'audit_head_differs', null],
    ["update audit_signature set signature = x'00' where seq = 4", 'audit_signature_wrong', 4],
    ['delete from audit_signature where seq > 4', 'audit_tail_unsigned', null],
    ['delete from audit_signature', 'audit_unsigned', null],
    ['delete from audit_signer', 'audit_signature_key_unknown', 2],
    ["update audit_signer set public_key = x'00'", 'audit_keys_broken', null],
  ])('shows what was done to it: %s', async (edit, code, seq) => {
    await rig.store.stop();
    expect(await verify()).toMatchObject({ isWhole: true });
    tamper(edit);
    const verdict = await verify();
    expect(verdict.isWhole).toBe(false);
    const all = verdict.breaks.map((b) => [b.sentence.code, b.seq]);
    expect(all).toContainEqual([code, seq]);
  });

  it.each<[string, string | null]>([
    ['nothing', null],
    ['an empty file', ''],
    ['something else', 'this is not a database, whatever its name says'.repeat(100)],
  ])('is refused with its reason where there is %s', (_, content) => {
    const path = join(rig.dataDir, 'other.db');
    if (content !== null) writeFileSync(path, content);
    expect(() => openAuditDatabase(path)).toThrow(
      expect.objectContaining({ code: 'audit_unreadable', path }),
    );
  });
});
