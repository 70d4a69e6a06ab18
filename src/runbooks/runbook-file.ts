import { z } from 'zod';
import { countMax, exampleCharsMax, runbookNameCharsMax } from './limits.ts';

const text = z.string().trim().min(1);
/** One text stands for all languages. */
const words = z.preprocess(
  (value) => (typeof value === 'string' ? { en: value, fr: value, de: value, ko: value } : value),
  z.strictObject({ en: text, fr: text, de: text, ko: text }),
);
const example = z.string().trim().min(1).max(exampleCharsMax);
const examples = z.array(example).default([]);
const fileName = z
  .string()
  .max(runbookNameCharsMax)
  .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'must be kebab-case');
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

const pattern = z.strictObject({ description: words, pattern: text, default: z.string().optional() });
/** How many: taken from "the last 100 lines" in whatever words, never more than `max`. */
const count = z
  .strictObject({
    description: words,
    count: z
      .strictObject({ default: z.int().min(1), max: z.int().min(1).max(countMax) })
      .refine((c) => c.default <= c.max, 'its default must not be more than its max'),
  })
  .transform(({ description, count: { default: known, max } }) => ({
    description,
    pattern: '[1-9][0-9]{0,8}',
    default: String(known),
    count: { max },
  }));
const parameter = z
  .union([count, pattern])
  .transform((p): Parameter => ({ ...p, count: 'count' in p ? p.count : null }));

interface Parameter extends z.infer<typeof pattern> {
  /** Null for a value that is no count. */
  count: { max: number } | null;
}

/** The format of one file; docs/runbooks.md says it in prose. Unknown keys are errors: they are typing mistakes. */
export const runbookFile = z.strictObject({
  name: fileName,
  title: words,
  summary: words,
  examples: z
    .strictObject({ en: examples, fr: examples, de: examples, ko: examples })
    .refine(
      (all) => Object.values(all).some((some) => some.length > 0),
      'needs one in at least one language',
    ),
  keywords: z.array(text).default([]),
  parameters: z.record(name, parameter).default({}),
  scripts: z
    .strictObject({ linux: text, macos: text, windows: text })
    .partial()
    .refine((scripts) => Object.keys(scripts).length > 0, 'needs a script for at least one platform'),
  /** Without one, whoever reads any other script's output reads this one's. */
  reading: z
    .strictObject({
      facts,
      windows: facts.optional(),
      ok: text.optional(),
      words,
      table: table.optional(),
      evidence: z.array(name).default([]),
    })
    .default({ facts: {}, words: { en: '', fr: '', de: '', ko: '' }, evidence: [] }),
  followUps: z.array(fileName).default([]),
});

export type RunbookFile = z.infer<typeof runbookFile>;
export type Fact = z.infer<typeof fact>;
