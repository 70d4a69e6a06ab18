import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { KeepSource, KeepWish } from '../../src/core/keep.ts';
import type { KeptVersion } from '../../src/core/kept-runbook.ts';
import { fillScript, ParameterInvalidError } from '../../src/runbooks/fill.ts';
import { parseRunbook, type Runbook } from '../../src/runbooks/runbook.ts';
import { Shelf } from '../../src/runbooks/shelf.ts';
import { fixtureSet } from './fixtures/fixture.ts';

const signal = new AbortController().signal;
const shelf = new Shelf(fixtureSet());

const sourceOf = (words: string, text: string, over: Partial<KeepSource> = {}): KeepSource => ({
  ...{ words, language: 'en', summary: 'Restarts the billing worker.', machines: ['db1'] },
  scripts: [{ interpreter: 'bash', text, platforms: ['linux'] }],
  ...over,
});

const restart = sourceOf('restart the billing-worker service', 'sudo systemctl restart billing-worker\n');

const made = (source: KeepSource, over: Partial<KeepWish> = {}): Runbook => {
  const wish = { ...shelf.propose(source), ...over };
  const outcome = shelf.make(source, wish);
  if (!outcome.ok) throw new Error(outcome.sentence.text);
  const parsed = parseRunbook(`${wish.name}.yml`, new TextEncoder().encode(outcome.yaml));
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
  expect(parsed.runbook.digest).toBe(outcome.digest);
  return parsed.runbook;
};

const refusalOf = (source: KeepSource, over: Partial<KeepWish> = {}) => {
  const outcome = shelf.make(source, { ...shelf.propose(source), ...over });
  return outcome.ok ? null : outcome.sentence;
};

const versionOf = (source: KeepSource, over: Partial<KeepWish> = {}, version = 1): KeptVersion => {
  const wish = { ...shelf.propose(source), ...over };
  const outcome = shelf.make(source, wish);
  if (!outcome.ok) throw new Error(outcome.sentence.text);
  const { yaml, digest } = outcome;
  const by = { kind: 'person' as const, surface: 'web', id: 'U1', name: 'Ada' };
  return { name: wish.name, version, yaml, digest, task: 1042, by, at: 1 };
};

describe('what is proposed to whoever keeps a script', () => {
  it('has as parameters what the request and the script both say', () => {
    expect(shelf.propose(restart)).toEqual({
      name: 'restart-the-service',
      title: 'Restart the billing-worker service',
      summary: 'Restarts the billing worker.',
      examples: ['restart the billing-worker service'],
      parameters: [{ name: 'service', value: 'billing-worker' }],
    });
  });

  it.each([
    ['a path', 'how big is /srv/exports', 'du -sh /srv/exports', [{ name: 'path', value: '/srv/exports' }]],
    ['a port', 'who listens on port 8080', 'ss -ltnp "sport = :8080"; nc -z localhost 8080', []],
    [
      'a port that stands alone',
      'check port 8080',
      'nc -z localhost 8080',
      [{ name: 'port', value: '8080' }],
    ],
    ['how many', 'show the last 50 lines of it', 'tail -n 50 /tmp/x', [{ name: 'count', value: '50' }]],
    ['no word of every day', 'show the memory please', 'echo memory; free', []],
    ['no machine', 'ping db1 for me', 'ping -c 1 db1', []],
    ['not what stands in a longer word too', 'restart acme9', 'systemctl restart acme9; tail acme9.log', []],
  ])('%s', (_, words, text, parameters) => {
    expect(shelf.propose(sourceOf(words, text)).parameters).toEqual(parameters);
  });

  it('is another name than that of a file', () => {
    expect(shelf.propose(sourceOf('disk', 'df')).name).toBe('disk-kept');
  });
});

