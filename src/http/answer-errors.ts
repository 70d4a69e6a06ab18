import { randomBytes } from 'node:crypto';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Sentence, sentence } from '../core/sentences.ts';
import type { Log } from '../ports/log.ts';
import { InputError } from './input.ts';

/** Fastify's `frameworkErrors`: what can't even be routed ("/%ZZ") gets its sentence too. */
export const answerUnroutable = (error: FastifyError, _: FastifyRequest, reply: FastifyReply): void => {
  const said = sentence('input_invalid', { problem: `${error.message}.` });
  void reply.code(400).send({ error: { code: said.code, message: said.text } });
};

/**
 * Errors as sentences with codes, whatever the route; a fault of ours stands in the log under the id that is told.
 *
 * @param nothing what is said where there is nothing: what there is elsewhere.
 */
export const answerErrors = (app: FastifyInstance, log: Log, nothing: Sentence): void => {
  app.setErrorHandler((error: FastifyError | InputError, request, reply) => {
    if (error instanceof InputError) {
      return reply.code(400).send({ error: { code: error.code, message: error.message } });
    }
    const status = 'statusCode' in error ? (error.statusCode ?? 500) : 500;
    if (status < 500) {
      const said = sentence('input_invalid', { problem: `${error.message}.` });
      return reply.code(status).send({ error: { code: said.code, message: said.text } });
    }
    const id = randomBytes(6).toString('hex');
    log.error({ err: error, id, route: request.routeOptions.url }, 'a request failed');
    const said = sentence('fault', { id });
    return reply.code(500).send({ error: { code: said.code, message: said.text } });
  });
  app.setNotFoundHandler((_request, reply) => {
    return reply.code(404).send({ error: { code: nothing.code, message: nothing.text } });
  });
};
