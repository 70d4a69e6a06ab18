import { z } from 'zod';
import { type Sentence, sentence } from '../core/sentences.ts';
import type { Actor } from '../core/task.ts';
import type { Desk, Outcome } from '../flow/desk.ts';
import { eventIdCharsMax, onCharsMax } from './limits.ts';
import { consolePlace, type Threads } from './threads.ts';

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

const askShape = z.object({
  request: z.string(),
  on: z
    .string()
    .max(onCharsMax)
    .optional()
    .transform((on) => (on?.trim() ? on.trim() : null)),
  thread: z
    .string()
    .regex(/^\d{0,12}$/)
    .optional()
    .transform((thread) => (thread ? Number(thread) : null)),
});

/**
 * Asks what the composer or a button says. A thread is named by the number of the task that heads it, and asked in by
 * that task's own place, wherever it was begun: there the machines and the requests spoken of before are found.
 */
export const askFromConsole = async (
  desk: Desk,
  threads: Threads,
  body: unknown,
  eventId: string | null,
): Promise<Outcome> => {
  const parsed = askShape.safeParse(body);
  if (!parsed.success) return { kind: 'refused', sentence: invalidInput(parsed.error) };
  const { request, on, thread } = parsed.data;
  const place = thread === null ? consolePlace : await threads.placeOf(thread);
  if (!place) return { kind: 'refused', sentence: sentence('task_unknown', { number: thread ?? 0 }) };
  return desk.ask({ request, on, asker: consoleActor(), place, eventId });
};

/** Says which field of a form can't be read. */
export const invalidInput = (error: z.ZodError): Sentence => {
  const issue = error.issues[0];
  const where = issue?.path.join('.');
  return sentence('input_invalid', {
    problem: where ? `${where}: ${issue?.message}` : (issue?.message ?? 'it is empty'),
  });
};
