import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from '../src/config.ts';
import { defaultAlertSettings } from '../src/core/alert-settings.ts';
import { soloPolicy } from '../src/core/policy/policy.ts';

let dir: string;
let file: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'nerdyops-config-'));
  file = join(dir, 'nerdyops.yml');
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** The settings with this file and environment. */
const configOf = (yaml: string | null, env: NodeJS.ProcessEnv = {}) => {
  if (yaml !== null) writeFileSync(file, yaml);
  return readConfig({ env, packageDir: '/package', ...(yaml === null ? {} : { file }) });
};

/** What is said of mistakes. */
const mistakes = (yaml: string | null, env: NodeJS.ProcessEnv = {}): string[] => {
  try {
    configOf(yaml, env);
  } catch (err) {
    if (err instanceof ConfigError) return err.sentences.map((s) => s.text);
    throw err;
  }
  throw new Error('it was taken');
};

describe('where alerts come in', () => {
  it('is said under hooks, mappings and sqs', () => {
    const config = configOf(`
hooks: { url: "https://nerdy.example.com/", perSecond: 50 }
mappings: { backup: { key: name, title: name } }
sqs: { queueUrl: "https://sqs.eu-west-1.amazonaws.com/1/alarms", channel: "slack:C1" }
`);
    expect(config).toMatchObject({
      hooks: { url: 'https://nerdy.example.com', perSecond: 50, burst: null },
      mappings: { backup: { key: 'name' } },
      sqs: { region: null, endpoint: null, home: { surface: 'slack', channel: 'C1' } },
    });
  });
});

describe('the defaults', () => {
  it('need no file and no variable', () => {
    expect(configOf(null)).toEqual({
      http: { port: 5001, host: '127.0.0.1', isNamed: false },
      grpc: {
        ...{ port: 50_051, host: '127.0.0.1', address: null, isNamed: false, localPort: 50_052 },
        certificateMs: 7 * 24 * 3_600_000,
      },
      dataDir: resolve('./data'),
      redisUrl: null,
      runbooksDir: '/package/runbooks',
      keptMs: 90 * 24 * 3_600_000,
      alerts: defaultAlertSettings,
      hooks: { url: null, perSecond: null, burst: null },
      mappings: {},
      sqs: null,
      policy: soloPolicy,
      personalToken: null,
      logLevel: 'info',
      model: null,
      channelDefaults: new Map(),
      slack: null,
      discord: null,
    });
  });

  it('are those of an empty file too', () => {
    for (const yaml of ['', '# nothing yet\n', '{}']) expect(configOf(yaml)).toEqual(configOf(null));
  });

  it('of a model come with its key or its address', () => {
    expect(configOf(null, { OPENAI_API_KEY: 'k' }).model).toEqual({
      apiKey: 'k',
      baseUrl: null,
      model: 'gpt-5-mini',
      timeoutMs: expect.any(Number),
      structuredOutput: 'json_schema',
    });
    expect(configOf(null, { OPENAI_BASE_URL: 'http://localhost:1/v1' }).model).toMatchObject({
      apiKey: null,
    });
    expect(configOf(null, { OPENAI_MODEL: 'x' }).model).toBeNull();
  });
});

