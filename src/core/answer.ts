import type { Language } from './language.ts';

/** One machine's part of an answer. `lines` quote the output that the words rest on. */
export interface HostReading {
  agentName: string;
  words: string;
  /** Rows to show as a small table, label and value; empty when words suffice. */
  facts: { label: string; value: string }[];
  /** The evidence: lines of this machine's output, verbatim, escaped only where they are shown. */
  evidence: string[];
  ok: boolean;
}

/** A request that one button asks next, in the same conversation. */
export interface FollowUp {
  label: string;
  request: string;
}

/** What the runs' results mean, in words. Text from machines is quoted in it and is data wherever it goes. */
export interface Answer {
  /** The merged words; for one machine the same as its reading. */
  words: string;
  hosts: HostReading[];
  followUps: FollowUp[];
  language: Language;
  /** Who read the output: the runbook's own reading, a model, or nobody (the output is shown as it is). */
  reader: 'runbook' | 'model' | 'plain';
}
