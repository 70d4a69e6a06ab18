import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Sentence } from '../core/sentences.ts';
import type { Watches } from '../flow/watches.ts';
import { actorOf, type Door, requireToken } from './access.ts';
import { refuse } from './act.ts';
import { read } from './input.ts';
import { nameCharsMax, selectorCharsMax } from './limits.ts';

const words = (charsMax: number) => z.string().min(1).max(charsMax);
const wish = z.strictObject({
  name: words(nameCharsMax),
  request: words(selectorCharsMax),
  on: words(selectorCharsMax).nullable().default(null),
  cron: words(nameCharsMax),
  timezone: words(nameCharsMax).default('UTC'),
  condition: words(nameCharsMax),
  channel: z
    .string()
    .regex(
      /^[a-z][a-z0-9-]*:[^\s:]{1,128}$/,
      'must be written as surface:channel, for example slack:C024BE7LH',
    )
    .nullable()
    .default(null),
});

/** The routes of watches: what is asked again and again. */
export const watchRoutes =
  ({ watches, door }: { watches: Watches; door: Door }) =>
  async (app: FastifyInstance): Promise<void> => {
    app.addHook('onRequest', requireToken(door));
    app.get('/watches', async () => ({ watches: await watches.list() }));
    app.post('/watches', async (request, reply) => {
      const { channel, ...wanted } = read(wish, request.body ?? {});
      const by = actorOf(request);
      const wished = { ...wanted, home: homeOf(channel) };
      const planned = await watches.plan(by, wished);
      if (planned.kind === 'refused') return answer(reply, planned);
      const added = await watches.add(by, wished);
      if (added.kind === 'refused') return answer(reply, added);
      return reply.code(201).send({ watch: added.watch, forecast: planned.forecast });
    });
    app.delete('/watches/:name', async (request, reply) => {
      const { name } = request.params as { name: string };
      const gone = await watches.remove(actorOf(request), name);
      return gone.kind === 'refused' ? answer(reply, gone) : { watch: gone.watch, ended: gone.ended };
    });
  };

const homeOf = (channel: string | null) => {
  const at = channel?.indexOf(':') ?? -1;
  return channel === null || at < 0
    ? null
    : { surface: channel.slice(0, at), channel: channel.slice(at + 1) };
};

const answer = (reply: FastifyReply, { sentence }: { sentence: Sentence }): FastifyReply =>
  refuse(reply, statuses[sentence.code] ?? 422, sentence);

const statuses: Readonly<Record<string, number>> = {
  watch_unknown: 404,
  watch_exists: 409,
  role_missing: 403,
};
