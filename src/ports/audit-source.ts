import type { AuditRecord, AuditSigner } from '../core/audit-record.ts';
import type { AuditEvidence } from './audit-evidence.ts';

/**
 * A log to be verified or exported: a database's or an export's. All of it is as of one moment, whatever is written
 * meanwhile, and nothing of it is ever changed by reading.
 *
 * - `records` gives the entries in the order in which they stand, one at a time; it is called once.
 * - What is damaged is given as it was found: judging it is the caller's.
 * - Errors: AuditUnreadableError when the file can't be read at all.
 */
export interface AuditSource {
  readonly signers: readonly AuditSigner[];
  /** Where the log says that it ends. */
  readonly head: { seq: number; hash: string };
  /** The last head that there is a signature of, 0 for none. Null where that is not known before reading. */
  readonly lastSealed: number | null;
  /** How many entries are to come, for progress; null where nobody knows. */
  readonly count: number | null;
  /** True when somebody chose entries: what lies between them isn't there to be checked. */
  readonly isPartial: boolean;
  /** The rows beside the log; null for an export, which has none. */
  readonly evidence: AuditEvidence | null;
  records(): AsyncIterable<AuditRecord> | Iterable<AuditRecord>;
  close(): void;
}

/** The file is no log that can be read. `reason` completes "… can't be read as an audit log: ". */
export class AuditUnreadableError extends Error {
  readonly code = 'audit_unreadable';
  readonly path: string;
  readonly reason: string;
  constructor(path: string, reason: string, cause?: unknown) {
    super(`${path} can't be read as an audit log: ${reason}`, { cause });
    this.name = 'AuditUnreadableError';
    this.path = path;
    this.reason = reason;
  }
}
