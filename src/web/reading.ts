import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { sentence } from '../core/sentences.ts';
import type { Desk } from '../flow/desk.ts';
import type { OutputStream } from '../ports/store.ts';
import { consoleActor } from './chat.ts';
import { baseOf, type ConsoleContext } from './context.ts';
import { incidentsView } from './incidents-view.ts';
import { rawReadBytesMax } from './limits.ts';
import { renderFragment, renderPage, renderStreams } from './render.tsx';
import { readStreams } from './streams.ts';
import type { ThreadView } from './view.ts';

/** Routes that only show: the page, its files, older threads, one thread, output. */
export const registerReading = (app: FastifyInstance, context: ConsoleContext): void => {
  registerPage(app, context);
  registerThreads(app, context);
  registerOutput(app, context);
  registerKeepForm(app, context);
};

const registerPage = (app: FastifyInstance, context: ConsoleContext): void => {
  const { alerts, assets, clock, desk, guard, live } = context;

  app.get('/', async (request, reply) => {
    html(reply);
    if (!guard.session(request)) return renderPage.door(assets.urls, baseOf(request));
    // Read before the tasks: a change in between is then sent again, never missed.
    const { seq } = live;
    const { threads, before } = await threadViews(context, null);
    const now = clock.now();
    const shown = { agents: await desk.agents(), incidents: await incidentsView(alerts, now) };
    const view = { threads, before, ...shown, now, seq, page: live.page };
    return renderPage.console(view, assets.urls, baseOf(request));
  });

  app.get('/console/assets/:hash/:name', async (request, reply) => {
    const { hash, name } = request.params as { hash: string; name: string };
    const asset = assets.files.get(`${hash}/${name}`);
    if (!asset) return reply.code(404).send({ error: sentence('not_found', {}) });
    return reply
      .header('cache-control', 'public, max-age=31536000, immutable')
      .type(asset.contentType)
      .send(asset.bytes);
  });
};

const threadViews = async (
  { live, threads }: ConsoleContext,
  before: number | null,
): Promise<{ threads: ThreadView[]; before: number | null }> => {
  const found = await threads.newest(before);
  const views: ThreadView[] = [];
  for (const { head, replies } of found.threads) {
    views.push({ head: await live.view(head), replies: await Promise.all(replies.map((c) => live.view(c))) });
  }
  return { threads: views, before: found.before };
};

const whole = z.coerce.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER).nullable().catch(null);

const registerThreads = (app: FastifyInstance, context: ConsoleContext): void => {
  const { guard, live, threads } = context;

  app.get('/console/earlier', async (request, reply) => {
    guard.reader(request);
    const page = await threadViews(context, whole.parse((request.query as { before?: string }).before));
    const tasks = page.threads.flatMap(({ head, replies }) => [head, ...replies]);
    return html(reply).send(tasks.map(renderFragment.task).join('') + renderFragment.earlier(page.before));
  });

  app.get('/console/threads/:number', async (request, reply) => {
    guard.reader(request);
    const number = whole.parse((request.params as { number: string }).number) ?? 0;
    const thread = await threads.thread(number);
    if (!thread) {
      return html(reply.code(404)).send(renderFragment.said(null, sentence('task_unknown', { number })));
    }
    const views = await Promise.all([thread.head, ...thread.replies].map((card) => live.view(card)));
    return html(reply).send(views.map(renderFragment.task).join(''));
  });
};

const registerKeepForm = (app: FastifyInstance, { desk, guard }: ConsoleContext): void => {
  app.get('/console/tasks/:number/keep', async (request, reply) => {
    guard.reader(request);
    const number = whole.parse((request.params as { number: string }).number) ?? 0;
    const outcome = await desk.keepForm(number, consoleActor());
    return outcome.kind === 'form'
      ? html(reply).send(renderFragment.keep(number, outcome.form))
      : html(reply.code(409)).send(renderFragment.said(number, outcome.sentence));
  });
};

const runShape = z.object({
  number: z.coerce.number().int().positive(),
  run: z.string().regex(/^[\w-]{1,128}$/),
});

const registerOutput = (app: FastifyInstance, { desk, guard }: ConsoleContext): void => {
  const unknownRun = (reply: FastifyReply): FastifyReply =>
    reply.code(404).send({ error: sentence('not_found', {}) });

  app.get('/console/tasks/:number/runs/:run/output', async (request, reply) => {
    guard.reader(request);
    const params = runShape.safeParse(request.params);
    if (!params.success) return unknownRun(reply);
    const { number, run } = params.data;
    return html(reply).send(renderStreams(number, run, await readStreams(desk, number, run)));
  });

  const raw = (stream: OutputStream) => async (request: FastifyRequest, reply: FastifyReply) => {
    guard.reader(request);
    const params = runShape.safeParse(request.params);
    if (!params.success) return unknownRun(reply);
    const { number, run } = params.data;
    const first = await desk.output(number, run, stream, 0, 1);
    if (!first) return unknownRun(reply);
    return reply
      .header('content-disposition', `inline; filename="task-${number}-${stream}.txt"`)
      .header('cache-control', 'no-store')
      .type('text/plain; charset=utf-8')
      .send(Readable.from(wholeStream(desk, number, run, stream)));
  };
  app.get('/console/tasks/:number/runs/:run/stdout.txt', raw('stdout'));
  app.get('/console/tasks/:number/runs/:run/stderr.txt', raw('stderr'));
};

/** All kept bytes of a stream, as they came, piece by piece; where the middle was left out, a line says so. */
async function* wholeStream(
  desk: Desk,
  task: number,
  run: string,
  stream: OutputStream,
): AsyncGenerator<Buffer> {
  let offset = 0;
  for (;;) {
    const piece = await desk.output(task, run, stream, offset, rawReadBytesMax);
    if (!piece || piece.bytes.length === 0) return;
    const cut = piece.cutAt === null ? -1 : piece.cutAt - offset;
    if (cut >= 0 && cut < piece.bytes.length) {
      yield piece.bytes.subarray(0, cut);
      yield Buffer.from('\n[The middle of this output was left out here.]\n');
      yield piece.bytes.subarray(cut);
    } else {
      yield piece.bytes;
    }
    offset += piece.bytes.length;
  }
}

const html = (reply: FastifyReply): FastifyReply =>
  reply.header('cache-control', 'no-store').type('text/html; charset=utf-8');
