import { randomBytes } from 'node:crypto';
import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply } from 'fastify';
import { sentence } from '../core/sentences.ts';
import type { Log } from '../ports/log.ts';
import { InputError } from './input.ts';
import { bodyBytesMax } from './limits.ts';
import type { Metrics } from './metrics.ts';

/** What `/ready` asks: each part's name and whether it can do its work now. */
export type Readiness = () => Promise<{ name: string; ready: boolean; message?: string }[]>;

/**
 * The HTTP server with what every route shares: errors as sentences with codes, `/health` (the process answers),
 * `/ready` (it can do its work) and `/metrics` (Prometheus' text format).
 */
export const httpServer = (parts: { log: Log; readiness: Readiness; metrics: Metrics }): FastifyInstance => {
  const { log, readiness, metrics } = parts;
  const app = Fastify({
    bodyLimit: bodyBytesMax,
    forceCloseConnections: true,
    logger: false,
    // What can't even be routed ("/%ZZ") gets its sentence too.
    frameworkErrors: (error, _request, reply: FastifyReply) => {
      const said = sentence('input_invalid', { problem: `${error.message}.` });
      return reply.code(400).send({ error: { code: said.code, message: said.text } });
    },
  });
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
    const said = sentence('not_found', {});
    return reply.code(404).send({ error: { code: said.code, message: said.text } });
  });
  app.get('/health', async () => ({ status: 'ok' }));
  app.get('/ready', async (_request, reply) => {
    const checks = await readiness();
    const isReady = checks.every((c) => c.ready);
    return reply.code(isReady ? 200 : 503).send({ status: isReady ? 'ready' : 'not ready', checks });
  });
  app.get('/metrics', async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()));
  return app;
};
