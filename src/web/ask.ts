import { z } from 'zod';
import { parseCommand } from '../core/command.ts';
import { sentence } from '../core/sentences.ts';
import type { Desk, Outcome } from '../flow/desk.ts';
import type { HeardOutcome, Hearing } from '../flow/hear.ts';
import { consoleActor, invalidInput } from './chat.ts';
import { onCharsMax } from './limits.ts';
import { consolePlace, type Threads } from './threads.ts';

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

/** Obeys what is said of watches, which is no request; null for everything else. */
export const obeyFromConsole = async (
  hearing: Pick<Hearing, 'hear'>,
  body: unknown,
  eventId: string | null,
): Promise<HeardOutcome | null> => {
  const said = askShape.safeParse(body);
  if (!said.success || said.data.thread !== null || said.data.on !== null) return null;
  const { request: text } = said.data;
  const command = parseCommand(text);
  const isOfWatches = command?.kind === 'watch' || (command?.kind === 'list' && command.list === 'watches');
  if (!isOfWatches) return null;
  const { surface, channel } = consolePlace;
  return hearing.hear({
    ...{ surface, channel, under: null, text, context: null, on: null },
    ...{ by: consoleActor(), eventId: eventId ?? `web:watch:${crypto.randomUUID()}`, isAddressed: true },
  });
};
