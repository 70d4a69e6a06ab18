import type { FollowUp } from './answer.ts';
import { keptRuleName } from './kept-runbook.ts';
import type { Classification } from './risk/effect.ts';
import type { Script } from './script.ts';
import type { Actor, Instant, Platform } from './task.ts';

/** One script of a proposal and the platforms among the targets that get it. */
export interface ProposedScript extends Script {
  platforms: Platform[];
  /** What it does, as it was shown when it was proposed; the rules are held against the text, not against this. */
  risk: Classification;
}

/** Which runbook a script came from, pinned by the digest of its file. */
export interface RunbookRef {
  name: string;
  title: string;
  digest: string;
  /** Of one that people kept from a task; missing for a file's. */
  version?: number;
  parameters: Record<string, string>;
  /** True while no character differs from what the runbook gives for these parameters. */
  verbatim: boolean;
  /** True where a message that somebody pointed at chose it and gave its parameters: nobody here typed what it does. */
  isPointedAt?: boolean;
}

/** What a person decides about. Editing makes the next revision; a decision names revision and digest. */
export interface Proposal {
  task: number;
  revision: number;
  /** Of all scripts with their platforms, all targets and limits: see `proposalDigest`. */
  digest: string;
  scripts: ProposedScript[];
  /** One or two sentences of what the script is for, in the asker's language. */
  summary: string;
  timeoutMs: number;
  drafter: 'runbook' | 'model' | 'person';
  /** Who typed or edited the script, when a person did; it counts as their own for approval. */
  author: Actor | null;
  /** Everybody who edited it in any revision, each once: it counts as their own for approval. */
  editors: Actor[];
  /** True when all that it was drafted from was typed by the asker (law 5). */
  typedByAsker: boolean;
  runbook: RunbookRef | null;
  followUps: FollowUp[];
  createdAt: Instant;
}

/**
 * The runbook whose text the script is, as it was and asked for by name or need: what rules may count on (law 5). One that
 * people kept from a task goes by another name than a file (`keptRuleName`).
 */
export const verbatimRunbookOf = ({ runbook }: Pick<Proposal, 'runbook'>): string | null => {
  if (!runbook?.verbatim || runbook.isPointedAt) return null;
  return runbook.version === undefined ? runbook.name : keptRuleName(runbook.name, runbook.version);
};
