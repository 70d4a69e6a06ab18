import type { AddressInfo } from 'node:net';
import Database from 'better-sqlite3';
import Fastify from 'fastify';

/** The least that taking an alert in can be. */
export interface AlertFloor {
  url: string;
  stop(): Promise<void>;
}

/**
 * The same HTTP server and the same database as ours, that parses the body and stores its bytes: what comes in one turn of
 * the event loop in one durable commit, answered after it.
 *
 * @param path of its database, on the disk of ours.
 */
export const startAlertFloor = async (path: string): Promise<AlertFloor> => {
  const db = new Database(path);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.exec('create table delivery (id integer primary key, body text not null)');
  const insert = db.prepare('insert into delivery (body) values (?)');
  const store = db.transaction((bodies: readonly string[]) => {
    for (const body of bodies) insert.run(body);
  });
  let waiting: { body: string; done: () => void }[] = [];
  const commit = (): void => {
    const now = waiting;
    waiting = [];
    store(now.map(({ body }) => body));
    for (const { done } of now) done();
  };
  const app = Fastify({ logger: false, forceCloseConnections: true });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_, body, done) => done(null, body));
  app.post('/', async (request, reply) => {
    const body = (request.body as Buffer).toString();
    const { alerts } = JSON.parse(body) as { alerts: unknown[] };
    await new Promise<void>((done) => {
      if (waiting.length === 0) setImmediate(commit);
      waiting.push({ body, done });
    });
    return reply.code(200).send({ alerts: alerts.length });
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    stop: async () => {
      await app.close();
      db.close();
    },
  };
};
