import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Sentence } from '../core/sentences.ts';
import type { Act } from '../flow/desk.ts';
import { actorOf } from './access.ts';
import { InputError } from './input.ts';

/**
 * The caller's own id for the delivery (Idempotency-Key), and the name that it goes by.
 *
 * @param what the act: a key that was used for another must not make this one seem done.
 */
export const actOf = (what: string, request: FastifyRequest, body: unknown): Act => {
  const key = request.headers['idempotency-key'];
  if (key !== undefined && (typeof key !== 'string' || key.length === 0 || key.length > 200)) {
    throw new InputError('Idempotency-Key must be 1 to 200 characters.');
  }
  const by = actorOf(request);
  // Two people may use the same key, and each means their own act.
  return {
    by,
    ...(key ? { eventId: `api:${by.id}:${what}:${key}`, eventDigest: digestOf(body) } : { eventId: null }),
  };
};

/** Of the body as it was understood: the schema orders its fields, so what means the same has the same digest. */
const digestOf = (body: unknown): string => createHash('sha256').update(JSON.stringify(body)).digest('hex');

export const refuse = (reply: FastifyReply, status: number, { code, text }: Sentence): FastifyReply =>
  reply.code(status).send({ error: { code, message: text } });
