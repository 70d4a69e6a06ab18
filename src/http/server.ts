import Fastify, { type FastifyInstance } from 'fastify';
import { sentence } from '../core/sentences.ts';
import type { Log } from '../ports/log.ts';
import { answerErrors, answerUnroutable } from './answer-errors.ts';
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
    frameworkErrors: answerUnroutable,
  });
  answerErrors(app, log, sentence('not_found', {}));
  app.get('/health', async () => ({ status: 'ok' }));
  app.get('/ready', async (_request, reply) => {
    const checks = await readiness();
    const isReady = checks.every((c) => c.ready);
    return reply.code(isReady ? 200 : 503).send({ status: isReady ? 'ready' : 'not ready', checks });
  });
  app.get('/metrics', async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()));
  return app;
};
