import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { type Mappings, mappingsShape } from './alerts/mapping-shape.ts';
import { type AlertSettings, alertSettingsShape, defaultAlertSettings } from './core/alert-settings.ts';
import { type ChannelDefaults, channelDefaultsOf, channelsShape } from './core/channel-defaults.ts';
import { gatewayAddressPattern } from './core/join-token.ts';
import { overKeptMs } from './core/limits.ts';
import type { Policy } from './core/policy/policy.ts';
import { policyOf, policyProblems, policyShape } from './core/policy/read-policy.ts';
import { type Sentence, sentence } from './core/sentences.ts';
import {
  type DiscordSettings,
  discordProblems,
  discordSettingsOf,
  discordShape,
} from './discord/settings.ts';
import { modelTimeoutMsDefault } from './llm/limits.ts';
import { agentCertificateMs } from './pki/limits.ts';
import { type SlackSettings, slackProblems, slackSettingsOf, slackShape } from './slack/settings.ts';

/** The only reader of the environment. A setting is taken from the environment, else from nerdyops.yml, else is the default. */

const portWords = 'must be a port number from 1 to 65535';
/** 0 is any free port, for tests. Digits only: `port:` with nothing after it must not mean 0. */
const port = z
  .union([z.number(), z.string().regex(/^\d+$/).transform(Number)], { error: portWords })
  .pipe(z.int(portWords).min(0, portWords).max(65_535, portWords));
const url = (protocols: string[]) =>
  z.string().refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), {
    error: `must be a URL that starts with ${protocols.map((p) => `${p}//`).join(' or ')}`,
  });

/** A host to listen on need not be one that other machines can be told: `my_host`, or an address with a zone. */
const canBeTold = ({ host, address }: { host?: string | undefined; address?: string | undefined }): boolean =>
  host === undefined ||
  address !== undefined ||
  gatewayAddressPattern.test(`${host.includes(':') ? `[${host}]` : host}:1`);

const fileSchema = z.strictObject({
  http: z.strictObject({ port: port.optional(), host: z.string().min(1).optional() }).optional(),
  grpc: z
    .strictObject({
      port: port.optional(),
      host: z.string().min(1).optional(),
      address: z
        .string()
        .regex(
          gatewayAddressPattern,
          'must be host:port, an IPv6 address in brackets, as other machines reach it',
        )
        .optional(),
      localPort: port.optional(),
      certificateHours: z.coerce.number().min(1).max(8_760).optional(),
    })
    .refine(canBeTold, {
      path: ['host'],
      error:
        'can not stand in the line for other machines. Set grpc.address (NERDY_GRPC_ADDRESS) beside it, host:port, as they reach it',
    })
    .optional(),
  dataDir: z.string().min(1).optional(),
  redisUrl: url(['redis:', 'rediss:']).optional(),
  databaseUrl: z.undefined('this version keeps its state in SQLite only; remove the setting').optional(),
  runbooksDir: z.string().min(1).optional(),
  keepDays: z.coerce.number().min(1).max(3_650).optional(),
  ...policyShape.shape,
  alerts: alertSettingsShape.optional(),
  hooks: z
    .strictObject({
      url: url(['http:', 'https:']).optional(),
      perSecond: z.number().positive().max(100_000).optional(),
      burst: z.int().min(1).max(1_000_000).optional(),
    })
    .optional(),
  mappings: mappingsShape.optional(),
  sqs: z
    .strictObject({
      queueUrl: url(['http:', 'https:']),
      region: z.string().min(1).optional(),
      endpoint: url(['http:', 'https:']).optional(),
      channel: z
        .string()
        .regex(
          /^[a-z][a-z0-9-]*:[^\s:]{1,128}$/,
          'must be written as surface:channel, for example slack:C024BE7LH',
        )
        .optional(),
    })
    .optional(),
  /** For `nerdy policy test` alone. */
  cases: z.array(z.unknown()).optional(),
  logLevel: z.enum(['debug', 'info', 'warn', 'error', 'silent']).optional(),
  openai: z
    .strictObject({
      apiKey: z.string().min(1).optional(),
      baseUrl: url(['http:', 'https:']).optional(),
      model: z.string().min(1).optional(),
      timeoutSeconds: z.coerce.number().positive().max(600).optional(),
      structuredOutput: z.enum(['json_schema', 'function_calling', 'json_mode']).optional(),
    })
    .optional(),
  channels: channelsShape.optional(),
  slack: slackShape.optional(),
  discord: discordShape.optional(),
});
type FileSettings = z.infer<typeof fileSchema>;

