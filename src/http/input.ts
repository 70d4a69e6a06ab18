import type { z } from 'zod';
import { problemWords } from '../core/problem-words.ts';
import { type Sentence, sentence } from '../core/sentences.ts';

/** What was sent is not what the route takes; answered with 400 and the sentence. */
export class InputError extends Error {
  readonly code = 'input_invalid';
  readonly sentence: Sentence;
  constructor(problem: string) {
    const said = sentence('input_invalid', { problem });
    super(said.text);
    this.name = 'InputError';
    this.sentence = said;
  }
}

/** @throws InputError that names every problem. */
export const read = <T>(schema: z.ZodType<T>, value: unknown): T => {
  const parsed = schema.safeParse(value, { reportInput: true });
  if (parsed.success) return parsed.data;
  throw new InputError(problemWords(parsed.error));
};
