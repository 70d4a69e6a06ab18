import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { Harness } from './harness.ts';

export interface Answered {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** One request with exactly these headers: fetch would not let a test say Host, Origin or Sec-Fetch-Site. */
export const send = (
  port: number,
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: string,
): Promise<Answered> =>
  new Promise((resolve, reject) => {
    const sent = httpRequest(
      { host: '127.0.0.1', port, method, path, headers: { host: `127.0.0.1:${port}`, ...headers } },
      (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part: Buffer) => parts.push(part));
        answer.on('end', () =>
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.headers,
            body: Buffer.concat(parts).toString('utf8'),
          }),
        );
        answer.on('error', reject);
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });

/** What a browser holds after it opened a link. */
export interface Signed {
  cookie: string;
  write: string;
}

export const keyOf = (link: string): string => new URL(link).hash.slice('#key='.length);

export const openKey = (
  harness: Harness,
  key: string,
  headers: Record<string, string> = {},
): Promise<Answered> =>
  send(
    harness.port,
    'POST',
    '/session',
    { 'content-type': 'application/json', ...headers },
    JSON.stringify({ key }),
  );

export const signIn = async (harness: Harness): Promise<Signed> => {
  const answer = await openKey(harness, keyOf(harness.sessions.create(harness.base)));
  const [cookie] = [answer.headers['set-cookie']].flat();
  return { cookie: String(cookie).split(';')[0] ?? '', write: JSON.parse(answer.body).write };
};

/** The headers with which the console's own page sends a form. */
export const ownHeaders = (harness: Harness, { cookie, write }: Signed): Record<string, string> => ({
  cookie,
  'x-nerdy-write': write,
  origin: harness.base,
  'sec-fetch-site': 'same-origin',
  'hx-request': 'true',
  'content-type': 'application/x-www-form-urlencoded',
});

export const form = (fields: Record<string, string>): string => new URLSearchParams(fields).toString();

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