/** Which environment variable stands for which setting. */
const variables: Record<string, readonly string[]> = {
  NERDY_HTTP_PORT: ['http', 'port'],
  NERDY_HTTP_HOST: ['http', 'host'],
  NERDY_GRPC_PORT: ['grpc', 'port'],
  NERDY_GRPC_HOST: ['grpc', 'host'],
  NERDY_GRPC_ADDRESS: ['grpc', 'address'],
  NERDY_GRPC_CERTIFICATE_HOURS: ['grpc', 'certificateHours'],
  NERDY_DATA_DIR: ['dataDir'],
  NERDY_RUNBOOKS_DIR: ['runbooksDir'],
  NERDY_LOG_LEVEL: ['logLevel'],
  REDIS_URL: ['redisUrl'],
  DATABASE_URL: ['databaseUrl'],
  OPENAI_API_KEY: ['openai', 'apiKey'],
  OPENAI_BASE_URL: ['openai', 'baseUrl'],
  OPENAI_MODEL: ['openai', 'model'],
  OPENAI_TIMEOUT_SECONDS: ['openai', 'timeoutSeconds'],
  OPENAI_STRUCTURED_OUTPUT: ['openai', 'structuredOutput'],
  SLACK_BOT_TOKEN: ['slack', 'botToken'],
  SLACK_APP_TOKEN: ['slack', 'appToken'],
  SLACK_SIGNING_SECRET: ['slack', 'signingSecret'],
  SLACK_API_URL: ['slack', 'apiUrl'],
  DISCORD_TOKEN: ['discord', 'token'],
  DISCORD_API_URL: ['discord', 'apiUrl'],
  DISCORD_GUILD_ID: ['discord', 'guildId'],
};

/** The person's editor, as shells know it (POSIX: VISUAL before EDITOR, vi where neither is set). */
export const editorCommand = (): string =>
  process.env.VISUAL || process.env.EDITOR || (process.platform === 'win32' ? 'notepad' : 'vi');

/** Puts the token where the agent's bundle looks for it: not on its command line, which other users can read. */
export const handAgentToken = (token: string): void => {
  process.env.NERDY_AGENT_TOKEN = token;
};

export interface SqsSettings {
  queueUrl: string;
  /** Null takes it from the environment, as the AWS SDK does. */
  region: string | null;
  endpoint: string | null;
  home: { surface: string; channel: string } | null;
}

export interface ModelSettings {
  apiKey: string | null;
  baseUrl: string | null;
  model: string;
  timeoutMs: number;
  structuredOutput: 'json_schema' | 'function_calling' | 'json_mode';
}

