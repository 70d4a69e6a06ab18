import { createHash } from 'node:crypto';
import { parseDocument } from 'yaml';
import type { z } from 'zod';
import type { Language } from '../core/language.ts';
import { Platform } from '../core/task.ts';
import { runbookFileBytesMax } from './limits.ts';
import { type RunbookFile, runbookFile } from './runbook-file.ts';
import { runbookProblems } from './runbook-problems.ts';

/** A valid file and what it is known by: SHA-256 in hex of the file's bytes. */
export interface Runbook extends RunbookFile {
  digest: string;
  /** Of one that people kept from a task; missing for a file's. */
  version?: number;
}

/** Everything that is wrong with a file, each a sentence that names the file and the place in it. */
export type ParsedRunbook = { ok: true; runbook: Runbook } | { ok: false; problems: string[] };

const where = (path: readonly PropertyKey[]): string => (path.length === 0 ? 'the file' : path.join('.'));

/** A union's own message says only that nothing fitted; what its branches said is what a person needs. */
const issueText = (issue: z.core.$ZodIssue): string => {
  if (issue.code === 'unrecognized_keys') return `unknown key ${issue.keys.map((k) => `"${k}"`).join(', ')}`;
  if (issue.code !== 'invalid_union') return issue.message;
  return issue.errors
    .map((branch) => branch.map((i) => `${i.path.join('.')} ${issueText(i)}`.trim()).join(' and '))
    .join(', or ');
};

/**
 * Reads one runbook file's bytes. `fileName` is the name with its ending, for the name rule and for messages.
 * Never throws for what a file can hold.
 */
export const parseRunbook = (fileName: string, bytes: Uint8Array): ParsedRunbook => {
  const failed = (...problems: string[]): ParsedRunbook => ({
    ok: false,
    problems: problems.map((p) => `${fileName}: ${p}`),
  });
  if (bytes.byteLength > runbookFileBytesMax) {
    return failed(`the file has ${bytes.byteLength} bytes; at most ${runbookFileBytesMax} are read.`);
  }
  let raw: unknown;
  try {
    const document = parseDocument(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (document.errors.length > 0)
      return failed(...document.errors.map((e) => `not valid YAML: ${e.message.split('\n')[0]}`));
    raw = document.toJS({ maxAliasCount: 0 });
  } catch (error) {
    return failed(`the file can't be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  const parsed = runbookFile.safeParse(raw);
  if (!parsed.success) {
    return failed(...parsed.error.issues.map((issue) => `${where(issue.path)}: ${issueText(issue)}.`));
  }
  const problems = runbookProblems(fileName, parsed.data);
  if (problems.length > 0) return failed(...problems);
  return { ok: true, runbook: { ...parsed.data, digest: createHash('sha256').update(bytes).digest('hex') } };
};

/** How people ask for it in that language; where nobody has said so, in the others. */
export const examplesIn = (runbook: Runbook, language: Language): readonly string[] => {
  const own = runbook.examples[language];
  return own.length > 0 ? own : Object.values(runbook.examples).flat();
};

/** The script text for a platform; macOS has Linux's where it differs in nothing. Null when there is none. */
export const scriptTextFor = (runbook: Runbook, platform: Platform): string | null =>
  runbook.scripts[platform] ?? (platform === Platform.macos ? runbook.scripts.linux : undefined) ?? null;
