import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type Sentence, sentence } from '../core/sentences.ts';
import type { Enrolment } from '../flow/enrol.ts';
import type { Managed } from '../flow/managed-agent.ts';
import { consoleActor, eventIdHeader, eventIdOf, invalidInput } from './chat.ts';
import type { ConsoleContext } from './context.ts';
import { bodyBytesMax, onCharsMax } from './limits.ts';
import { renderMachines } from './render-machines.tsx';

/** What the console asks of those who know the machines' identities. */
export interface Machines {
  enrolment: Pick<Enrolment, 'invite' | 'withdraw' | 'invites' | 'remove' | 'resume'>;
  /** What is pasted on a machine that is to join; null where the server has no address for it. */
  lines: (token: string) => Promise<{ posix: string; windows: string } | null>;
}

const inviteShape = z.object({
  name: z
    .string()
    .max(onCharsMax)
    .optional()
    .transform((name) => name?.trim() || null),
  labels: z
    .string()
    .max(onCharsMax * 10)
    .optional()
    .transform((text) => pairsIn(text ?? '')),
  expires: z
    .string()
    .regex(/^\d{1,12}$/)
    .transform(Number),
});
const removeShape = z.object({ confirm: z.string().max(onCharsMax) });

/** `role=db env=prod`, with or without commas. */
const pairsIn = (text: string): string[] => text.split(/[\s,;]+/).filter((pair) => pair !== '');

const labelsOf = (pairs: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  );

/** Routes by which machines come and go: an invitation, and what is done with one that has joined. */
export const registerMachines = (app: FastifyInstance, context: ConsoleContext, machines: Machines): void => {
  registerInvites(app, context, machines);
  registerIdentities(app, context, machines);
};

const registerInvites = (
  app: FastifyInstance,
  { guard, clock }: ConsoleContext,
  { enrolment, lines }: Machines,
): void => {
  const open = async (): Promise<string> => renderMachines.invites(await enrolment.invites(), clock.now());

  app.get('/console/invites', async (request, reply) => {
    guard.reader(request);
    return html(reply, await open());
  });

  app.post('/console/invites', { bodyLimit: bodyBytesMax }, async (request, reply) => {
    guard.writer(request);
    const form = inviteShape.safeParse(request.body ?? {});
    if (!form.success) return refuse(reply, 'invite-said', invalidInput(form.error));
    const { name, labels: pairs, expires } = form.data;
    // Named as it was written; past here it would be a label with an empty value.
    const odd = pairs.find((pair) => !pair.includes('='))?.slice(0, onCharsMax);
    if (odd !== undefined) {
      return refuse(reply, 'invite-said', sentence('labels_unusable', { problem: `"${odd}" is none` }));
    }
    const labels = labelsOf(pairs);
    const eventId = eventIdOf(request.headers[eventIdHeader], 'invite', null);
    const made = await enrolment.invite(consoleActor(), { name, labels, expiresMs: expires }, eventId);
    if (made.kind === 'refused') return refuse(reply, 'invite-said', made.sentence);
    const shown = { ...made, lines: await lines(made.token), now: clock.now() };
    return html(reply, renderMachines.invited(shown) + (await open()));
  });

  app.post('/console/invites/:id/withdraw', { bodyLimit: bodyBytesMax }, async (request, reply) => {
    guard.writer(request);
    const { id } = request.params as { id: string };
    const gone = await enrolment.withdraw(consoleActor(), id);
    if (gone.kind === 'refused') return refuse(reply, 'invite-said', gone.sentence, await open());
    return html(reply, renderMachines.withdrawn(id) + (await open()));
  });
};

const registerIdentities = (
  app: FastifyInstance,
  { guard, desk, clock }: ConsoleContext,
  { enrolment }: Machines,
): void => {
  const nameOf = (request: FastifyRequest): string => (request.params as { name: string }).name;
  const answer = async (reply: FastifyReply, outcome: Managed): Promise<FastifyReply> => {
    if (outcome.kind === 'refused') return refuse(reply, 'agents-said', outcome.sentence);
    return html(reply, renderMachines.list(await desk.agents(), clock.now()));
  };

  app.post('/console/machines/:name/resume', { bodyLimit: bodyBytesMax }, async (request, reply) => {
    guard.writer(request);
    return answer(reply, await enrolment.resume(consoleActor(), nameOf(request)));
  });

  app.post('/console/machines/:name/remove', { bodyLimit: bodyBytesMax }, async (request, reply) => {
    guard.writer(request);
    const name = nameOf(request);
    const form = removeShape.safeParse(request.body ?? {});
    if (!form.success || form.data.confirm.trim() !== name) {
      return refuse(reply, 'agents-said', sentence('confirm_remove', { name }));
    }
    return answer(reply, await enrolment.remove(consoleActor(), name));
  });
};

const html = (reply: FastifyReply, text: string): FastifyReply =>
  reply.header('cache-control', 'no-store').type('text/html; charset=utf-8').send(text);

const refuse = (reply: FastifyReply, id: string, said: Sentence, more = ''): FastifyReply =>
  html(reply.code(409), renderMachines.said(id, said) + more);
