import type { FastifyInstance } from 'fastify';
import type { Keys } from '../flow/keys.ts';
import { actorOf, type Door, requireLocal, requireToken } from './access.ts';

/** The routes of the server's signing keys: what they are, and a new one for whoever owns them. */
export const keyRoutes =
  ({ keys, door }: { keys: Keys; door: Door }) =>
  async (app: FastifyInstance): Promise<void> => {
    app.addHook('onRequest', requireToken(door));
    app.get('/keys', async () => ({ keys: keys.list() }));
    app.post('/keys/rotate', { onRequest: requireLocal }, async (request, reply) =>
      reply.code(201).send({ keys: await keys.rotate(actorOf(request)) }),
    );
  };
