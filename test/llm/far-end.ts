import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FarEnd {
  url: string;
  requests: { path: string; headers: IncomingMessage['headers']; body: string }[];
  /** Resolves when the next request has come in whole. */
  next: () => Promise<void>;
  stop: () => Promise<void>;
}

/** A far end of the test's own, for what aimock is laxer about than the real API. */
export const startFarEnd = async (
  answer: (body: Record<string, unknown>, response: ServerResponse) => void,
): Promise<FarEnd> => {
  const requests: FarEnd['requests'] = [];
  let waiting: (() => void)[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (piece: string) => {
      body += piece;
    });
    request.on('end', () => {
      requests.push({ path: request.url ?? '', headers: request.headers, body });
      for (const tell of waiting) tell();
      waiting = [];
      // What others send here, a tracer's multipart form for one, is only counted.
      answer(body.startsWith('{') ? (JSON.parse(body) as Record<string, unknown>) : {}, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    next: () => new Promise((resolve) => waiting.push(resolve)),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

/** A whole reply of the Chat Completions API. */
export const completion = (message: object, finish: string | null = 'stop'): string =>
  JSON.stringify({
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1,
    model: 'gpt-4o-mini',
    choices: [{ index: 0, message: { role: 'assistant', content: null, ...message }, finish_reason: finish }],
    usage: { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 },
  });

/** One event of a streamed reply. */
export const event = (delta: object, finish: string | null = null): string =>
  `data: ${JSON.stringify({
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'gpt-4o-mini',
    choices: [{ index: 0, delta, finish_reason: finish }],
  })}\n\n`;

/** The same as OpenAI's own message for a schema that strict mode doesn't take; null when it does. */
export const strictSchemaFault = (schema: unknown, path = 'root'): string | null => {
  if (typeof schema !== 'object' || schema === null) return `${path}: not a schema`;
  const { type, properties, required, additionalProperties, items } = schema as Record<string, unknown>;
  for (const word of ['oneOf', 'allOf', 'not', 'default', 'minLength', 'maxLength', '$schema']) {
    if (word in schema) return `${path}: '${word}' is not permitted`;
  }
  if (path === 'root' && type !== 'object') return 'root: must be an object';
  if (type === 'array') return strictSchemaFault(items, `${path}[]`);
  if (type !== 'object') return null;
  if (additionalProperties !== false) return `${path}: 'additionalProperties' must be false`;
  const names = Object.keys(properties as object);
  if (JSON.stringify([...(required as string[])].sort()) !== JSON.stringify([...names].sort()))
    return `${path}: 'required' must name every property`;
  for (const [name, child] of Object.entries(properties as object)) {
    const fault = strictSchemaFault(child, `${path}.${name}`);
    if (fault) return fault;
  }
  return null;
};
