import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type Sentence, sentence } from '../core/sentences.ts';
import type { AlertDesk } from '../flow/alert-desk.ts';
import type { Desk, Outcome } from '../flow/desk.ts';
import type { Hearing } from '../flow/hear.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import { askFromConsole, obeyFromConsole } from './ask.ts';
import { loadAssets } from './assets.ts';
import { decisions } from './buttons.ts';
import { consoleActor, eventIdHeader, eventIdOf } from './chat.ts';
import { baseOf, type ConsoleContext } from './context.ts';
import { ConsoleDenial, ConsoleGuard } from './guard.ts';
import { registerIncidents } from './incidents.ts';
import { bodyBytesMax } from './limits.ts';
import { LiveHub } from './live.ts';
import { type Machines, registerMachines } from './machines.ts';
import { registerReading } from './reading.ts';
import { renderFragment, renderPage } from './render.tsx';
import type { ConsoleSessions } from './session.ts';
import { Threads } from './threads.ts';

export interface WebConsoleOptions {
  desk: Desk;
  alerts: AlertDesk;
  hearing: Pick<Hearing, 'hear'>;
  machines: Machines;
  clock: Clock;
  log: Log;
  sessions: ConsoleSessions;
  /**
   * Names under which the console is reached besides this machine's own, as the Host header has them. One without a
   * port is good without and with the socket's own port, one with a port only so.
   */
  allowedHosts: readonly string[];
  /** Where the console's style sheets and script are, when the program was bundled away from them. */
  assetsFolder?: string;
}

/**
 * The policy of every answer: nothing from anywhere else, no script or style in the markup, no frame around it.
 * Written out instead of helmet's defaults, which are looser and change with its versions.
 */
const securityHeaders: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

/**
 * The web console as a Fastify plugin: the page at `/`, `POST /session`, and everything else under `/console/`.
 * Its hooks and its error handler stay its own. The sessions must have been started.
 */
export const webConsole =
  (options: WebConsoleOptions): FastifyPluginAsync =>
  async (app) => {
    const { desk, alerts, hearing, clock, log } = options;
    const threads = new Threads(desk);
    const live = new LiveHub({ desk, alerts, threads, clock, log });
    const guard = new ConsoleGuard(options.sessions, options.allowedHosts);
    const assets = await loadAssets(options.assetsFolder);
    const context: ConsoleContext = { desk, alerts, hearing, log, clock, guard, threads, live, assets };

    app.addHook('onRequest', async (request, reply) => {
      reply.headers(securityHeaders);
      guard.host(request);
    });
    app.addHook('onReady', async () => live.start());
    // Streams never end by themselves, and a server with an open one never closes.
    app.addHook('preClose', async () => live.stop());
    app.setErrorHandler((error, request, reply) => answerError(error, request, reply, context));
    app.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: bodyBytesMax },
      (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body)))),
    );

    registerSession(app, context, options.sessions);
    registerWriting(app, context);
    registerReading(app, context);
    registerMachines(app, context, options.machines);
    registerIncidents(app, context);
    registerLive(app, context);
  };

const keyShape = z.object({ key: z.string().min(1).max(200) });

/** Turns the secret of a link into a session. The only write that has no token yet. */
const registerSession = (
  app: FastifyInstance,
  { guard, log }: ConsoleContext,
  sessions: ConsoleSessions,
): void => {
  app.post('/session', { bodyLimit: 1024 }, async (request, reply) => {
    guard.sameOrigin(request);
    const body = keyShape.safeParse(request.body);
    const opened = body.success ? await sessions.open(body.data.key) : null;
    if (!opened) {
      log.warn({ address: request.ip }, 'a console link was refused');
      throw new ConsoleDenial('link_used');
    }
    guard.setCookie(request, reply, opened.id);
    log.info({ address: request.ip }, 'a console session was opened');
    return reply.header('cache-control', 'no-store').send({ write: opened.writeToken });
  });
};

const taskNumber = (request: FastifyRequest): number =>
  z.coerce
    .number()
    .int()
    .positive()
    .max(Number.MAX_SAFE_INTEGER)
    .catch(0)
    .parse((request.params as { number?: string }).number);

