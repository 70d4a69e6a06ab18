import type { AuditEntry } from './audit.ts';
import type { AuditFilter } from './audit-filter.ts';
import { type AuditRecord, type AuditSealRecord, type AuditSigner, entryOf } from './audit-record.ts';

/** The first line of an export; an entry on each line after it. docs/audit.md has the form for others. */
export interface AuditExportHead {
  format: 'nerdyops audit';
  v: 1;
  signers: readonly AuditSigner[];
  /** Where the log ended when it was exported. */
  head: { seq: number; hash: string };
  /** What was asked for, null for all of the log. */
  filter: AuditFilter | null;
}

const base64 = (bytes: Buffer | null): string | null => bytes?.toString('base64') ?? null;

export const exportHeadLine = (head: AuditExportHead): string =>
  JSON.stringify({
    ...head,
    signers: head.signers.map((s) => ({
      ...s,
      publicKey: base64(s.publicKey),
      statement: base64(s.statement),
      statementSignature: base64(s.statementSignature),
    })),
  });

export const exportLine = (entry: AuditEntry, seal: AuditSealRecord | null): string =>
  JSON.stringify(seal === null ? entry : { ...entry, seal: { ...seal, signature: base64(seal.signature) } });

/** Null when the line is no export's first line of a version that is known here. */
export const readExportHead = (line: string): AuditExportHead | null => {
  const value = parsed(line);
  if (!isObject(value) || value.format !== 'nerdyops audit' || value.v !== 1) return null;
  const { signers, head, filter } = value;
  if (!Array.isArray(signers) || !isObject(head)) return null;
  if (typeof head.seq !== 'number' || typeof head.hash !== 'string') return null;
  const read = signers.map(readSigner);
  if (read.includes(null)) return null;
  return {
    format: 'nerdyops audit',
    v: 1,
    signers: read as AuditSigner[],
    head: { seq: head.seq, hash: head.hash },
    filter: isObject(filter) ? (filter as AuditFilter) : null,
  };
};

/** @param number of the line, for people. */
export const readExportLine = (line: string, number: number): AuditRecord => {
  const where = `line ${number} of the export`;
  const value = parsed(line);
  if (!isObject(value)) return { entry: null, where, seal: null };
  const { seal, ...rest } = value;
  const entry = entryOf(rest);
  const read = seal === undefined ? null : readSeal(seal);
  // A seal that can't be read is a line that can't be trusted to be what was exported.
  if (seal !== undefined && read === null) return { entry: null, where, seal: null };
  return { entry, where, seal: read };
};

const parsed = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
};

const isObject = (v: unknown): v is Record<string, unknown> =>
  typeof v === 'object' && v !== null && !Array.isArray(v);

const bytesOf = (v: unknown): Buffer | null => (typeof v === 'string' ? Buffer.from(v, 'base64') : null);

const readSeal = (v: unknown): AuditSealRecord | null => {
  if (!isObject(v) || typeof v.server !== 'string' || typeof v.keyId !== 'string') return null;
  const signature = bytesOf(v.signature);
  return signature && { server: v.server, keyId: v.keyId, signature };
};

const readSigner = (v: unknown): AuditSigner | null => {
  if (!isObject(v) || typeof v.server !== 'string' || typeof v.keyId !== 'string') return null;
  const publicKey = bytesOf(v.publicKey);
  if (!publicKey || typeof v.since !== 'number') return null;
  const said = { statement: bytesOf(v.statement), statementSignature: bytesOf(v.statementSignature) };
  return { server: v.server, keyId: v.keyId, publicKey, since: v.since, ...said };
};
