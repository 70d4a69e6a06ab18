import { hostname } from 'node:os';
import pino from 'pino';
import type { Redactor } from '../ports/redactor.ts';

/**
 * The server's log, without secrets: of an error only what it is called, says and came from, each redacted. Other fields
 * of vendors' errors stay out: ioredis' hold the command with its password, HTTP clients' the request with its headers.
 */
export const serverLog = (level: string, redactor: Redactor, destination: pino.DestinationStream) => {
  const text = (value: unknown): string | undefined => {
    if (typeof value !== 'string') return undefined;
    try {
      return redactor.redact(value);
    } catch {
      return '[withheld]';
    }
  };
  const err = (given: unknown): object => {
    if (!(given instanceof Error)) return { message: text(String(given)) };
    // pino's own knows how to tell a chain of causes in message and stack.
    const { type, message, stack } = pino.stdSerializers.err(given);
    return {
      type,
      code: text((given as { code?: unknown }).code),
      message: text(message),
      stack: text(stack),
    };
  };
  const base = { host: hostname() };
  const secretFields = ['authorization', 'cookie', 'password', 'token', 'apiKey'];
  const redact = { paths: secretFields.flatMap((name) => [name, `*.${name}`]), censor: '[redacted]' };
  return pino({ level, base, serializers: { err }, redact }, destination);
};
