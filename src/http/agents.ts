import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Invite } from '../core/enrolment.ts';
import { inviteMsMax, inviteMsMin } from '../core/limits.ts';
import type { Sentence } from '../core/sentences.ts';
import type { Enrolment } from '../flow/enrol.ts';
import type { Managed } from '../flow/managed-agent.ts';
import { actorOf, type Door, requireToken } from './access.ts';
import { InputError, read } from './input.ts';
import { labelCharsMax, nameCharsMax, reasonCharsMax } from './limits.ts';

/** What is pasted on a machine that is to join. */
export interface JoinLines {
  /** Linux and macOS. */
  posix: string;
  /** Windows PowerShell, as administrator. */
  windows: string;
}

/** An invitation as people see it: of its secret nothing. */
export type ShownInvite = Omit<Invite, 'secretDigest'>;

const name = z.string().min(1).max(nameCharsMax);
const labels = z.record(z.string().max(labelCharsMax), z.string().max(labelCharsMax));
const inviteBody = z
  .strictObject({
    name: name.nullable().default(null),
    labels: labels.default({}),
    expiresMs: z.int().min(inviteMsMin).max(inviteMsMax).nullable().default(null),
    rejoin: name.nullable().default(null),
  })
  .refine((b) => b.rejoin === null || (b.name === null && Object.keys(b.labels).length === 0), {
    path: ['rejoin'],
    error: "keeps that machine's name and labels, so leave name and labels out",
  });
const suspendBody = z.strictObject({ reason: z.string().max(reasonCharsMax).nullable().default(null) });
const relabelBody = z.strictObject({ labels });
const renameBody = z.strictObject({ name });
const nothing = z.strictObject({});

/** The routes of machines' identities: who is invited, and what admins do with those that joined. */
export const agentRoutes =
  (parts: {
    enrolment: Enrolment;
    door: Door;
    /** Null where the server has no address at which machines could fetch anything. */
    lines: (token: string) => Promise<JoinLines | null>;
  }) =>
  async (app: FastifyInstance): Promise<void> => {
    const { enrolment, door, lines } = parts;
    app.addHook('onRequest', requireToken(door));
    app.post('/agents/invites', async (request, reply) => {
      const body = read(inviteBody, request.body ?? {});
      const by = actorOf(request);
      const made = await enrolment.invite(by, body, eventIdOf(request));
      if (made.kind === 'refused') return refuse(reply, made.sentence);
      const { token, invite } = made;
      reply.code(201).header('cache-control', 'no-store');
      return { invite: shown(invite), token, lines: await lines(token) };
    });
    app.get('/agents/invites', async () => ({ invites: (await enrolment.invites()).map(shown) }));
    app.delete('/agents/invites/:id', async (request, reply) => {
      const { id } = request.params as { id: string };
      const gone = await enrolment.withdraw(actorOf(request), id);
      return gone.kind === 'refused' ? refuse(reply, gone.sentence) : { invite: shown(gone.invite) };
    });
    app.delete('/agents/:name', async (request, reply) =>
      answer(reply, await enrolment.remove(actorOf(request), nameOf(request))),
    );
    const act = <T>(
      verb: string,
      schema: z.ZodType<T>,
      run: (request: FastifyRequest, body: T) => Promise<Managed>,
    ): void => {
      app.post(`/agents/:name/${verb}`, async (request, reply) =>
        answer(reply, await run(request, read(schema, request.body ?? {}))),
      );
    };
    act('suspend', suspendBody, (request, { reason }) =>
      enrolment.suspendNamed(actorOf(request), nameOf(request), reason),
    );
    act('resume', nothing, (request) => enrolment.resume(actorOf(request), nameOf(request)));
    act('relabel', relabelBody, (request, body) =>
      enrolment.relabel(actorOf(request), nameOf(request), body.labels),
    );
    act('rename', renameBody, (request, body) =>
      enrolment.rename(actorOf(request), nameOf(request), body.name),
    );
  };

const shown = ({ secretDigest: _, ...invite }: Invite): ShownInvite => invite;

const nameOf = (request: FastifyRequest): string => (request.params as { name: string }).name;

/** The caller's own id for the delivery: a second try must not make a second way in. */
const eventIdOf = (request: FastifyRequest): string | null => {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return null;
  if (typeof key === 'string' && key.length > 0 && key.length <= 200) {
    return `api:${actorOf(request).id}:invite:${key}`;
  }
  throw new InputError('Idempotency-Key must be 1 to 200 characters.');
};

const answer = (reply: FastifyReply, outcome: Managed): FastifyReply =>
  outcome.kind === 'refused'
    ? refuse(reply, outcome.sentence)
    : reply.code(200).send({ agent: outcome.agent });

const statusOf = ({ code }: Sentence): number => {
  if (code === 'admin_missing') return 403;
  if (code === 'agent_unknown' || code === 'invite_unknown') return 404;
  return ['labels_unusable', 'agent_name_unusable', 'invite_time_unusable'].includes(code) ? 400 : 409;
};

const refuse = (reply: FastifyReply, said: Sentence): FastifyReply =>
  reply.code(statusOf(said)).send({ error: { code: said.code, message: said.text } });