export interface Config {
  /** `isNamed` where somebody set one of them, so that it is more than a guess. */
  http: { port: number; host: string; isNamed: boolean };
  grpc: {
    port: number;
    host: string;
    /** What other machines dial, `host:port`; null takes it from host and port. */
    address: string | null;
    /** `isNamed` where somebody set port, host or address: then the server doesn't start without that port. */
    isNamed: boolean;
    /** Where agents of this machine connect on Windows, which has no Unix sockets for them. */
    localPort: number;
    /** How long an agent's certificate is good. */
    certificateMs: number;
  };
  dataDir: string;
  redisUrl: string | null;
  runbooksDir: string;
  /** How long incidents that are over, and what was posted or put aside, are kept. */
  keptMs: number;
  /** Where alerts go, and which machines they are about. */
  alerts: AlertSettings;
  /** Where alerts come in: the address by which sources reach this server (null for its own), and how many one hook takes. */
  hooks: { url: string | null; perSecond: number | null; burst: number | null };
  /** How payloads of one's own become alerts. */
  mappings: Mappings;
  /** The queue that is polled for alarms; null for none. */
  sqs: SqsSettings | null;
  /** People, roles and rules; from the file alone, read at the start. */
  policy: Policy;
  logLevel: string;
  /** The caller's own token, for the command line; null means the local one in the data directory. */
  personalToken: string | null;
  /** Null where no model is configured. */
  model: ModelSettings | null;
  /** The machines that channels are about; from the file alone. */
  channelDefaults: ChannelDefaults;
  /** Null where that chat is not configured. */
  slack: SlackSettings | null;
  discord: DiscordSettings | null;
}

/** The settings can't be used. Every mistake is a sentence that names its place. */
export class ConfigError extends Error {
  readonly code = 'config_invalid';
  readonly sentences: Sentence[];
  constructor(sentences: Sentence[]) {
    super(sentences.map((s) => s.text).join('\n'));
    this.name = 'ConfigError';
    this.sentences = sentences;
  }
}

/**
 * Reads the settings.
 *
 * @param options.file nerdyops.yml's path; where it isn't given, `NERDY_CONFIG` or `nerdyops.yml` in the working directory.
 * @throws ConfigError with every mistake at once.
 */
export const readConfig = (
  options: { env?: NodeJS.ProcessEnv; file?: string; packageDir: string } = { packageDir: '.' },
): Config => {
  const env = options.env ?? process.env;
  const named = options.file ?? (env.NERDY_CONFIG || undefined);
  const path = named ?? 'nerdyops.yml';
  const fromFile = readFile(path, named !== undefined);
  const { settings, origin } = overlay(fromFile, env);
  const parsed = fileSchema.safeParse(settings);
  if (!parsed.success) {
    throw new ConfigError(
      parsed.error.issues.flatMap((issue) => {
        const keys = issue.code === 'unrecognized_keys' ? issue.keys : [null];
        return keys.map((key) =>
          problem(path, origin, key === null ? issue.path : [...issue.path, key], key, issue),
        );
      }),
    );
  }
  const problems = [
    ...policyProblems(parsed.data),
    ...slackProblems(parsed.data.slack),
    ...discordProblems(parsed.data.discord),
  ];
  if (problems.length > 0) {
    throw new ConfigError(problems.map((p) => problem(path, origin, p.path, null, { message: p.problem })));
  }
  return { ...withDefaults(parsed.data, options.packageDir), personalToken: env.NERDY_TOKEN || null };
};

const problem = (
  path: string,
  origin: ReadonlyMap<string, string>,
  keys: PropertyKey[],
  unknownKey: string | null,
  issue: { message: string },
): Sentence => {
  const name = keys.map(String).join('.');
  const where = origin.get(name) ?? `${path}, ${name || 'the whole file'}`;
  if (unknownKey === null) return sentence('config_invalid', { where, problem: `${issue.message}.` });
  const known = Object.keys(fileSchema.shape);
  return sentence('config_invalid', {
    where,
    problem: `there is no such setting. ${keys.length === 1 ? `Known are ${known.join(', ')}.` : 'Remove it or mend its name.'}`,
  });
};

const readFile = (path: string, isNamed: boolean): unknown => {
  if (!existsSync(path)) {
    if (!isNamed) return {};
    throw new ConfigError([sentence('config_unreadable', { path, reason: 'there is no such file.' })]);
  }
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (err) {
    throw new ConfigError([sentence('config_unreadable', { path, reason: `${(err as Error).message}.` })]);
  }
  const document = parseDocument(text);
  if (document.errors.length > 0) {
    throw new ConfigError(
      document.errors.map((err) => sentence('config_unreadable', { path, reason: err.message })),
    );
  }
  try {
    return document.toJS() ?? {};
  } catch (err) {
    // Aliases that would grow without end.
    throw new ConfigError([sentence('config_unreadable', { path, reason: `${(err as Error).message}.` })]);
  }
};

