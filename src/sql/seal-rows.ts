import { type AuditHead, encodeAuditHead, type SignedAuditHead } from '../core/audit-head.ts';
import { Purpose } from '../core/signature.ts';
import type { Instant } from '../core/task.ts';
import type { AuditSeal } from '../ports/audit-seal.ts';
import type { Signer } from '../ports/signer.ts';
import type { AuditHead as LogEnd } from './log-rows.ts';
import { query, rowOf } from './query.ts';
import { type Statement, write } from './statement.ts';
import type { Row } from './tables.ts';

const signerColumns = [
  'id',
  'server',
  'key_id',
  'public_key',
  'since',
  'statement',
  'statement_signature',
] as const satisfies (keyof Row<'audit_signer'>)[];

export const sealQueries = {
  /** A handful over a log's whole life. */
  signers: query((db) => db.selectFrom('audit_signer').select(signerColumns).orderBy('id')),
  insertSigner: query((db, p: Row<'audit_signer'>) =>
    db.insertInto('audit_signer').values(rowOf(p, signerColumns)),
  ),
  insertSignature: query((db, p: Row<'audit_signature'>) =>
    db.insertInto('audit_signature').values(rowOf(p, ['seq', 'signer', 'signature'])),
  ),
  latest: query((db) =>
    db
      .selectFrom('audit_signature')
      .innerJoin('audit', 'audit.seq', 'audit_signature.seq')
      .innerJoin('audit_signer', 'audit_signer.id', 'audit_signature.signer')
      .select([
        'audit_signature.seq',
        'audit_signature.signature',
        'audit.hash',
        'audit.at',
        'audit_signer.server',
        'audit_signer.key_id',
      ])
      .orderBy('audit_signature.seq', 'desc')
      .limit(1),
  ),
  /** The first signed head at or after an entry. */
  from: query((db, p: { seq: number }) =>
    db
      .selectFrom('audit_signature')
      .innerJoin('audit', 'audit.seq', 'audit_signature.seq')
      .innerJoin('audit_signer', 'audit_signer.id', 'audit_signature.signer')
      .select([
        'audit_signature.seq',
        'audit_signature.signature',
        'audit.hash',
        'audit.at',
        'audit_signer.server',
        'audit_signer.key_id',
      ])
      .where('audit_signature.seq', '>=', p.seq)
      .orderBy('audit_signature.seq')
      .limit(1),
  ),
  hashAt: query((db, p: { seq: number }) => db.selectFrom('audit').select('hash').where('seq', '=', p.seq)),
};

/** What makes the log's end of this commit a signed one, in the same commit. */
export const sealStatements = (
  end: LogEnd,
  at: Instant,
  { server, signer }: AuditSeal,
  signers: readonly Row<'audit_signer'>[],
): Statement[] => {
  const { keyId } = signer;
  const head: AuditHead = { server, seq: end.seq, hash: end.hash, at, keyId };
  const signature = signer.sign(Purpose.auditHead, encodeAuditHead(head));
  const fresh = signers.some((s) => isSigner(s, server, keyId)) ? [] : newSigners(server, signer, signers);
  const id = [...signers, ...fresh].find((s) => isSigner(s, server, keyId))?.id ?? 0;
  return [
    ...fresh.map((row) => write(sealQueries.insertSigner, row, 1, `the key ${row.key_id}`)),
    write(
      sealQueries.insertSignature,
      { seq: end.seq, signer: id, signature },
      1,
      `the signature of ${end.seq}`,
    ),
  ];
};

const isSigner = (row: Row<'audit_signer'>, server: string, keyId: string): boolean =>
  row.server === server && row.key_id === keyId;

/** The keys that are not in the table yet: also one that signed nothing here, as it links those around it. */
const newSigners = (
  server: string,
  signer: Signer,
  signers: readonly Row<'audit_signer'>[],
): Row<'audit_signer'>[] => {
  const successions = signer.successions();
  const rows = signer.publicKeys().map(({ keyId, publicKey, since }, i) => {
    const link = i === 0 ? undefined : successions[i - 1];
    const said = { statement: link?.statement ?? null, statement_signature: link?.signature ?? null };
    return { id: 0, server, key_id: keyId, public_key: publicKey, since, ...said };
  });
  const last = signers.at(-1)?.id ?? 0;
  return rows
    .filter((row) => !signers.some((s) => isSigner(s, server, row.key_id)))
    .map((row, i) => ({ ...row, id: last + i + 1 }));
};

type LatestRow = Pick<Row<'audit_signature'>, 'seq' | 'signature'> &
  Pick<Row<'audit_signer'>, 'server' | 'key_id'> &
  Pick<Row<'audit'>, 'hash' | 'at'>;

export const signedHeadOf = ({ server, seq, hash, at, key_id, signature }: LatestRow): SignedAuditHead => ({
  server,
  seq,
  hash,
  at,
  keyId: key_id,
  signature,
});
