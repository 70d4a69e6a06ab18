import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import { type Alert, AlertSource } from '../core/alert.ts';
import type { Hook } from '../core/hook.ts';
import { type Sentence, sentence } from '../core/sentences.ts';
import type { Hooks } from '../flow/hooks.ts';
import type { AlertIntake, AlertPreview } from '../ports/alert-intake.ts';
import type { HookReader } from '../ports/hook-reader.ts';
import { actorOf, type Door, requireToken } from './access.ts';
import { read } from './input.ts';
import { hookBodyBytesMax, nameCharsMax, secretCharsMax, secretCharsMin } from './limits.ts';

/** A hook as people see it: of its token and secret nothing. */
export type ShownHook = Omit<Hook, 'tokenDigest' | 'secret'> & {
  hasSecret: boolean;
  /** Why its alerts are told nowhere; null where they are told, or the routes say where. */
  warning: string | null;
};

/** What a payload would come to, and where each of its alerts would go. */
export interface TriedHook {
  alerts: (AlertPreview & { alert: Alert })[];
  /** Why there are none; null where there are some. */
  note: string | null;
}

const name = z.string().min(1).max(nameCharsMax);
const channelWords = 'must be written as surface:channel, for example slack:C024BE7LH';
const home = z
  .string()
  .refine((text) => /^[a-z][a-z0-9-]*:[^\s:]{1,128}$/.test(text), channelWords)
  .transform((text) => {
    const at = text.indexOf(':');
    return { surface: text.slice(0, at), channel: text.slice(at + 1) };
  });
const wish = z.strictObject({
  source: name,
  channel: home.nullable().default(null),
  secret: z.string().min(secretCharsMin).max(secretCharsMax).nullable().default(null),
  mapping: name.nullable().default(null),
  topic: z
    .string()
    .refine((text) => /^arn:[a-z-]+:sns:/.test(text), 'must be the ARN of an SNS topic')
    .max(300)
    .nullable()
    .default(null),
});
const trial = z.strictObject({
  source: name,
  payload: z.string().max(hookBodyBytesMax),
  channel: home.nullable().default(null),
  mapping: name.nullable().default(null),
});

/** The routes of hooks for admins: made, listed, removed, tried out; and what came in that can't be read. */
export const hookAdminRoutes =
  (parts: {
    hooks: Hooks;
    reader: HookReader;
    intake: AlertIntake;
    door: Door;
    base: () => string;
    /** Where incidents are posted. */
    postingSurfaces: { has(surface: string): boolean };
  }) =>
  async (app: FastifyInstance): Promise<void> => {
    const { hooks, reader, intake, door, base, postingSurfaces } = parts;
    const shown = (hook: Hook): ShownHook => shownHook(hook, postingSurfaces);
    app.addHook('onRequest', requireToken(door));
    app.post('/hooks', async (request, reply) => {
      const { channel, ...wanted } = read(wish, request.body ?? {});
      const added = await hooks.add(actorOf(request), { ...wanted, home: channel });
      if (added.kind === 'refused') return refuse(reply, added.sentence);
      const url = `${base()}/hooks/${added.hook.source}/${added.token}`;
      return reply
        .code(201)
        .header('cache-control', 'no-store')
        .send({ hook: shown(added.hook), url });
    });
    app.get('/hooks', async () => ({ hooks: (await hooks.list()).map(shown) }));
    app.get('/hooks/parked', async () => ({ parked: await hooks.parked() }));
    app.delete('/hooks/:id', async (request, reply) => {
      const gone = await hooks.remove(actorOf(request), (request.params as { id: string }).id);
      return gone.kind === 'refused' ? refuse(reply, gone.sentence) : { hook: shown(gone.hook) };
    });
    app.post('/hooks/test', { bodyLimit: hookBodyBytesMax * 2 }, async (request, reply) => {
      const { source, payload, channel, mapping } = read(trial, request.body ?? {});
      const known = Object.values(AlertSource).find((one) => one === source && one !== AlertSource.watch);
      if (!known) {
        const sources = Object.values(AlertSource).filter((one) => one !== AlertSource.watch);
        return refuse(reply, sentence('hook_source_unknown', { source: source.slice(0, 40), sources }));
      }
      const told = await reader.tryOut({ source: known, mapping }, Buffer.from(payload));
      if (told.kind === 'nothing') return { alerts: [], note: told.why } satisfies TriedHook;
      if (told.kind !== 'alerts') return refuse(reply, told.sentence);
      const previews = told.alerts.map(async (alert) => ({
        alert,
        ...(await intake.preview(alert, { via: 'test', source: known, home: channel })),
      }));
      return { alerts: await Promise.all(previews), note: null } satisfies TriedHook;
    });
  };

const shownHook = (
  { tokenDigest: _, secret, ...hook }: Hook,
  postingSurfaces: { has(surface: string): boolean },
): ShownHook => {
  const { home } = hook;
  const isTold = home === null || postingSurfaces.has(home.surface);
  const channels = home === null ? [] : [`${home.surface}:${home.channel}`];
  const warning = isTold ? null : sentence('alert_channels_unposted', { channels }).text;
  return { ...hook, hasSecret: secret !== null, warning };
};

const statusOf = ({ code }: Sentence): number => {
  if (code === 'admin_missing') return 403;
  if (code === 'hook_gone') return 404;
  return code === 'hooks_too_many' ? 409 : 422;
};

const refuse = (reply: FastifyReply, said: Sentence): FastifyReply =>
  reply.code(statusOf(said)).send({ error: { code: said.code, message: said.text } });