const registerWriting = (app: FastifyInstance, context: ConsoleContext): void => {
  const { desk, hearing, guard, threads, live } = context;
  const answer = async (
    reply: FastifyReply,
    outcome: Outcome,
    task: number | null,
  ): Promise<FastifyReply> => {
    const html =
      outcome.kind === 'done'
        ? renderFragment.task(await live.view(outcome.card))
        : renderFragment.said(task, outcome.sentence);
    return sendHtml(reply.code(outcome.kind === 'done' ? 200 : 409), html);
  };

  app.post('/console/ask', { bodyLimit: bodyBytesMax }, async (request, reply) => {
    guard.writer(request);
    const eventId = eventIdOf(request.headers[eventIdHeader], 'ask', null);
    const heard = await obeyFromConsole(hearing, request.body, eventId);
    if (heard?.kind === 'listing') return sendHtml(reply, renderFragment.listing(heard.listing));
    if (heard?.kind === 'refused') return answer(reply, heard, null);
    return answer(reply, await askFromConsole(desk, threads, request.body, eventId), null);
  });

  for (const [name, decide] of Object.entries(decisions)) {
    app.post(`/console/tasks/:number/${name}`, { bodyLimit: bodyBytesMax }, async (request, reply) => {
      guard.writer(request);
      const task = taskNumber(request);
      const eventId = eventIdOf(request.headers[eventIdHeader], name, task);
      const act = { by: consoleActor(), eventId };
      return answer(reply, await decide(desk, task, request.body, act), task);
    });
  }
};

const registerLive = (app: FastifyInstance, { guard, live }: ConsoleContext): void => {
  // No HEAD: it would hold a stream open that nobody can read.
  app.get('/console/live', { exposeHeadRoute: false }, async (request, reply) => {
    guard.sameOrigin(request);
    guard.reader(request);
    const query = request.query as { seq?: string; page?: string };
    const lastEventId = request.headers['last-event-id'];
    const since = sequenceOf(typeof lastEventId === 'string' && lastEventId !== '' ? lastEventId : query.seq);
    const mayStay = (): boolean => guard.session(request) !== null;
    reply.hijack();
    const page = query.page ?? null;
    if (!(await live.attach(reply.raw, { ...securityHeaders }, { since, page, mayStay }))) {
      reply.raw.writeHead(503, { ...securityHeaders, 'retry-after': '5' }).end();
    }
  });
};

const sequenceOf = (text: string | undefined): number | null =>
  text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : null;

const sendHtml = (reply: FastifyReply, html: string): FastifyReply =>
  reply.header('cache-control', 'no-store').type('text/html; charset=utf-8').send(html);

/** Says a refusal or a fault where the asker will read it: on the page that is open, as a page, or to a program. */
const answerError = (
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  { log, assets }: ConsoleContext,
): FastifyReply => {
  const status = statusOf(error);
  const said = saidOf(error, status, request, log);
  if (request.headers['hx-request'] !== undefined) {
    return sendHtml(reply.code(status), renderFragment.said(null, said));
  }
  if (error instanceof ConsoleDenial && error.code === 'access_denied' && request.method === 'GET') {
    return sendHtml(reply.code(status), renderPage.door(assets.urls, baseOf(request)));
  }
  return reply.code(status).header('cache-control', 'no-store').send({ error: said });
};

const statusOf = (error: unknown): number => {
  const status = (error as { statusCode?: unknown }).statusCode;
  return typeof status === 'number' && status >= 400 && status < 600 ? status : 500;
};

const saidOf = (error: unknown, status: number, request: FastifyRequest, log: Log): Sentence => {
  if (error instanceof ConsoleDenial) {
    log.warn(
      { code: error.code, path: request.routeOptions.url, address: request.ip },
      'the console refused a request',
    );
    return { code: error.code, text: error.message };
  }
  if (status < 500) return sentence('input_invalid', { problem: (error as Error).message });
  const id = randomUUID();
  log.error({ err: error, fault: id, path: request.routeOptions.url }, 'a request of the console failed');
  return sentence('fault', { id });
};
