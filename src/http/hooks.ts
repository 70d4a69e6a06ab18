import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Hook } from '../core/hook.ts';
import { networkOf } from '../core/network-of.ts';
import { type Sentence, sentence } from '../core/sentences.ts';
import type { Hooks } from '../flow/hooks.ts';
import type { AlertIntake } from '../ports/alert-intake.ts';
import type { Clock } from '../ports/clock.ts';
import type { HookReader, HookReading } from '../ports/hook-reader.ts';
import type { Log } from '../ports/log.ts';
import { StoreUnavailableError } from '../ports/store.ts';
import {
  hookBodyBytesMax,
  hookBurstMax,
  hookFaultRetryMs,
  hookPerSecondMax,
  ratesKeptMax,
  strangersBurstMax,
  strangersPerSecondMax,
} from './limits.ts';
import { Rates } from './rates.ts';
import { unpack } from './unpack.ts';

export interface HookParts {
  hooks: Hooks;
  reader: HookReader;
  intake: AlertIntake;
  clock: Clock;
  log: Log;
  /** Deliveries of one hook; as in limits.ts where it is not given. */
  rate?: { burst: number; perSecond: number };
}

/**
 * `POST /hooks/<source>/<token>`: where monitoring brings its alerts. Who sends is known before the body is read; a 2xx is
 * sent after the commit and never before (law 7); everything else says in a sentence why nothing was kept.
 */
export const hookRoutes =
  (parts: HookParts) =>
  async (app: FastifyInstance): Promise<void> => {
    const doorkeeper = new Doorkeeper(parts);
    // Whatever the type says it is: bytes, since signatures are over bytes, and the type is judged with a sentence.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: hookBodyBytesMax }, (_, body, done) =>
      done(null, body),
    );
    app.setErrorHandler((error: Error & { statusCode?: number; code?: string }, request, reply) => {
      if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return refuse(reply, 413, tooBig());
      if (error instanceof StoreUnavailableError) {
        parts.log.error(
          { err: error },
          'alerts came in that could not be stored; their sources were told to try again',
        );
        return later(reply, 'hook_store_down', hookFaultRetryMs);
      }
      if ((error.statusCode ?? 500) < 500)
        return refuse(
          reply,
          error.statusCode ?? 400,
          sentence('input_invalid', { problem: `${error.message}.` }),
        );
      parts.log.error({ err: error, route: request.routeOptions.url }, 'a delivery of alerts failed');
      return later(reply, 'hook_busy', hookFaultRetryMs);
    });
    const url = '/hooks/:source/:token';
    app.post(url, { onRequest: doorkeeper.admit }, (request, reply) => take(parts, request, reply));
    app.route({
      method: ['GET', 'PUT', 'PATCH', 'DELETE'],
      url,
      handler: (_, reply) => refuse(reply.header('allow', 'POST'), 405, sentence('hook_only_post', {})),
    });
  };

const admitted = new WeakMap<FastifyRequest, Hook>();

/** Lets in whoever has a hook's token, at the pace that a hook may have; strangers are told less the more they try. */
class Doorkeeper {
  readonly #hooks: Hooks;
  readonly #ofHooks: Rates;
  readonly #ofStrangers: Rates;

  constructor({ hooks, clock, rate }: HookParts) {
    const now = () => clock.now();
    this.#hooks = hooks;
    const { burst, perSecond } = rate ?? { burst: hookBurstMax, perSecond: hookPerSecondMax };
    this.#ofHooks = new Rates({ burst, perSecond, keptMax: ratesKeptMax, now });
    this.#ofStrangers = new Rates({
      burst: strangersBurstMax,
      perSecond: strangersPerSecondMax,
      keptMax: ratesKeptMax,
      now,
    });
  }

  readonly admit = async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const { source, token } = request.params as { source: string; token: string };
    const hook = await this.#hooks.find(token);
    if (!hook) {
      const waitMs = this.#ofStrangers.take(networkOf(request.ip));
      if (waitMs > 0) return later(reply, 'hook_too_many_strangers', waitMs, 429);
      return refuse(reply, 404, sentence('hook_unknown', {}));
    }
    if (hook.source !== source)
      return refuse(
        reply,
        404,
        sentence('hook_other_source', { source: hook.source, asked: source.slice(0, 40) }),
      );
    const waitMs = this.#ofHooks.take(hook.id);
    if (waitMs > 0) return later(reply, 'hook_too_fast', waitMs, 429);
    const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
    if (!isReadable(type))
      return refuse(reply, 415, sentence('hook_content_type', { type: type.slice(0, 80) }));
    admitted.set(request, hook);
  };
}

