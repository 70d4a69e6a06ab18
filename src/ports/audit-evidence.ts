import type { ApprovedRows } from '../core/check-approval.ts';
import type { Run } from '../core/run.ts';

/**
 * The rows beside a log that its entries speak of, as of the same moment as the log. What is damaged is given as it
 * was found.
 */
export interface AuditEvidence {
  approvals(task: number): ApprovedRows[];
  runsOf(task: number): Run[];
  run(id: string): Run | null;
  /** The tasks that an approval is stored of, each once. */
  approvedTasks(): Iterable<number>;
}
