import type { FastifyInstance } from 'fastify';
import type { ChatRoute } from '../ports/chat-route.ts';
import { chatBodyBytesMax } from './limits.ts';

/** Where chat platforms call this server. The body stays as it came, since their signatures are over its bytes. */
export const chatRoutes =
  ({ routes }: { routes: readonly ChatRoute[] }) =>
  async (app: FastifyInstance): Promise<void> => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    for (const route of routes) {
      app.post(route.path, { bodyLimit: chatBodyBytesMax }, async (request, reply) => {
        const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
        const answer = await route.answer({ headers: request.headers, body });
        return reply.code(answer.status).headers(answer.headers).send(answer.body);
      });
    }
  };
