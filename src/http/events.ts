import type { FastifyInstance } from 'fastify';
import type { Clock } from '../ports/clock.ts';
import type { Store } from '../ports/store.ts';
import { requireToken } from './access.ts';
import { eventBufferBytesMax, eventPingMs, eventStreamsMax } from './limits.ts';

/** Entries that one read of the log gives a stream that is catching up. */
const entriesAtOnceMax = 500;

/**
 * `GET /api/v1/events`: the audit log as server-sent events, live. The event's id is the entry's sequence, so a
 * client that comes back with Last-Event-ID misses nothing and gets nothing twice.
 */
export const eventRoutes =
  (parts: { store: Store; token: string; clock: Clock }) =>
  async (app: FastifyInstance): Promise<void> => {
    const { store, clock } = parts;
    const closers = new Set<() => void>();
    app.addHook('onRequest', requireToken(parts.token));
    app.addHook('preClose', async () => {
      for (const close of closers) close();
    });
    app.get('/events', async (request, reply) => {
      if (closers.size >= eventStreamsMax) return reply.code(503).header('retry-after', '5').send();
      const last = Number(
        request.headers['last-event-id'] ?? (request.query as { after?: string }).after ?? Number.NaN,
      );
      reply.hijack();
      const { raw } = reply;
      raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      raw.write(': hello\n\n');
      // Without a cursor a stream begins with what happens next.
      let cursor = Number.isSafeInteger(last) ? last : await store.lastSeq();
      let reading = false;
      let again = false;
      const catchUp = async (): Promise<void> => {
        again = true;
        if (reading) return;
        reading = true;
        while (again && !raw.destroyed) {
          again = false;
          const entries = await store.listAudit(cursor, entriesAtOnceMax);
          for (const entry of entries) {
            raw.write(`id: ${entry.seq}\nevent: ${entry.kind}\ndata: ${JSON.stringify(entry)}\n\n`);
            cursor = entry.seq;
          }
          if (entries.length === entriesAtOnceMax) again = true;
          if (raw.writableLength > eventBufferBytesMax) raw.destroy();
        }
        reading = false;
      };
      const unwatch = store.onCommit(({ seq, outputs }) => {
        // Output is no entry of the log: it is told without an id, only so that someone who watches looks again.
        for (const task of outputs) raw.write(`event: output\ndata: {"task":${task}}\n\n`);
        if (seq > cursor) void catchUp();
      });
      let cancelPing = (): void => {};
      const ping = (): void => {
        raw.write(': still here\n\n');
        cancelPing = clock.after(eventPingMs, ping);
      };
      cancelPing = clock.after(eventPingMs, ping);
      const close = (): void => {
        unwatch();
        cancelPing();
        closers.delete(close);
        raw.end();
      };
      closers.add(close);
      raw.on('close', close);
      await catchUp();
    });
  };
