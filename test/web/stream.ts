import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { Harness } from './harness.ts';

/** A live stream as a browser reads it. `next` resolves with the next event that carries data. */
export interface Stream {
  answer: IncomingMessage;
  next(): Promise<{ id: string | null; data: string }>;
  closed: Promise<void>;
  close(): void;
}

export const openStream = (
  harness: Harness,
  headers: Record<string, string>,
  path = '/console/live',
): Promise<Stream> =>
  new Promise((resolve, reject) => {
    const { port } = harness;
    const sent = httpRequest(
      { host: '127.0.0.1', port, path, headers: { host: `127.0.0.1:${port}`, ...headers } },
      (answer) => {
        let text = '';
        const events: { id: string | null; data: string }[] = [];
        const waiting: ((event: { id: string | null; data: string }) => void)[] = [];
        answer.setEncoding('utf8');
        answer.on('data', (part: string) => {
          text += part;
          for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
            const lines = text.slice(0, end).split('\n');
            text = text.slice(end + 2);
            const data = lines.filter((l) => l.startsWith('data: ')).map((l) => l.slice(6));
            if (data.length === 0) continue;
            const id = lines.find((l) => l.startsWith('id: '))?.slice(4) ?? null;
            const event = { id, data: data.join('\n') };
            const first = waiting.shift();
            if (first) first(event);
            else events.push(event);
          }
        });
        const closed = new Promise<void>((done) => {
          answer.on('close', () => done());
          answer.on('error', () => done());
        });
        const next = (): Promise<{ id: string | null; data: string }> => {
          const event = events.shift();
          return event ? Promise.resolve(event) : new Promise((later) => waiting.push(later));
        };
        resolve({ answer, next, closed, close: () => sent.destroy() });
      },
    );
    sent.on('error', reject);
    sent.end();
  });
