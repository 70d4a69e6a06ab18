import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import Database, { type Database as Connection } from 'better-sqlite3';
import { type AuditRecord, type AuditSealRecord, type AuditSigner, entryOf } from '../core/audit-record.ts';
import { type AuditSource, AuditUnreadableError } from '../ports/audit-source.ts';
import { auditEvidenceOn } from './audit-evidence.ts';
import { auditPageEntries } from './limits.ts';
import { type EntryRow, entryColumns } from './log-rows.ts';
import type { Row } from './tables.ts';

type SealedRow = EntryRow & { signer: number | null; signature: Buffer | null };

/**
 * The log of a database file, as it is at this moment. The file may be a running server's: it is opened for reading
 * alone, and what is committed meanwhile is not seen.
 *
 * @throws AuditUnreadableError
 */
export const openAuditDatabase = (path: string): AuditSource => {
  const { connection, close } = openReadOnly(path);
  try {
    return sourceOn(connection, close);
  } catch (error) {
    close();
    throw unreadable(path, error);
  }
};

const unreadable = (path: string, error: unknown): AuditUnreadableError =>
  new AuditUnreadableError(path, error instanceof Error ? error.message : String(error), error);

/**
 * SQLite needs to write beside a database with a write-ahead log, if only the index of that log. Where it may not
 * (a backup on a disk that is only for reading), a copy is read.
 */
const openReadOnly = (path: string): { connection: Connection; close: () => void } => {
  try {
    const connection = beginOn(path);
    return { connection, close: () => connection.close() };
  } catch (error) {
    const code = (error as { code?: string }).code ?? '';
    if (!existsSync(path) || !/^SQLITE_(CANTOPEN|READONLY)/.test(code)) throw unreadable(path, error);
  }
  const dir = mkdtempSync(join(tmpdir(), 'nerdyops-audit-'));
  const remove = (): void => rmSync(dir, { recursive: true, force: true });
  try {
    for (const end of ['', '-wal']) {
      if (existsSync(path + end)) copyFileSync(path + end, join(dir, basename(path) + end));
    }
    const connection = beginOn(join(dir, basename(path)));
    const close = (): void => {
      connection.close();
      remove();
    };
    return { connection, close };
  } catch (error) {
    remove();
    throw unreadable(path, error);
  }
};

/** A transaction that only reads sees one moment of the database. It begins with its first read. */
const beginOn = (path: string): Connection => {
  const connection = new Database(path, { readonly: true, fileMustExist: true });
  try {
    connection.exec('begin');
    connection.prepare('select count(*) from sqlite_schema').get();
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
};

const sourceOn = (connection: Connection, close: () => void): AuditSource => {
  const signers = connection.prepare('select * from audit_signer order by id').all() as Row<'audit_signer'>[];
  const byId = new Map(signers.map((s) => [s.id, s] as const));
  const head = connection.prepare('select seq, hash from audit_head where id = 1').get();
  const sealed = connection.prepare('select max(seq) as seq from audit_signature').get();
  const { seq: lastSealed } = sealed as { seq: number | null };
  const page = connection.prepare(
    `select ${entryColumns.map((c) => `audit.${c}`).join(', ')}, signer, signature
     from audit left join audit_signature on audit_signature.seq = audit.seq
     where audit.seq > ? order by audit.seq limit ?`,
  );
  const end = (head ?? { seq: 0, hash: '' }) as { seq: number; hash: string };
  return {
    signers: signers.map(signerOf),
    head: end,
    lastSealed: lastSealed ?? 0,
    count: end.seq,
    isPartial: false,
    evidence: auditEvidenceOn(connection),
    *records() {
      for (let after = Number.MIN_SAFE_INTEGER; ; ) {
        const rows = page.all(after, auditPageEntries) as SealedRow[];
        for (const row of rows) yield recordOf(row, byId);
        const last = rows.at(-1);
        if (!last) return;
        after = last.seq;
      }
    },
    close,
  };
};

const signerOf = (row: Row<'audit_signer'>): AuditSigner => ({
  server: row.server,
  keyId: row.key_id,
  publicKey: row.public_key,
  since: row.since,
  statement: row.statement,
  statementSignature: row.statement_signature,
});

const recordOf = (
  { signer, signature, ...row }: SealedRow,
  signers: ReadonlyMap<number, Row<'audit_signer'>>,
): AuditRecord => {
  const where = `entry ${row.seq}`;
  const actor = exactly(row.actor);
  const detail = exactly(row.detail);
  const entry = entryOf({ ...row, actor, detail });
  return { entry, where, seal: signature && sealOf(signature, signer, signers) };
};

const sealOf = (
  signature: Buffer,
  signer: number | null,
  signers: ReadonlyMap<number, Row<'audit_signer'>>,
): AuditSealRecord => {
  const row = signers.get(signer ?? 0);
  return { server: row?.server ?? '', keyId: row?.key_id ?? '(unknown)', signature };
};

/** JSON as the server writes it, or nothing: another spelling of the same value could hold words that nobody hashed. */
const exactly = (text: string): unknown => {
  try {
    const value: unknown = JSON.parse(text);
    return JSON.stringify(value) === text ? value : undefined;
  } catch {
    return undefined;
  }
};