describe('a runbook that is kept', () => {
  it('is a file of the documented format, with the checks of a file', () => {
    expect(made(restart)).toMatchObject({
      name: 'restart-the-service',
      title: { en: 'Restart the billing-worker service' },
      examples: { en: ['restart the {service} service'], fr: [] },
      parameters: { service: { pattern: '[A-Za-z0-9][A-Za-z0-9@_.:-]{0,127}' } },
      scripts: { linux: 'sudo systemctl restart {{service}}' },
    });
  });

  it('takes quotes around a value for a part of it, and leaves a count its digits', () => {
    const runbook = made(sourceOf('the last 50 lines of "acme9"', 'NAME="acme9"\ntail -n 50 -- "$NAME"\n'), {
      parameters: [
        { name: 'unit', value: 'acme9' },
        { name: 'lines', value: '50' },
      ],
    });
    expect(runbook.scripts.linux).toBe('NAME={{unit}}\ntail -n {{lines}} -- "$NAME"');
    expect(runbook.parameters.lines).toMatchObject({ default: '50', count: { max: 1000 } });
  });

  it('has a script for each platform where it ran well', () => {
    const both = sourceOf('x', '', {
      scripts: [
        { interpreter: 'bash', text: 'uptime\n', platforms: ['linux', 'macos'] },
        { interpreter: 'powershell', text: 'Get-Uptime\n', platforms: ['windows'] },
      ],
    });
    expect(made(both).scripts).toEqual({ linux: 'uptime', windows: 'Get-Uptime' });
  });

  it.each<[string, KeepSource, Partial<KeepWish>, string, RegExp]>([
    ['a name with a path', restart, { name: '../disk' }, 'keep_unusable', /kebab-case/],
    ['a name of rules', restart, { name: 'kept:x@1' }, 'keep_unusable', /kebab-case/],
    ['a name of two lines', restart, { name: 'a\nscripts: {}' }, 'keep_unusable', /kebab-case/],
    ['an unknown parameter in an example', restart, { examples: ['do {x}'] }, 'keep_unusable', /\{x\}/],
    [
      'a parameter of no name',
      restart,
      { parameters: [{ name: '', value: 'billing-worker' }] },
      'keep_parameter_nameless',
      /name = value/,
    ],
    [
      'a parameter of Liquid',
      restart,
      { parameters: [{ name: 'a.b', value: 'billing-worker' }] },
      'keep_unusable',
      /letter/,
    ],
    [
      'a value that the script has not',
      restart,
      { parameters: [{ name: 'x', value: 'nginx' }] },
      'keep_parameter_absent',
      /nginx/,
    ],
    [
      'a value with a space',
      restart,
      { parameters: [{ name: 'x', value: 'systemctl restart' }] },
      'keep_parameter_shape',
      /can't be/,
    ],
    [
      'a value within quotes',
      sourceOf('x', 'true\nbash -c "systemctl restart acme9"'),
      { parameters: [{ name: 'x', value: 'acme9' }] },
      'keep_unusable',
      /inside quotes/,
    ],
    [
      'a value in a here-document',
      sourceOf('x', 'cat <<EOF\nacme9\nEOF'),
      { parameters: [{ name: 'x', value: 'acme9' }] },
      'keep_unusable',
      /here-document/,
    ],
    [
      'a value within a longer word',
      sourceOf('x', 'a acme9\nb acme9.log'),
      { parameters: [{ name: 'x', value: 'acme9' }] },
      'keep_parameter_mixed',
      /line 2/,
    ],
    [
      'a placeholder of its own',
      sourceOf('x', 'docker ps --format {{end}}'),
      { parameters: [] },
      'keep_has_placeholder',
      /end/,
    ],
    [
      'the machine it ran on',
      sourceOf('x', 'ping -c 1 "db1"'),
      { parameters: [] },
      'keep_names_machine',
      /db1/,
    ],
    ['no example', restart, { examples: [] }, 'keep_unusable', /at least one language/],
  ])('is refused with %s', (_, source, over, code, words) => {
    const refusal = refusalOf(source, over);
    expect(refusal?.code).toBe(code);
    expect(refusal?.text).toMatch(words);
  });

  it('may be of a machine whose name is a word of the shell', () => {
    const source = sourceOf('x', 'f() { local a=1; echo "$a"; }\nf', { machines: ['local'] });
    expect(refusalOf(source, { parameters: [] })).toBeNull();
  });

  it('lets no value of a later request be more than one word', () => {
    const runbook = made(sourceOf('say acme9', 'printf "%s\\n" acme9'), {
      parameters: [{ name: 'unit', value: 'acme9' }],
    });
    for (const value of ['a b', '$(id)', 'a;id', "a'b", '-rf', '`id`', 'a\nb', '']) {
      expect(() => fillScript(runbook, 'linux', { unit: value }), value).toThrow(ParameterInvalidError);
    }
    const filled = fillScript(runbook, 'linux', { unit: 'x@y.z:1-2_3' });
    if (!filled.ok) throw new Error(filled.sentence.text);
    expect(spawnSync('bash', ['-c', filled.script.text], { encoding: 'utf8' }).stdout).toBe('x@y.z:1-2_3\n');
  });

  it('says words of YAML, markup and templates as words', () => {
    const title = '# {{x}} "a": [b] \'c\' <b>&amp;</b> | - %';
    expect(made(restart, { title }).title.ko).toBe(title);
  });
});

describe('the shelf', () => {
  const draft = (on: Shelf, words: string) =>
    on.draft({ words, platforms: ['linux'], before: [], context: null }, signal);

  it('finds what was kept at once, in other words and with another value', async () => {
    const own = new Shelf([]);
    expect(own.put([versionOf(restart, { examples: ['restart billing-worker'] }, 3)])).toEqual([]);
    expect(await draft(own, 'please restart mail-worker')).toMatchObject({
      kind: 'script',
      runbook: { name: 'restart-the-service', version: 3, parameters: { service: 'mail-worker' } },
      scripts: [{ text: expect.stringMatching(/^sudo systemctl restart 'mail-worker'\n?$/) }],
    });
    own.put([]);
    expect((await draft(own, 'please restart mail-worker')).kind).toBe('nothing');
  });

  it('lets a file go before what was kept, by its name and by its words', async () => {
    const own = new Shelf(fixtureSet());
    const evil = sourceOf('disk', 'id');
    own.put([
      versionOf(evil, { name: 'disk' }),
      versionOf(evil, { name: 'disk-kept', examples: ['disk usage'] }),
    ]);
    expect(
      own
        .summaries()
        .filter(({ name }) => name.startsWith('disk'))
        .map(({ name, version }) => [name, version]),
    ).toEqual([
      ['disk', null],
      ['disk-kept', 1],
    ]);
    expect(await draft(own, 'disk usage')).toMatchObject({ runbook: { name: 'disk' } });
  });

  it('gives no model what was kept for an example', async () => {
    const own = new Shelf(fixtureSet());
    own.put([versionOf(sourceOf('disk', 'id'), { name: 'disk-kept', examples: ['disk usage'] })]);
    expect(own.nearestFiles('disk usage').map(({ runbook }) => runbook.name)).toEqual(['disk']);
  });

  it('leaves out a text that is not what was kept, and says so', () => {
    const own = new Shelf([]);
    const version = versionOf(restart);
    expect(
      own.put([{ ...version, yaml: version.yaml.replace('systemctl restart', 'systemctl stop') }]).join(),
    ).toMatch(/not what was kept/);
    expect(own.put([{ ...version, yaml: 'name: x' }])).not.toEqual([]);
    expect(own.summaries()).toEqual([]);
  });
});
