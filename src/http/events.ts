import type { ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Store } from '../ports/store.ts';
import { type Door, requireToken } from './access.ts';
import { eventBufferBytesMax, eventPingMs, eventStreamsMax } from './limits.ts';

/** Entries that one read of the log gives a stream that is catching up. */
const entriesAtOnceMax = 500;

interface EventParts {
  store: Store;
  clock: Clock;
  log: Log;
}

/**
 * `GET /api/v1/events`: the audit log as server-sent events, live. The event's id is the entry's sequence, so a
 * client that comes back with Last-Event-ID misses nothing and gets nothing twice.
 */
export const eventRoutes =
  (parts: EventParts & { door: Door }) =>
  async (app: FastifyInstance): Promise<void> => {
    const { store } = parts;
    const closers = new Set<() => void>();
    app.addHook('onRequest', requireToken(parts.door));
    app.addHook('preClose', async () => {
      for (const close of closers) close();
    });
    app.get('/events', async (request, reply) => {
      if (closers.size >= eventStreamsMax) return reply.code(503).header('retry-after', '5').send();
      const { after } = request.query as { after?: string };
      // Without a cursor a stream begins with what happens next.
      const cursor = cursorOf(request.headers['last-event-id'] ?? after) ?? (await store.lastSeq());
      reply.hijack();
      const { raw } = reply;
      if (raw.destroyed) return;
      raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      raw.write(': hello\n\n');
      const stream = new EventStream(raw, parts, cursor);
      const close = (): void => {
        closers.delete(close);
        stream.close();
      };
      closers.add(close);
      raw.on('close', close);
      stream.start();
    });
  };

/** A sequence, or null for none that can be used. */
const cursorOf = (given: string | string[] | undefined): number | null =>
  typeof given === 'string' && /^\d{1,15}$/.test(given) ? Number(given) : null;

/**
 * One reader of the log.
 *
 * Modes: `quiet` (the reader has everything), `reading` (entries are being written), `waiting` (the reader has left so
 * much unread that no more is read for it until it goes on), `closed`.
 */
class EventStream {
  readonly #raw: ServerResponse;
  readonly #parts: EventParts;
  #cursor: number;
  #mode: 'quiet' | 'reading' | 'waiting' | 'closed' = 'quiet';
  #again = false;
  #unwatch = (): void => {};
  #cancelPing = (): void => {};

  constructor(raw: ServerResponse, parts: EventParts, cursor: number) {
    this.#raw = raw;
    this.#parts = parts;
    this.#cursor = cursor;
  }

  start(): void {
    this.#unwatch = this.#parts.store.onCommit(({ seq, outputs, incidents }) => {
      // Neither output nor what an incident counts is an entry of the log: it is told without an id, only so that someone
      // who watches looks again.
      if (!this.#isFull()) {
        for (const task of outputs) this.#raw.write(`event: output\ndata: {"task":${task}}\n\n`);
        for (const incident of incidents)
          this.#raw.write(`event: incident\ndata: {"incident":${incident}}\n\n`);
      }
      if (seq > this.#cursor) this.#wake();
    });
    this.#raw.on('drain', () => {
      if (this.#mode === 'waiting') this.#mode = 'quiet';
      this.#wake();
    });
    this.#ping();
    this.#wake();
  }

  close(): void {
    this.#mode = 'closed';
    this.#unwatch();
    this.#cancelPing();
    this.#raw.end();
  }

  #isFull(): boolean {
    return this.#raw.writableLength > eventBufferBytesMax;
  }

  #ping(): void {
    this.#cancelPing = this.#parts.clock.after(eventPingMs, () => {
      if (this.#isFull()) {
        this.#raw.destroy();
        return;
      }
      this.#raw.write(': still here\n\n');
      this.#ping();
    });
  }

  #wake(): void {
    this.#again = true;
    if (this.#mode !== 'quiet') return;
    this.#mode = 'reading';
    this.#read().catch((err: unknown) => {
      this.#parts.log.error({ err }, 'a stream of events could not go on; its reader comes back');
      this.#raw.destroy();
    });
  }

  async #read(): Promise<void> {
    while (this.#again && this.#mode === 'reading') {
      this.#again = false;
      const entries = await this.#parts.store.listAudit(this.#cursor, entriesAtOnceMax);
      if (this.#mode !== 'reading') return;
      for (const entry of entries) {
        this.#raw.write(`id: ${entry.seq}\nevent: ${entry.kind}\ndata: ${JSON.stringify(entry)}\n\n`);
        this.#cursor = entry.seq;
      }
      if (entries.length === entriesAtOnceMax) this.#again = true;
      if (this.#isFull()) this.#mode = 'waiting';
    }
    if (this.#mode === 'reading') this.#mode = 'quiet';
  }
}
