import { createHmac, timingSafeEqual } from 'node:crypto';
import type { ChatReply, ChatRequest, ChatRoute } from '../ports/chat-route.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Delivered, Delivery } from './deliver.ts';
import { signatureAgeMsMax } from './limits.ts';

export interface HttpDoorParts {
  signingSecret: string;
  clock: Clock;
  log: Log;
  /** False while we don't know yet who we are in Slack: what comes then comes again. */
  isOpen: () => boolean;
  onDelivery: (delivery: Delivery) => Promise<Delivered>;
}

const empty: ChatReply = { status: 200, headers: {}, body: '' };
const said = (status: number): ChatReply => ({ status, headers: {}, body: '' });

/**
 * Where Slack calls us when there is no Socket Mode: events, commands, interactions and menus all at one address. What
 * isn't signed by Slack gets no further than the signature.
 */
export const httpDoor = (parts: HttpDoorParts): ChatRoute => ({
  path: '/slack/events',
  answer: async (request) => {
    if (!isSigned(request, parts)) {
      parts.log.warn({ surface: 'slack' }, 'a call without a good signature was refused');
      return said(401);
    }
    const body = bodyOf(request);
    if (body === null) return said(400);
    if (body.type === 'url_verification') return reply({ challenge: body.challenge });
    // Slack asks now and then whether the certificate is good.
    if (body.ssl_check !== undefined) return empty;
    if (!parts.isOpen()) return said(503);
    const retryNum = Number(headerOf(request, 'x-slack-retry-num') ?? Number.NaN);
    const retryReason = headerOf(request, 'x-slack-retry-reason');
    const delivered = await parts.onDelivery({
      body,
      ...(Number.isFinite(retryNum) ? { retryNum } : {}),
      ...(retryReason === null ? {} : { retryReason }),
    });
    return delivered.kind === 'handled' ? reply(delivered.response) : said(500);
  },
});

const reply = (response: unknown): ChatReply =>
  response === undefined || response === ''
    ? empty
    : { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(response) };

const headerOf = ({ headers }: ChatRequest, name: string): string | null => {
  const value = headers[name];
  return typeof value === 'string' ? value : null;
};

/** https://docs.slack.dev/authentication/verifying-requests-from-slack */
const isSigned = (request: ChatRequest, { signingSecret, clock }: HttpDoorParts): boolean => {
  const at = headerOf(request, 'x-slack-request-timestamp');
  const given = headerOf(request, 'x-slack-signature');
  if (at === null || given === null || !/^\d{1,12}$/.test(at)) return false;
  if (Math.abs(clock.now() - Number(at) * 1_000) > signatureAgeMsMax) return false;
  const digest = createHmac('sha256', signingSecret).update(`v0:${at}:`).update(request.body).digest('hex');
  const expected = Buffer.from(`v0=${digest}`);
  const actual = Buffer.from(given);
  return expected.length === actual.length && timingSafeEqual(expected, actual);
};

/** Events are JSON; commands are a form; interactions and menus are JSON within a form's `payload`. */
const bodyOf = (request: ChatRequest): Record<string, unknown> | null => {
  const text = request.body.toString('utf8');
  const type = headerOf(request, 'content-type') ?? '';
  try {
    if (!type.startsWith('application/x-www-form-urlencoded')) return objectOf(JSON.parse(text));
    const form = new URLSearchParams(text);
    const payload = form.get('payload');
    return payload === null ? Object.fromEntries(form) : objectOf(JSON.parse(payload));
  } catch {
    return null;
  }
};

const objectOf = (value: unknown): Record<string, unknown> | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
