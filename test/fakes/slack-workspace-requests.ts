import type { IncomingMessage } from 'node:http';
import type { Json } from './slack-workspace-record.ts';

export const bytesOf = async (request: IncomingMessage): Promise<Buffer> => {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
};

/** Arguments come as a form, with JSON in some of its fields, or as JSON; in the address beside either. */
export const argsOf = (request: IncomingMessage, body: Buffer): Json => {
  const type = request.headers['content-type'] ?? '';
  const inUrl = Object.fromEntries(new URL(request.url ?? '/', 'http://strict').searchParams);
  if (type.startsWith('application/json'))
    return { ...inUrl, ...(JSON.parse(body.toString() || '{}') as Json) };
  const form = Object.fromEntries(new URLSearchParams(body.toString()));
  return Object.fromEntries(
    Object.entries({ ...inUrl, ...form }).map(([name, text]) => [name, parsed(name, text)]),
  );
};

const jsonFields = ['blocks', 'view', 'metadata', 'attachments', 'prompts', 'files', 'chunks'];

const parsed = (name: string, text: string): unknown => {
  if (!jsonFields.includes(name)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

export const tokenOf = (request: IncomingMessage, args: Json): string | null => {
  const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  return bearer ?? (typeof args.token === 'string' && args.token !== '' ? args.token : null);
};
