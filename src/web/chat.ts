import type { z } from 'zod';
import { type Sentence, sentence } from '../core/sentences.ts';
import type { Actor } from '../core/task.ts';
import { eventIdCharsMax } from './limits.ts';

/** Who acts in a console session. One person for now; who the session belongs to is asked only here. */
export const consoleActor = (): Actor => ({ kind: 'person', surface: 'web', id: 'local', name: 'you' });

/** The header in which the page's script sends an id of its own for each act, so that one sent twice acts once. */
export const eventIdHeader = 'x-nerdy-event';

/**
 * The act's delivery id, made this surface's own: an id that comes again for another act or task is no repetition of the
 * first. Null where the header is missing or not an id.
 */
export const eventIdOf = (header: unknown, act: string, task: number | null): string | null =>
  typeof header === 'string' && header.length <= eventIdCharsMax && /^[\w-]+$/.test(header)
    ? `web:${act}${task === null ? '' : `:${task}`}:${header}`
    : null;

/** Says which field of a form can't be read. */
export const invalidInput = (error: z.ZodError): Sentence => {
  const issue = error.issues[0];
  const where = issue?.path.join('.');
  return sentence('input_invalid', {
    problem: where ? `${where}: ${issue?.message}` : (issue?.message ?? 'it is empty'),
  });
};