describe('a setting', () => {
  it('is taken from the environment before the file', () => {
    const yaml = 'http:\n  port: 6000\n  host: 0.0.0.0\nlogLevel: debug\n';
    const config = configOf(yaml, { NERDY_HTTP_PORT: '7000', NERDY_LOG_LEVEL: 'warn' });
    expect(config).toMatchObject({ http: { port: 7000, host: '0.0.0.0' }, logLevel: 'warn' });
  });

  it('is taken from the file where the variable is empty', () => {
    expect(configOf('http:\n  port: 6000\n', { NERDY_HTTP_PORT: '' }).http.port).toBe(6000);
  });

  it.each([
    ['NERDY_HTTP_HOST', '::1', { http: { host: '::1' } }],
    ['NERDY_GRPC_PORT', '6001', { grpc: { port: 6001, isNamed: true } }],
    ['NERDY_GRPC_HOST', '0.0.0.0', { grpc: { host: '0.0.0.0', isNamed: true } }],
    ['NERDY_GRPC_ADDRESS', 'ops.example.com:443', { grpc: { address: 'ops.example.com:443' } }],
    ['NERDY_GRPC_CERTIFICATE_HOURS', '24', { grpc: { certificateMs: 24 * 3_600_000 } }],
    ['NERDY_DATA_DIR', '/var/lib/nerdyops', { dataDir: '/var/lib/nerdyops' }],
    ['NERDY_RUNBOOKS_DIR', '/etc/runbooks', { runbooksDir: '/etc/runbooks' }],
    ['REDIS_URL', 'rediss://u:p@r:6380/1', { redisUrl: 'rediss://u:p@r:6380/1' }],
  ])('%s is read from the environment', (name, value, expected) => {
    expect(configOf(null, { [name]: value })).toMatchObject(expected);
  });

  it('of a path is whole, wherever the server was started', () => {
    expect(configOf('dataDir: here\n').dataDir).toBe(resolve('here'));
  });
});

describe('a mistake', () => {
  it('is told together with all the others, each with its place', () => {
    const yaml = 'http:\n  prot: 1\n  host: 5\nredisUrl: localhost\nlogLevel: loud\ncolour: red\n';
    const told = mistakes(yaml, {
      NERDY_HTTP_PORT: 'many',
      OPENAI_TIMEOUT_SECONDS: '0',
      DATABASE_URL: 'postgres://x/y',
    });
    expect(told).toEqual(
      expect.arrayContaining([
        expect.stringContaining(`${file}, http.prot: there is no such setting`),
        expect.stringContaining(`${file}, http.host: `),
        expect.stringContaining(`${file}, redisUrl: must be a URL that starts with redis:// or rediss://`),
        expect.stringContaining(`${file}, logLevel: `),
        expect.stringContaining(`${file}, colour: there is no such setting. Known are http,`),
        expect.stringContaining('NERDY_HTTP_PORT: must be a port number from 1 to 65535'),
        expect.stringContaining('OPENAI_TIMEOUT_SECONDS: '),
        expect.stringContaining('DATABASE_URL: this version keeps its state in SQLite only'),
      ]),
    );
    expect(told).toHaveLength(8);
  });

  it.each(['', ' ', 'x', '1.5', '-1', '65536', 'null', 'true', '[]', '"1e3"', '"0x10"'])(
    'is a port of "%s"',
    (port) => {
      const told = mistakes(`http:\n  port: ${port === ' ' ? '" "' : port}\n`);
      expect(told).toEqual([`${file}, http.port: must be a port number from 1 to 65535.`]);
    },
  );

  it('in the form of the file is told for each place', () => {
    const told = mistakes('http: {port: 1\nlogLevel: [\n');
    expect(told.length).toBeGreaterThan(0);
    for (const line of told) expect(line).toContain(`${file} can't be read`);
  });

  it('is a file that is no list of settings', () => {
    expect(mistakes('just words\n')).toEqual([expect.stringContaining(`${file}, the whole file`)]);
    expect(mistakes('- a\n- b\n')).not.toEqual([]);
  });

  it('is a file that would grow without end', () => {
    const grow = Array.from(
      { length: 12 },
      (_, i) => `a${i}: &a${i} [${`*a${i - 1}, `.repeat(i === 0 ? 0 : 10)}1]`,
    );
    expect(mistakes(`${grow.join('\n')}\n`)).toEqual([expect.stringContaining("can't be read")]);
  });

  it('is a file that was named and does not exist', () => {
    expect(mistakes(null, { NERDY_CONFIG: join(dir, 'no.yml') })).toEqual([
      expect.stringContaining('there is no such file'),
    ]);
    expect(() => readConfig({ env: {}, file, packageDir: '/' })).toThrow(ConfigError);
  });

  it('is a folder in place of the file', () => {
    expect(mistakes(null, { NERDY_CONFIG: dir })).toEqual([expect.stringContaining(`${dir} can't be read`)]);
  });

  it.each(['my_host', 'fe80::1%eth0', 'a b', '-x'])(
    'is a host for agents that no other machine can be told: %s',
    (host) => {
      const said = /^NERDY_GRPC_HOST: can not stand in the line for other machines\. Set grpc\.address/;
      expect(mistakes(null, { NERDY_GRPC_HOST: host })).toEqual([expect.stringMatching(said)]);
      const { grpc } = configOf(null, { NERDY_GRPC_HOST: host, NERDY_GRPC_ADDRESS: 'db.example.com:443' });
      expect(grpc).toMatchObject({ host, address: 'db.example.com:443' });
    },
  );

  it.each(['localhost', '10.0.0.1', '::', '2001:db8::1', 'a.example.com'])(
    'is not a host like %s',
    (host) => {
      expect(configOf(null, { NERDY_GRPC_HOST: host }).grpc.host).toBe(host);
    },
  );

  it('never repeats a secret', () => {
    const told = mistakes(null, {
      REDIS_URL: 'http://user:hunter2@redis',
      OPENAI_BASE_URL: 'ftp://k:hunter2@x',
    });
    expect(told).toHaveLength(2);
    expect(told.join()).not.toContain('hunter2');
  });
});

