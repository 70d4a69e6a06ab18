import { describe, expect, it } from 'vitest';
import { parseRunbook, scriptTextFor } from '../../src/runbooks/runbook.ts';
import { fixture, parseFixture } from './fixtures/fixture.ts';

const problemsOf = (...args: Parameters<typeof parseFixture>): string[] => {
  const parsed = parseFixture(...args);
  return parsed.ok ? [] : parsed.problems;
};

describe('a runbook file', () => {
  it('is valid as documented', () => {
    expect(problemsOf('disk')).toEqual([]);
    expect(problemsOf('service-status')).toEqual([]);
  });

  it.each<[string, string, [string, string], RegExp]>([
    ['an unknown key', 'disk', ['keywords:', 'keyword:'], /^disk\.yml: the file: unknown key "keyword"\.$/],
    [
      'an unknown key deep inside',
      'disk',
      ['rowsMax: 2', 'rows_max: 2'],
      /reading\.table: .*unknown key "rows_max"/,
    ],
    [
      'a name that is not the file name',
      'disk',
      ['name: disk', 'name: disks'],
      /name: "disks" must be the same/,
    ],
    ['a missing language', 'disk', [', ko: 디스크 사용량 }', ' }'], /title\.ko/],
    [
      'a broken regular expression',
      'disk',
      ['(?<percent>9\\d|100)%', '(?<percent>9'],
      /reading\.facts\.full\.line: is not a regular/,
    ],
    [
      'a fact without a named group',
      'disk',
      ["'^.* (?<percent>9\\d|100)% +(?<mount>\\S.*)$'", "'x'"],
      /reading\.facts\.full\.line: has no named group/,
    ],
    ['a broken template', 'disk', ['{% endfor %}"\n    fr', '"\n    fr'], /reading\.words\.en: .*not closed/],
    ['an unknown filter', 'disk', ['| kib }}. ', '| kilo }}. '], /undefined filter: kilo/],
    ['a filter that reads the clock', 'disk', ['| kib }}. ', '| date }}. '], /undefined filter: date/],
    [
      'a tag that reads files',
      'disk',
      ['en: "{% for', "en: \"{% include 'x' %}{% for"],
      /tag "include" not found/,
    ],
    [
      'a condition that is a template',
      'disk',
      ['full == nil', 'full %}{% if full'],
      /reading\.ok: a condition may not hold/,
    ],
    [
      'a table over what is no list',
      'disk',
      ['each: disks', 'each: full'],
      /reading\.table\.each: "full" is not a list/,
    ],
    [
      'evidence that is no fact',
      'disk',
      ['evidence: [full]', 'evidence: [fill]'],
      /reading\.evidence: there is no fact "fill"/,
    ],
    [
      'an undeclared parameter in an example',
      'service-status',
      ['is {service} running', 'is {name} running'],
      /examples\.en\.0: \{name\}/,
    ],
    [
      'an undeclared parameter in a script',
      'service-status',
      ['status {{service}}', 'status {{name}} {{service}}'],
      /scripts\.linux: \{\{name\}\}/,
    ],
    [
      'a parameter inside double quotes',
      'service-status',
      ['status {{service}}', 'status "{{service}}"'],
      /scripts\.linux: .*inside quotes/,
    ],
    [
      'a parameter inside single quotes',
      'service-status',
      ['status {{service}}', "status 'a {{service}}'"],
      /inside quotes/,
    ],
    [
      'a parameter in a here-document',
      'service-status',
      ['systemctl status', 'cat <<EOF\n    {{service}}\n    EOF\n    systemctl status'],
      /here-document/,
    ],
    [
      'a default that does not match',
      'port-check',
      ['default: "10"', 'default: "ten"'],
      /parameters\.count\.default/,
    ],
    [
      'a parameter that no script uses',
      'port-check',
      ['head -n {{count}}', 'head'],
      /parameters\.count: no script uses/,
    ],
  ])('names %s with its place', (_, name, change, expected) => {
    expect(problemsOf(name, change).join('\n')).toMatch(expected);
  });

  it('accepts a parameter in a command substitution inside double quotes, where the shell reads words', () => {
    expect(
      problemsOf('service-status', [
        'systemctl status {{service}}',
        'echo "$(systemctl status {{service}})"',
      ]),
    ).toEqual([]);
  });

  it("is not confused by an apostrophe in a comment or by Go's own braces", () => {
    const text = "# it's\n    docker ps --format '{{.Names}}'\n    systemctl status {{service}}";
    expect(problemsOf('service-status', ['systemctl status {{service}}', text])).toEqual([]);
  });

  it('says that it is not YAML, not UTF-8 or not a mapping instead of throwing', () => {
    for (const bytes of [
      Buffer.from('a: [1'),
      Buffer.from([0xff, 0xfe]),
      Buffer.from(''),
      Buffer.from('a: *b'),
    ]) {
      const parsed = parseRunbook('x.yml', bytes);
      expect(parsed).toMatchObject({ ok: false });
      expect(parsed.ok ? '' : parsed.problems[0]).toMatch(/^x\.yml: /);
    }
  });

  it("gives macOS Linux's script where it has none of its own, and Windows nothing", () => {
    const runbook = fixture('port-check');
    expect(scriptTextFor(runbook, 'macos')).toContain('ss -ltn');
    expect(scriptTextFor(runbook, 'windows')).toBeNull();
  });
});
