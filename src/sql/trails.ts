import { type AuditEntry, auditHash } from '../core/audit.ts';
import { isAuditHeadSigned } from '../core/audit-head.ts';
import type { Trail } from '../core/check-trail.ts';
import { publicKeyFrom } from '../core/order.ts';
import type { AuditSeal } from '../ports/audit-seal.ts';
import { sealedEntriesMax, trailsKept } from './limits.ts';
import { auditOf, logQueries } from './log-rows.ts';
import { sealQueries } from './seal-rows.ts';
import type { SqliteSession } from './sqlite-session.ts';
import { read } from './statement.ts';

/**
 * The latest tasks' own entries of the log. What this process wrote it knows, so that a yes waits for no reading; what
 * an earlier life wrote is read and believed only under a signed head.
 */
export class Trails {
  readonly #session: SqliteSession;
  readonly #seal: AuditSeal;
  /** Whole trails only, the least lately used first. */
  readonly #known = new Map<number, readonly AuditEntry[]>();

  constructor(session: SqliteSession, seal: AuditSeal) {
    this.#session = session;
    this.#seal = seal;
  }

  /** @param written by the transaction that is open, and not signed yet. */
  of(task: number, written: readonly AuditEntry[]): Trail {
    const fresh = written.filter((entry) => isOwn(entry, task));
    const known = this.#known.get(task);
    if (known) return { ok: true, entries: [...known, ...fresh] };
    // What this transaction wrote from the beginning on needs no other proof.
    if (fresh[0]?.kind === 'task.create') return { ok: true, entries: fresh };
    const trail = this.#read(task, new Set(fresh.map((entry) => entry.hash)));
    if (trail.ok && fresh.length === 0) this.#keep(task, trail.entries);
    return trail;
  }

  /** These are durable now. */
  add(written: readonly AuditEntry[]): void {
    for (const entry of written) {
      const { task, kind } = entry;
      if (task === null || !isOwn(entry, task)) continue;
      const known = kind === 'task.create' ? [] : this.#known.get(task);
      if (known) this.#keep(task, [...known, entry]);
    }
  }

  #keep(task: number, entries: readonly AuditEntry[]): void {
    this.#known.delete(task);
    this.#known.set(task, entries);
    if (this.#known.size > trailsKept) this.#known.delete(this.#known.keys().next().value ?? 0);
  }

  /** @param fresh hashes of entries that need no proof. */
  #read(task: number, fresh: ReadonlySet<string>): Trail {
    const entries: AuditEntry[] = [];
    const proven = new Set(fresh);
    try {
      for (const row of this.#session.rows(read(logQueries.ofTask, { task }))) {
        const entry = auditOf(row);
        if (!proven.has(entry.hash)) for (const hash of this.#sealedFrom(entry.seq)) proven.add(hash);
        if (!proven.has(entry.hash) || hashOf(entry) !== entry.hash) return unproven(entry.seq);
        entries.push(entry);
      }
    } catch {
      // Whoever writes rows by hand may give them any form.
      return { ok: false, differs: "its entries in the audit log can't be read" };
    }
    return { ok: true, entries };
  }

  /** The hashes from that entry to the next signed head, where they chain up to it and one of our keys signed it. */
  #sealedFrom(seq: number): string[] {
    const sealed = this.#session.first(read(sealQueries.from, { seq }));
    if (!sealed || sealed.seq - seq >= sealedEntriesMax) return [];
    const { signer, server } = this.#seal;
    const key = signer.publicKeys().find((k) => k.keyId === sealed.key_id);
    if (!key || sealed.server !== server) return [];
    const { at, hash, signature } = sealed;
    if (key.until !== null && at > key.until) return [];
    const head = { server, seq: sealed.seq, hash, at, keyId: key.keyId, signature };
    if (!isAuditHeadSigned(head, publicKeyFrom(key.publicKey))) return [];
    const limit = sealed.seq - seq + 1;
    const link = this.#session.rows(read(logQueries.after, { seq: seq - 1, limit })).map(auditOf);
    const isChain = link.every(
      (entry, i) => hashOf(entry) === entry.hash && (i === 0 || entry.previous === link[i - 1]?.hash),
    );
    return isChain && link.at(-1)?.hash === hash ? link.map((entry) => entry.hash) : [];
  }
}

const isOwn = (entry: AuditEntry, task: number): boolean =>
  entry.task === task && entry.kind.startsWith('task.');

const hashOf = (entry: AuditEntry): string => auditHash(entry.previous, entry.seq, entry.at, entry);

const unproven = (seq: number): Trail => ({
  ok: false,
  differs: `entry ${seq} of the audit log is under no signature of this server's`,
});
