import { createServer, type Server } from 'node:http';
import Fastify from 'fastify';
import { sentence } from '../core/sentences.ts';
import type { Log } from '../ports/log.ts';
import { answerErrors, answerUnroutable } from './answer-errors.ts';
import { installRoutes } from './install.ts';
import type { InstallFiles } from './install-files.ts';
import { downloadBodyBytesMax } from './limits.ts';

/**
 * What speaks HTTP/1.1 at the gateway's port: the downloads and nothing else. It never listens itself; whoever does
 * hands it connections by emitting `connection`, and bounds their time: Node's own bounds begin with listening.
 */
export const downloadServer = async (files: InstallFiles, log: Log): Promise<Server> => {
  let server: Server | null = null;
  const app = Fastify({
    bodyLimit: downloadBodyBytesMax,
    logger: false,
    frameworkErrors: answerUnroutable,
    serverFactory: (handler) => {
      server = createServer(handler);
      // What would come after it on the same connection is nothing that anybody here means.
      server.maxRequestsPerSocket = 1;
      return server;
    },
  });
  answerErrors(app, log, sentence('no_download', {}));
  await app.register(installRoutes({ files }));
  await app.ready();
  if (!server) throw new Error('Fastify made no server');
  return server;
};
