/** What people are shown of a runbook before it is asked for. */
export interface RunbookSummary {
  name: string;
  title: string;
  summary: string;
  examples: string[];
}