it('NERDY_CONFIG names the file; empty, it names none', () => {
  writeFileSync(file, 'http:\n  port: 6000\n');
  expect(readConfig({ env: { NERDY_CONFIG: file }, packageDir: '/' }).http.port).toBe(6000);
  expect(readConfig({ env: { NERDY_CONFIG: '' }, packageDir: '/' }).http.port).toBe(5001);
});

describe('people and rules', () => {
  it('are read from the file', () => {
    const { roster, rules } = configOf(
      [
        'people:',
        '  ada: { role: admin, identities: [slack:U1] }',
        'rules:',
        '  - { name: prod, agents: env=prod, decision: refuse, reason: Freeze }',
      ].join('\n'),
    ).policy;
    expect(roster.personOf('slack:U1')?.key).toBe('ada');
    expect(rules).toMatchObject([{ name: 'prod', ruling: 'refuse', reason: 'Freeze' }]);
  });

  it('have each mistake told at its place', () => {
    const [one, two] = mistakes(
      [
        'rules:',
        '  - { name: a, decision: approve, approvers: group:sre }',
        '  - { name: a, decision: refuse }',
      ].join('\n'),
    );
    expect(one).toMatch(/rules\.0\.approvers: group:sre is not in this file\.$/);
    expect(two).toMatch(/rules\.1\.name: two rules are called "a"\.$/);
  });

  it('can not be set by the environment', () => {
    expect(configOf(null, { NERDY_SOLO: 'true', NERDY_RULES: '[]' }).policy).toEqual(soloPolicy);
  });
});

