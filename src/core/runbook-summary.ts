/** What people are shown of a runbook before it is asked for. */
export interface RunbookSummary {
  name: string;
  /** Of one that people kept from a task; null for a file's. */
  version: number | null;
  title: string;
  summary: string;
  examples: string[];
}
