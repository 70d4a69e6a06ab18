import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { methodRules } from '../../src/slack/method-scopes.ts';
import { lineOf, nodesOf, sourcesUnder, textOf } from '../source-tree.ts';
import { manifestData } from './manifest-file.ts';

/**
 * The rules of https://docs.slack.dev/reference/app-manifest, as far as we use it: lengths, forms and enumerations. Strict,
 * so that a key which Slack doesn't know shows here and not at whoever pastes it.
 */
const text = (max: number, min = 1) => z.string().min(min).max(max);
const shape = z.strictObject({
  _metadata: z.strictObject({ major_version: z.literal([1, 2]), minor_version: z.int() }),
  display_information: z.strictObject({
    name: text(35),
    description: text(140),
    // App settings refuse a shorter one.
    long_description: text(4_000, 174),
    background_color: z.string().regex(/^#([0-9a-f]{3}|[0-9a-f]{6})$/i),
  }),
  features: z.strictObject({
    app_home: z.strictObject({
      home_tab_enabled: z.boolean(),
      messages_tab_enabled: z.boolean(),
      messages_tab_read_only_enabled: z.boolean(),
    }),
    bot_user: z.strictObject({
      display_name: text(80).regex(/^[a-z0-9._-]+$/),
      always_online: z.boolean(),
    }),
    assistant_view: z.strictObject({ assistant_description: text(300) }),
    slash_commands: z
      .array(
        z.strictObject({
          command: text(32).regex(/^\/[a-z0-9_-]+$/),
          description: text(2_000),
          usage_hint: text(1_000),
          should_escape: z.boolean(),
        }),
      )
      .max(50),
    shortcuts: z
      .array(
        z.strictObject({
          name: text(24),
          type: z.enum(['global', 'message']),
          callback_id: text(255),
          description: text(150),
        }),
      )
      .max(10),
  }),
  oauth_config: z.strictObject({ scopes: z.strictObject({ bot: z.array(z.string()).max(255) }) }),
  settings: z.strictObject({
    event_subscriptions: z.strictObject({ bot_events: z.array(z.string()).max(100) }),
    interactivity: z.strictObject({ is_enabled: z.boolean() }),
    org_deploy_enabled: z.boolean(),
    socket_mode_enabled: z.boolean(),
    token_rotation_enabled: z.boolean(),
  }),
});
type Manifest = z.infer<typeof shape>;

const manifest = (): Manifest => shape.parse(manifestData);

/** What each event needs, by its own page under https://docs.slack.dev/reference/events. */
const eventScopes: Readonly<Record<string, readonly string[]>> = {
  app_home_opened: [],
  app_mention: ['app_mentions:read'],
  assistant_thread_context_changed: ['assistant:write'],
  assistant_thread_started: ['assistant:write'],
  // "if your bot or app has the channels:read scope, it will receive events for public channels", groups:read for private.
  member_joined_channel: ['channels:read', 'groups:read'],
  'message.channels': ['channels:history'],
  'message.groups': ['groups:history'],
  'message.im': ['im:history'],
  'message.mpim': ['mpim:history'],
  subteam_created: ['usergroups:read'],
  subteam_members_changed: ['usergroups:read'],
  subteam_updated: ['usergroups:read'],
};
/** What features need: https://docs.slack.dev/reference/scopes/commands and assistant.write. */
const featureScopes = ['commands', 'assistant:write'];

const slack = sourcesUnder('src/slack');

/** Names of methods in the code: every string that looks like one, wherever it stands. */
const methodsInCode = (): { method: string; at: string }[] =>
  slack.flatMap((file) =>
    nodesOf(file.tree)
      .filter(({ type }) => type === 'Literal')
      .map((node) => ({ node, said: textOf(file, node).slice(1, -1) }))
      .filter(({ said }) =>
        /^(apps|assistant|auth|bots|chat|conversations|files|team|usergroups|users|views)\.[A-Za-z.]+$/.test(
          said,
        ),
      )
      .filter(() => file.path !== 'src/slack/method-scopes.ts')
      .map(({ node, said }) => ({ method: said, at: `${file.path}:${lineOf(file, node.start)}` })),
  );

/** Called by a client of Slack's own: Socket Mode's, and `nerdy doctor slack`. */
const calledElsewhere = ['apps.connections.open'];

describe('manifest.yml', () => {
  it("keeps the rules of Slack's schema", () => {
    expect(shape.safeParse(manifestData).error?.issues ?? []).toEqual([]);
  });

  it('has the command and the shortcuts that are taken', () => {
    const code = slack.map(({ text }) => text).join('\n');
    const { slash_commands: commands, shortcuts } = manifest().features;
    for (const name of [...commands.map((c) => c.command), ...shortcuts.map((s) => s.callback_id)]) {
      expect(code, name).toContain(`'${name}'`);
    }
  });

  it('subscribes to each event that is taken, and to no other', () => {
    const taken = slack.flatMap(({ text }) => [
      ...[...text.matchAll(/app\.event\('([a-z_]+)'/g)].flatMap(([, name]) => name ?? []),
      ...[...text.matchAll(/of \[([^\]]+)\] as const\) \{\s+app\.event\(event/g)].flatMap(([, names]) =>
        [...(names ?? '').matchAll(/'([a-z_]+)'/g)].flatMap(([, name]) => name ?? []),
      ),
    ]);
    const subscribed = manifest().settings.event_subscriptions.bot_events.map((e) => e.replace(/\..*/, ''));
    expect([...new Set(taken)].sort()).toEqual([...new Set(subscribed)].sort());
  });
});

describe('scopes', () => {
  const bot = (): readonly string[] => manifest().oauth_config.scopes.bot;

  it('cover every method that is called', () => {
    const uncovered = methodsInCode().flatMap(({ method, at }) => {
      const rules = (methodRules as Readonly<Record<string, { scopes: readonly string[] } | undefined>>)[
        method
      ];
      if (!rules) return `${at} calls ${method}, of which method-scopes.ts says nothing`;
      const isCovered = rules.scopes.length === 0 || rules.scopes.some((scope) => bot().includes(scope));
      return isCovered || calledElsewhere.includes(method) ? [] : `${at} calls ${method} without its scope`;
    });
    expect(uncovered).toEqual([]);
  });

  it('cover every event', () => {
    for (const event of manifest().settings.event_subscriptions.bot_events) {
      expect(eventScopes[event], `${event}: look its scopes up and add them here`).toBeDefined();
      for (const scope of eventScopes[event] ?? []) expect(bot()).toContain(scope);
    }
  });

  it('are all used: by a method, an event or a feature', () => {
    const called = new Set(methodsInCode().map(({ method }) => method));
    const ofMethods = Object.entries(methodRules)
      .filter(([method]) => called.has(method))
      .flatMap(([, { scopes }]) => scopes as readonly string[]);
    const ofEvents = manifest().settings.event_subscriptions.bot_events.flatMap((e) => eventScopes[e] ?? []);
    const used = new Set([...ofMethods, ...ofEvents, ...featureScopes]);
    expect(bot().filter((scope) => !used.has(scope))).toEqual([]);
  });

  it('say nothing of methods that nobody calls', () => {
    const called = new Set([...methodsInCode().map(({ method }) => method), ...calledElsewhere]);
    expect(Object.keys(methodRules).filter((method) => !called.has(method))).toEqual([]);
  });
});
