import { createHash } from 'node:crypto';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { type Language, Platform } from '../core/task.ts';
import { exampleCharsMax, runbookFileBytesMax } from './limits.ts';
import { runbookProblems } from './runbook-problems.ts';

const text = z.string().trim().min(1);
const words = z.strictObject({ en: text, fr: text, de: text, ko: text });
const example = z.string().trim().min(1).max(exampleCharsMax);
const examples = z.array(example).min(1);
const fileName = z.string().regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'must be kebab-case');
/** Liquid's own way of naming: a hyphen would be legal there and a minus sign to the reader. */
const name = z.string().regex(/^[a-z][A-Za-z0-9_]*$/, 'must be a letter, then letters, digits or _');

const fact = z.union([z.strictObject({ line: text }), z.strictObject({ every: text })]);
const facts = z.record(name, fact);
const cell = z.union([text, words]);
const table = z.union([
  z.strictObject({ each: name, label: cell, value: cell, rowsMax: z.int().min(1).max(100).optional() }),
  z.strictObject({
    rows: z
      .array(z.strictObject({ label: cell, value: cell }))
      .min(1)
      .max(100),
  }),
]);

/** The format of one file; docs/runbooks.md says it in prose. Unknown keys are errors: they are typing mistakes. */
const runbookFile = z.strictObject({
  name: fileName,
  title: words,
  summary: words,
  examples: z.strictObject({ en: examples, fr: examples, de: examples, ko: examples }),
  keywords: z.array(text).default([]),
  parameters: z
    .record(name, z.strictObject({ description: words, pattern: text, default: z.string().optional() }))
    .default({}),
  scripts: z
    .strictObject({ linux: text, macos: text, windows: text })
    .partial()
    .refine((scripts) => Object.keys(scripts).length > 0, 'needs a script for at least one platform'),
  reading: z.strictObject({
    facts,
    windows: facts.optional(),
    ok: text.optional(),
    words,
    table: table.optional(),
    evidence: z.array(name).default([]),
  }),
  followUps: z.array(fileName).default([]),
});

export type RunbookFile = z.infer<typeof runbookFile>;
export type Fact = z.infer<typeof fact>;

/** A valid file and what it is known by: SHA-256 in hex of the file's bytes. */
export interface Runbook extends RunbookFile {
  digest: string;
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

/** The script text for a platform; macOS has Linux's where it differs in nothing. Null when there is none. */
export const scriptTextFor = (runbook: Runbook, platform: Platform): string | null =>
  runbook.scripts[platform] ?? (platform === Platform.macos ? runbook.scripts.linux : undefined) ?? null;

/** Matches a parameter's whole value. */
export const parameterPattern = (pattern: string): RegExp => new RegExp(`^(?:${pattern})$`);

/** A table's label or value in a language. */
export const cellIn = (value: string | Record<Language, string>, language: Language): string =>
  typeof value === 'string' ? value : value[language];
