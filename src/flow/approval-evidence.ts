import type { AuditEntry } from '../core/audit.ts';
import type { AuditBreak } from '../core/audit-check.ts';
import { type AuditKey, auditKeysOf } from '../core/audit-keys.ts';
import {
  type ApprovedRows,
  type CheckedApproval,
  checkApproval,
  runMisfit,
  type Vouched,
} from '../core/check-approval.ts';
import { approvalIdOf, isDocumentSigned, runIdOf } from '../core/order.ts';
import { type Sentence, sentence } from '../core/sentences.ts';
import type { AuditEvidence } from '../ports/audit-evidence.ts';
import type { AuditSource } from '../ports/audit-source.ts';
import type { EvidenceCheck } from './verify-audit.ts';

const anotherTask = 'it is of another task';

/**
 * Holds approvals and runs against the log: that each approval is a signed document of what was decided, that runs
 * derive from documents, and that none of either was added, changed or taken away.
 */
export class ApprovalEvidence implements EvidenceCheck {
  readonly checked = { approvals: 0, runs: 0 };
  readonly #evidence: AuditEvidence;
  readonly #keys: readonly AuditKey[];
  /** Numbers of tasks, and ids of runs that were told of once. */
  readonly #approved = new Set<number>();
  readonly #toldRuns = new Set<string>();

  constructor(evidence: AuditEvidence, signers: AuditSource['signers']) {
    this.#evidence = evidence;
    this.#keys = auditKeysOf(signers).keys;
  }

  ofEntry(entry: AuditEntry): AuditBreak[] {
    const { kind, task, seq } = entry;
    if (task === null) return [];
    const said =
      kind === 'task.approve' && entry.detail.to === 'running'
        ? this.#ofApproval(entry, task)
        : this.#ofRun(entry, task);
    return said.map((s) => ({ seq, sentence: s }));
  }

  atEnd(): AuditBreak[] {
    const unlogged = [...this.#evidence.approvedTasks()].filter((task) => !this.#approved.has(task));
    return unlogged.map((task) => ({ seq: null, sentence: sentence('audit_approval_unlogged', { task }) }));
  }

  #ofApproval(entry: AuditEntry, task: number): Sentence[] {
    this.#approved.add(task);
    const all = this.#evidence.approvals(task);
    if (all.length === 0) return [sentence('audit_approval_missing', { task })];
    const said: Sentence[] = [];
    const vouched = new Map<string, Vouched>();
    for (const rows of all) {
      this.checked.approvals++;
      const checked = this.#checkRows(rows);
      const differs = !checked.ok
        ? checked.differs
        : rows.proposalDigest === entry.digest
          ? null
          : 'the proposal is not the one that was decided about';
      if (differs !== null) said.push(sentence('audit_approval_differs', { task, differs }));
      if (checked.ok) vouched.set(approvalIdOf(checked.vouched.bytes), checked.vouched);
    }
    return [...said, ...this.#runsOf(task, vouched)];
  }

  #checkRows(rows: ApprovedRows): CheckedApproval {
    const { document, signature } = rows.approval;
    const key = this.#keys.find((k) => isDocumentSigned(document, signature, k.key));
    return checkApproval(rows, key?.server ?? '', key ?? null);
  }

  /** Those that are there, against their documents; and those that documents name and that are not there. */
  #runsOf(task: number, vouched: ReadonlyMap<string, Vouched>): Sentence[] {
    const said: Sentence[] = [];
    const found = new Set<string>();
    for (const run of this.#evidence.runsOf(task)) {
      this.checked.runs++;
      found.add(run.id);
      const approval = vouched.get(run.approvalId);
      // The approval that doesn't fit was told of; its runs hang on it.
      const differs = approval ? runMisfit(run, approval) : null;
      if (differs !== null) said.push(this.#tellRun(task, run.id, differs));
    }
    for (const { document, bytes } of vouched.values()) {
      for (const id of document.agents.map((agent) => runIdOf(bytes, agent))) {
        if (found.has(id)) continue;
        const isElsewhere = this.#evidence.run(id) !== null;
        said.push(isElsewhere ? this.#tellRun(task, id, anotherTask) : this.#tellMissing(task, id));
      }
    }
    return said;
  }

  #ofRun(entry: AuditEntry, task: number): Sentence[] {
    const { run: id, digest } = entry;
    if (id === null || this.#toldRuns.has(id)) return [];
    const run = this.#evidence.run(id);
    if (!run) return [this.#tellMissing(task, id)];
    if (run.task !== task) return [this.#tellRun(task, id, anotherTask)];
    if (digest !== null && run.scriptDigest !== digest)
      return [this.#tellRun(task, id, 'its script is another')];
    return [];
  }

  #tellRun(task: number, run: string, differs: string): Sentence {
    this.#toldRuns.add(run);
    return sentence('audit_run_differs', { task, run, differs });
  }

  #tellMissing(task: number, run: string): Sentence {
    this.#toldRuns.add(run);
    return sentence('audit_run_missing', { task, run });
  }
}
