import { createHash, type KeyObject } from 'node:crypto';
import { type ApprovedRows, type CheckedApproval, checkApproval, runMisfit } from '../core/check-approval.ts';
import { decodeDocument, isDocumentSigned, publicKeyFrom } from '../core/order.ts';
import type { Run } from '../core/run.ts';
import { sentence } from '../core/sentences.ts';
import type { ServerKey } from '../core/succession.ts';
import type { Log } from '../ports/log.ts';
import type { Signer } from '../ports/signer.ts';
import type { Order, OrderRows, Store, View, Writes } from '../ports/store.ts';
import { signaturesKeptMax } from './limits.ts';
import { moveRun } from './moves.ts';
import { whyNotAnyMore } from './still-allowed.ts';
import type { Terms } from './terms.ts';

export type CheckedRun = { ok: true; order: Order } | { ok: false; differs: string };

/**
 * Stands before every order that leaves, now or again: what the rows say is held against what was signed, and the rules
 * are asked a last time; only what fits both is sent. Whoever changes the database after a person's yes changes nothing
 * that runs.
 */
export class OrderCheck {
  readonly #store: Store;
  readonly #signer: Signer;
  readonly #serverId: string;
  readonly #terms: Terms;
  readonly #log: Log;
  /** Of rows that were read together, so that the runs of one approval share the work. */
  readonly #checked = new WeakMap<ApprovedRows, CheckedApproval>();
  /** By hash of document and signature: the key that made it. The rows are compared each time all the same. */
  readonly #signedBy = new Map<string, string>();
  readonly #keys = new Map<string, KeyObject>();

  constructor(parts: { store: Store; signer: Signer; serverId: string; terms: Terms; log: Log }) {
    this.#store = parts.store;
    this.#signer = parts.signer;
    this.#serverId = parts.serverId;
    this.#terms = parts.terms;
    this.#log = parts.log;
  }

  /** @param run as it stands now, where it was read again. */
  check(rows: OrderRows, run: Run = rows.run): CheckedRun {
    if (!rows.approved) return { ok: false, differs: 'the approval that the run points at is gone' };
    const checked = this.#checkApproval(rows.approved);
    if (!checked.ok) return checked;
    const { vouched } = checked;
    const differs = runMisfit(run, vouched);
    if (differs !== null) return { ok: false, differs };
    const { bytes: document, signature, script } = vouched;
    return { ok: true, order: { run, document, signature, scriptText: script.text } };
  }

  /** What ends a run that does not fit, for the change that found it. Null when it is past that. */
  refusal({ task, now }: View, run: Run, differs: string): Writes | null {
    const name = run.agentName;
    const event = { kind: 'distrust', sentence: sentence('refused_rows', { name, differs }) } as const;
    const moved = task && moveRun(task, run, event, now);
    if (!moved) return null;
    const audit = moved.audit.map((note) => ({ ...note, detail: { ...note.detail, differs } }));
    return { task: moved.task, runs: [moved.run], audit };
  }

  /**
   * What ends a run that the rules don't allow any more, for the change that is about to send it; null where they do.
   *
   * @param view of the run, with its machine as it is now.
   */
  forbidding({ task, proposal, agent, now }: View, run: Run, order: Order): Writes | null {
    const decoded = decodeDocument(order.document);
    if (!task || !proposal || !agent || !decoded.ok) {
      throw new Error(`run ${run.id}: the rules can't be asked without its task, proposal and machine`);
    }
    const why = whyNotAnyMore(this.#terms, { task, proposal, run, agent }, decoded.document);
    const moved = why && moveRun(task, run, { kind: 'forbid', sentence: why }, now);
    if (!moved) return null;
    const about = { run: run.id, task: task.number, why: why.text };
    this.#log.warn(about, 'an approved order is not allowed any more');
    return { task: moved.task, runs: [moved.run], audit: moved.audit };
  }

  /** Those that fit, of orders that left before and are to leave again; the others end as refused. */
  async sift(orders: readonly OrderRows[]): Promise<Order[]> {
    const fit: Order[] = [];
    for (const rows of orders) {
      const checked = this.check(rows);
      if (!checked.ok) await this.#refuse(rows.run.id, checked.differs);
      else if (!(await this.#forbid(checked.order))) fit.push(checked.order);
    }
    return fit;
  }

  /** Says it where whoever watches the log sees it. */
  tell(run: Run, differs: string): void {
    this.#log.error(
      { run: run.id, task: run.task, agent: run.agentId, differs },
      'the database does not fit a signed approval: somebody changed it; the run was refused',
    );
  }

  /** @returns whether the rules forbade it. */
  #forbid(order: Order): Promise<boolean> {
    const { id, agentId } = order.run;
    return this.#store.change({ run: id, agent: agentId }, (view) => {
      const writes = view.run && this.forbidding(view, view.run, order);
      return writes ? { result: true, writes } : { result: false };
    });
  }

  async #refuse(runId: string, differs: string): Promise<void> {
    const refused = await this.#store.change({ run: runId }, (view) => {
      const writes = view.run && this.refusal(view, view.run, differs);
      return writes ? { result: view.run, writes } : { result: null };
    });
    if (refused) this.tell(refused, differs);
  }

  #checkApproval(rows: ApprovedRows): CheckedApproval {
    const known = this.#checked.get(rows);
    if (known) return known;
    const keyId = this.#keyThatSigned(rows.approval.document, rows.approval.signature);
    const signer = this.#signer.publicKeys().find((k) => k.keyId === keyId) ?? null;
    const checked = this.#held(rows, signer);
    this.#checked.set(rows, checked);
    return checked;
  }

  /** Rows that somebody wrote by hand may have any form. */
  #held(rows: ApprovedRows, signer: ServerKey | null): CheckedApproval {
    try {
      return checkApproval(rows, this.#serverId, signer);
    } catch (err) {
      this.#log.error({ err, approval: rows.approval.id }, 'what is stored of an approval has no known form');
      return { ok: false, differs: "what is stored of the approval can't be read" };
    }
  }

  #keyThatSigned(document: Buffer, signature: Buffer): string | null {
    const hash = createHash('sha256').update(signature).update(document).digest('base64');
    const known = this.#signedBy.get(hash);
    if (known !== undefined) return known;
    const keys = this.#signer.publicKeys();
    const signer = keys.findLast((k) =>
      isDocumentSigned(document, signature, this.#keyOf(k.keyId, k.publicKey)),
    );
    if (!signer) return null;
    if (this.#signedBy.size >= signaturesKeptMax) this.#signedBy.clear();
    this.#signedBy.set(hash, signer.keyId);
    return signer.keyId;
  }

  #keyOf(keyId: string, spki: Buffer): KeyObject {
    const known = this.#keys.get(keyId);
    if (known) return known;
    const key = publicKeyFrom(spki);
    this.#keys.set(keyId, key);
    return key;
  }
}
