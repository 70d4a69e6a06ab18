import type { FastifyInstance } from 'fastify';
import type { Keys } from '../flow/keys.ts';
import { localActor, requireToken } from './access.ts';

/** The routes of the server's signing keys: what they are, and a new one. */
export const keyRoutes =
  ({ keys, token }: { keys: Keys; token: string }) =>
  async (app: FastifyInstance): Promise<void> => {
    app.addHook('onRequest', requireToken(token));
    app.get('/keys', async () => ({ keys: keys.list() }));
    app.post('/keys/rotate', async (request, reply) => {
      const name = request.headers['x-nerdy-user'];
      const by = localActor(typeof name === 'string' ? name : undefined);
      return reply.code(201).send({ keys: await keys.rotate(by) });
    });
  };