describe('Slack', () => {
  const bot = { SLACK_BOT_TOKEN: 'xoxb-1-secret' };

  it('takes a bot token with an app token, for Socket Mode', () => {
    expect(configOf(null, { ...bot, SLACK_APP_TOKEN: 'xapp-1-secret' }).slack).toEqual({
      botToken: 'xoxb-1-secret',
      appToken: 'xapp-1-secret',
      signingSecret: null,
      apiUrl: null,
    });
  });

  it('takes a bot token with a signing secret, for HTTP, and another base of the API', () => {
    const yaml = 'slack:\n  signingSecret: s3cret\n  apiUrl: http://127.0.0.1:1/api/\n';
    expect(configOf(yaml, bot).slack).toMatchObject({
      appToken: null,
      signingSecret: 's3cret',
      apiUrl: 'http://127.0.0.1:1/api/',
    });
  });

  it.each([
    [{ SLACK_BOT_TOKEN: 'xoxb-1' }, /^SLACK_BOT_TOKEN: is there without a way .*SLACK_APP_TOKEN .*xapp-/],
    [{ SLACK_APP_TOKEN: 'xapp-1' }, /^SLACK_APP_TOKEN: is there without a bot token.*SLACK_BOT_TOKEN/],
    [{ SLACK_SIGNING_SECRET: 's' }, /^SLACK_SIGNING_SECRET: is there without a bot token/],
    [
      { SLACK_BOT_TOKEN: 'xoxp-1', SLACK_APP_TOKEN: 'xapp-1' },
      /^SLACK_BOT_TOKEN: must be the Bot User OAuth/,
    ],
    [
      { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xoxb-1' },
      /^SLACK_APP_TOKEN: must be an App-Level Token/,
    ],
    [{ ...bot, SLACK_APP_TOKEN: 'xapp-1', SLACK_API_URL: 'slack.com' }, /^SLACK_API_URL: must be a URL/],
  ])('is told what is missing or mistaken: %j', (env, said) => {
    expect(mistakes(null, env)).toEqual([expect.stringMatching(said)]);
  });

  it('has no token of its own repeated in what is said of it', () => {
    const told = mistakes(null, { SLACK_BOT_TOKEN: 'xapp-hunter2', SLACK_APP_TOKEN: 'xoxb-hunter2' });
    expect(told).toHaveLength(2);
    expect(told.join()).not.toContain('hunter2');
  });
});

describe('Discord', () => {
  it('takes a token alone', () => {
    expect(configOf(null, { DISCORD_TOKEN: 'a.b.c' }).discord).toEqual({
      token: 'a.b.c',
      apiUrl: null,
      guildId: null,
      messageContent: false,
    });
  });

  it('takes a guild for its commands, another base of the API, and the intent of message content', () => {
    const yaml = 'discord:\n  messageContent: true\n  guildId: "197038439483310086"\n';
    expect(
      configOf(yaml, { DISCORD_TOKEN: 'a.b.c', DISCORD_API_URL: 'http://127.0.0.1:1/api' }).discord,
    ).toMatchObject({
      apiUrl: 'http://127.0.0.1:1/api',
      guildId: '197038439483310086',
      messageContent: true,
    });
  });

  it.each([
    [
      { DISCORD_GUILD_ID: '197038439483310086' },
      /^DISCORD_GUILD_ID: is there without a token.*DISCORD_TOKEN/,
    ],
    [{ DISCORD_TOKEN: 'Bot a.b.c' }, /^DISCORD_TOKEN: must be the token alone/],
    [{ DISCORD_TOKEN: 'a.b.c', DISCORD_GUILD_ID: 'ours' }, /^DISCORD_GUILD_ID: must be the id of a server/],
    [{ DISCORD_TOKEN: 'a.b.c', DISCORD_API_URL: 'discord' }, /^DISCORD_API_URL: must be a URL/],
  ])('is told what is missing or mistaken: %j', (env, said) => {
    expect(mistakes(null, env)).toEqual([expect.stringMatching(said)]);
  });

  it('takes no guild that YAML has read as a number', () => {
    expect(mistakes('discord:\n  token: a.b.c\n  guildId: 197038439483310086\n')).toEqual([
      expect.stringContaining('discord.guildId: must be in quotes'),
    ]);
  });
});

describe('a person who lists nobody', () => {
  it('is alone', () => {
    expect(configOf(null).policy.roster.solo).toBe(true);
  });

  it('is not alone where a chat is configured: others ask there', () => {
    expect(configOf(null, { DISCORD_TOKEN: 'a.b.c' }).policy.roster.solo).toBe(false);
    expect(configOf('solo: true\n', { DISCORD_TOKEN: 'a.b.c' }).policy.roster.solo).toBe(true);
  });
});

describe('the machines that a channel is about', () => {
  it('are read as a request names them', () => {
    const { channelDefaults } = configOf('channels:\n  slack:C024BE91L: { on: role=db env=prod }\n');
    expect(channelDefaults.get('slack:C024BE91L')).toEqual({
      kind: 'labels',
      labels: { role: 'db', env: 'prod' },
    });
  });

  it.each([
    ['channels: { slack:C1: { on: here } }', /channels\.slack:C1\.on: must name machines/],
    ['channels: { general: { on: db1 } }', /channels\.general: must be written as surface:channel/],
    ['channels: { slack:C1: { at: db1 } }', /channels\.slack:C1\.(on|at): /],
  ])('and a mistake is told: %s', (yaml, said) => {
    expect(mistakes(yaml)[0]).toMatch(said);
  });
});