/** The environment over the file; `origin` remembers which variable a value came from, for sentences. */
const overlay = (
  fromFile: unknown,
  env: NodeJS.ProcessEnv,
): { settings: unknown; origin: ReadonlyMap<string, string> } => {
  const origin = new Map<string, string>();
  if (typeof fromFile !== 'object' || fromFile === null) return { settings: fromFile, origin };
  const settings = structuredClone(fromFile) as Record<string, unknown>;
  for (const [variable, keys] of Object.entries(variables)) {
    const value = env[variable];
    if (value === undefined || value === '') continue;
    const [first = '', second] = keys;
    origin.set(keys.join('.'), variable);
    if (second === undefined) settings[first] = value;
    else settings[first] = { ...(settings[first] as object | undefined), [second]: value };
  }
  return { settings, origin };
};

const homeOf = (channel: string | undefined): SqsSettings['home'] => {
  const at = channel?.indexOf(':') ?? -1;
  return channel && at > 0 ? { surface: channel.slice(0, at), channel: channel.slice(at + 1) } : null;
};

const withDefaults = (s: FileSettings, packageDir: string): Omit<Config, 'personalToken'> => {
  const { openai } = s;
  const slack = slackSettingsOf(s.slack);
  const discord = discordSettingsOf(s.discord);
  const hasModel = openai?.apiKey !== undefined || openai?.baseUrl !== undefined;
  return {
    http: {
      port: s.http?.port ?? 5001,
      host: s.http?.host ?? '127.0.0.1',
      isNamed: s.http?.port !== undefined || s.http?.host !== undefined,
    },
    grpc: {
      port: s.grpc?.port ?? 50_051,
      host: s.grpc?.host ?? '127.0.0.1',
      address: s.grpc?.address ?? null,
      isNamed: [s.grpc?.port, s.grpc?.host, s.grpc?.address].some((set) => set !== undefined),
      localPort: s.grpc?.localPort ?? 50_052,
      certificateMs:
        s.grpc?.certificateHours === undefined ? agentCertificateMs : s.grpc.certificateHours * 3_600_000,
    },
    dataDir: resolve(s.dataDir ?? './data'),
    redisUrl: s.redisUrl ?? null,
    runbooksDir: s.runbooksDir ? resolve(s.runbooksDir) : resolve(packageDir, 'runbooks'),
    keptMs: s.keepDays === undefined ? overKeptMs : s.keepDays * 24 * 3_600_000,
    alerts: s.alerts ?? defaultAlertSettings,
    hooks: {
      url: s.hooks?.url?.replace(/\/+$/, '') ?? null,
      perSecond: s.hooks?.perSecond ?? null,
      burst: s.hooks?.burst ?? null,
    },
    mappings: s.mappings ?? {},
    sqs: s.sqs
      ? {
          queueUrl: s.sqs.queueUrl,
          region: s.sqs.region ?? null,
          endpoint: s.sqs.endpoint ?? null,
          home: homeOf(s.sqs.channel),
        }
      : null,
    policy: policyOf(s, slack !== null || discord !== null),
    logLevel: s.logLevel ?? 'info',
    model: hasModel
      ? {
          apiKey: openai.apiKey ?? null,
          baseUrl: openai.baseUrl ?? null,
          model: openai.model ?? 'gpt-5-mini',
          timeoutMs:
            openai.timeoutSeconds === undefined ? modelTimeoutMsDefault : openai.timeoutSeconds * 1_000,
          structuredOutput: openai.structuredOutput ?? 'json_schema',
        }
      : null,
    channelDefaults: channelDefaultsOf(s.channels),
    slack,
    discord,
  };
};
