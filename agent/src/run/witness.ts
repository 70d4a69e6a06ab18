import fs from 'node:fs';
import { join } from 'node:path';
import type { WireAuditHead, WireWitnessConflict } from '../../../proto/agent-stream.ts';
import { isAuditHeadSigned, type SignedAuditHead } from '../../../src/core/audit-head.ts';
import { type AuditWitness, decodeWitness, encodeWitness } from '../../../src/core/audit-witness.ts';
import type { TrustedKey } from '../core/check-order.ts';
import { holdHead } from '../core/witness-book.ts';
import type { AgentLog } from '../log.ts';
import type { Disk } from './disk.ts';

/**
 * What this agent remembers of the server's audit log, `<data>/witness.json`. The file is replaced in one step and not
 * synced: the next head comes within seconds, and the one before is nearly as good a witness.
 */
export class Witness {
  readonly #file: string;
  readonly #disk: Disk;
  readonly #log: AgentLog;
  #kept: AuditWitness | null = null;
  /** Told once on each stream, so that people hear of it and a log that goes on contradicting doesn't drown them. */
  #isTold = false;

  constructor(dataDir: string, disk: Disk, log: AgentLog) {
    this.#file = join(dataDir, 'witness.json');
    this.#disk = disk;
    this.#log = log;
  }

  /** Reads what was kept. A damaged file is put aside, not lost: it may be evidence. */
  open(): void {
    if (!fs.existsSync(this.#file)) return;
    this.#kept = decodeWitness(fs.readFileSync(this.#file, 'utf8'));
    if (this.#kept) return;
    this.#log.error({ file: this.#file }, 'the witness of the audit log is damaged; it is put aside');
    this.#disk.rename(this.#file, `${this.#file}.damaged`);
  }

  /** A new stream. */
  welcomed(): void {
    this.#isTold = false;
  }

  /** For the hello; null before the first head. */
  get latest(): WireAuditHead | null {
    return this.#kept && wireOf(this.#kept.latest);
  }

  /** @returns what to tell the gateway, null when there is nothing. */
  shown(
    wire: WireAuditHead,
    serverId: string | null,
    keys: readonly TrustedKey[],
  ): WireWitnessConflict | null {
    const head = headOf(wire);
    const key = keys.find((k) => k.keyId === head.keyId);
    if (head.server !== serverId || !key || !isAuditHeadSigned(head, key.key)) {
      this.#log.error(
        { seq: head.seq, keyId: head.keyId },
        'a head of the audit log is not signed by the trusted server; it is not kept',
      );
      return null;
    }
    const trusted = (keys[0] ?? key).key.export({ type: 'spki', format: 'der' });
    const verdict = holdHead(this.#kept, head, trusted);
    if (verdict.kind === 'same') return null;
    if (verdict.witness) this.#keep(verdict.witness);
    if (verdict.kind === 'kept' || this.#isTold) return null;
    this.#isTold = true;
    const { kept } = verdict;
    this.#log.error(
      { kept: kept.seq, shown: head.seq, file: this.#file },
      "the server's audit log is not the one that this agent was shown before: it was cut or rewritten. Both heads are kept as evidence; see `nerdy audit verify --witness`",
    );
    return { kept: wireOf(kept), shown: wire };
  }

  #keep(witness: AuditWitness): void {
    this.#kept = witness;
    try {
      this.#disk.write(`${this.#file}.tmp`, encodeWitness(witness));
      this.#disk.rename(`${this.#file}.tmp`, this.#file);
    } catch (error) {
      this.#log.warn({ err: String(error) }, 'the witness of the audit log could not be written');
    }
  }
}

const headOf = ({ serverId, seq, hash, at, keyId, signature }: WireAuditHead): SignedAuditHead => ({
  server: serverId,
  seq,
  hash: hash.toString('hex'),
  at,
  keyId,
  signature,
});

const wireOf = ({ server, seq, hash, at, keyId, signature }: SignedAuditHead): WireAuditHead => ({
  serverId: server,
  seq,
  hash: Buffer.from(hash, 'hex'),
  at,
  keyId,
  signature,
});
