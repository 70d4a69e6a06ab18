import { createServer, type Server } from 'node:http';
import Fastify from 'fastify';
import { sentence } from '../core/sentences.ts';
import { installRoutes } from './install.ts';
import type { InstallFiles } from './install-files.ts';
import { downloadBodyBytesMax, downloadHeadersMs, downloadRequestMs } from './limits.ts';

/**
 * What speaks HTTP/1.1 at the gateway's port: the downloads and nothing else. It never listens itself; whoever does
 * hands it connections by emitting `connection`.
 */
export const downloadServer = async (files: InstallFiles): Promise<Server> => {
  let server: Server | null = null;
  const app = Fastify({
    bodyLimit: downloadBodyBytesMax,
    logger: false,
    serverFactory: (handler) => {
      server = createServer(
        { headersTimeout: downloadHeadersMs, requestTimeout: downloadRequestMs },
        handler,
      );
      return server;
    },
  });
  app.setErrorHandler((error: { statusCode?: number }, _request, reply) => {
    const said = sentence('fault', { id: 'download' });
    return reply.code(error.statusCode ?? 500).send({ error: { code: said.code, message: said.text } });
  });
  app.setNotFoundHandler((_request, reply) => {
    const said = sentence('not_found', {});
    return reply.code(404).send({ error: { code: said.code, message: said.text } });
  });
  await app.register(installRoutes({ files }));
  await app.ready();
  if (!server) throw new Error('Fastify made no server');
  return server;
};