/** JSON by whatever name: SNS says text/plain, some say nothing. */
const isReadable = (type: string): boolean =>
  /^$|^(application|text)\/(.+\+)?json$|^text\/plain$|^application\/(x-ndjson|ndjson|octet-stream|x-json)$/.test(
    type,
  );

const take = async (
  parts: HookParts,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> => {
  const hook = admitted.get(request);
  if (!hook) throw new Error('the delivery came in by no door');
  const packed = request.body instanceof Buffer ? request.body : Buffer.alloc(0);
  const encoding = request.headers['content-encoding'] ?? '';
  const unpacked = await unpack(packed, encoding, hookBodyBytesMax);
  if (unpacked.kind === 'too-big') return refuse(reply, 413, tooBig());
  if (unpacked.kind !== 'body') {
    const said = sentence('hook_unpacking', { encoding: encoding.slice(0, 40) });
    return refuse(reply, unpacked.kind === 'unknown' ? 415 : 400, said);
  }
  const reading = await parts.reader.read(hook, { body: unpacked.body, headers: request.headers });
  return answer(parts, hook, reading, reply);
};

const answer = async (
  { hooks, intake, log }: HookParts,
  hook: Hook,
  reading: HookReading,
  reply: FastifyReply,
): Promise<FastifyReply> => {
  switch (reading.kind) {
    case 'unreadable':
      return refuse(reply, reading.sentence.code === 'hook_too_deep' ? 413 : 400, reading.sentence);
    case 'foreign':
      return refuse(reply, 422, reading.sentence);
    case 'unproven':
      log.warn(
        { hook: hook.id, source: hook.source, why: reading.sentence.text },
        'a delivery proved nothing',
      );
      return refuse(reply, 401, reading.sentence);
    case 'later':
      return refuse(reply.header('retry-after', seconds(hookFaultRetryMs)), 503, reading.sentence);
    case 'nothing':
    case 'alerts':
      break;
  }
  if (reading.topic !== null && hook.topic === null) {
    const bound = await hooks.bind(hook.id, reading.topic);
    if (bound !== reading.topic) return refuse(reply, 409, sentence('hook_gone', { id: hook.id }));
  }
  if (reading.kind === 'nothing') {
    const problem = (await reading.finish?.()) ?? null;
    if (problem) return refuse(reply.header('retry-after', seconds(hookFaultRetryMs)), 503, problem);
    return reply.code(200).send({ alerts: 0, note: `Nothing was kept: ${reading.why}` });
  }
  const { alerts, id, raw } = reading;
  const kept = await intake.receive(alerts, { via: hook.id, source: hook.source, id, raw, home: hook.home });
  switch (kept.kind) {
    case 'busy':
      return later(reply, 'hook_busy', kept.retryAfterMs);
    case 'repeated':
      return reply.code(200).send({ alerts: alerts.length, isRepeated: true, incidents: [] });
    case 'stored':
      return reply.code(200).send({ alerts: alerts.length, isRepeated: false, incidents: kept.incidents });
  }
};

const tooBig = (): Sentence => sentence('hook_too_big', { bytesMax: hookBodyBytesMax });

const seconds = (ms: number): number => Math.max(1, Math.ceil(ms / 1_000));

const later = (
  reply: FastifyReply,
  code: 'hook_busy' | 'hook_store_down' | 'hook_too_fast' | 'hook_too_many_strangers',
  waitMs: number,
  status = 503,
): FastifyReply =>
  refuse(reply.header('retry-after', seconds(waitMs)), status, sentence(code, { seconds: seconds(waitMs) }));

const refuse = (reply: FastifyReply, status: number, said: Sentence): FastifyReply =>
  reply.code(status).send({ error: { code: said.code, message: said.text } });
