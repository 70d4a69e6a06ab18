import { describe, expect, it } from 'vitest';
import type { Language } from '../../src/core/language.ts';
import { linesMax } from '../../src/runbooks/limits.ts';
import { readOutput } from '../../src/runbooks/read.ts';
import { fixture } from './fixtures/fixture.ts';

const disk = fixture('disk');
const df = (...rows: string[]): string =>
  ['Filesystem 1024-blocks Used Available Capacity Mounted on', ...rows].join('\n');
const root = '/dev/sda1 10485760 6501171 3984589 62% /';
const full = '/dev/sdb1 1000 990 10 99% /data disk';

/** Words of a template over one fact `n` whose group is `x`. */
const words = (template: string, output: string, language: Language = 'en'): string => {
  const runbook = fixture(
    'service-restart',
    ["failed: { line: '^Job for (?<unit>\\S+) failed' }", "n: { line: '^n=(?<x>.*)$' }"],
    [`${language}: "{{ failed.unit }}"`, `${language}: ${JSON.stringify(template)}`],
  );
  return readOutput(runbook, 'linux', language, { service: '{{ n.x }}' }, output).words;
};

describe('the reading of output', () => {
  it('says the words over the facts, with table, evidence and what to look at', () => {
    expect(readOutput(disk, 'linux', 'en', {}, df(root, full))).toEqual({
      words: '/: 62 % of 10 GiB. /data disk: 99 % of 1000 KiB.',
      rows: [
        { label: '/', value: '6.2 GiB' },
        { label: '/data disk', value: '990 KiB' },
      ],
      evidence: [full],
      ok: false,
    });
    expect(readOutput(disk, 'linux', 'en', {}, df(root)).ok).toBe(true);
  });

  it('has no words where the facts are not there', () => {
    expect(readOutput(disk, 'linux', 'en', {}, 'df: command not found')).toEqual({
      words: '',
      rows: [],
      evidence: [],
      ok: null,
    });
    expect(readOutput(disk, 'linux', 'en', {}, '').words).toBe('');
  });

  it("reads PowerShell's output with Windows' facts, CRLF included", () => {
    expect(readOutput(disk, 'windows', 'en', {}, 'C 51.5 103\r\n').words).toBe('C: 50 % of 103 KiB.');
  });

  it('speaks the language and its numbers', () => {
    expect(readOutput(disk, 'linux', 'fr', {}, df('/dev/sda1 10380902 6501171 3984589 62% /')).words).toBe(
      '/ : 63 % de 9,9 Gio.',
    );
    expect(words('{{ n.x }} {{ n.x | plus: 0.25 }}', 'n=0.50', 'de')).toBe('0,50 0,75');
    expect(words('{{ n.x }} {{ n.x | plus: 0.25 }}', 'n=0.50', 'en')).toBe('0.50 0.75');
  });

  it.each<[string, string, Language, string]>([
    ['{{ n.x | bytes }}', '10630044058', 'en', '9.9 GiB'],
    ['{{ n.x | bytes }}', '10630044058', 'de', '9,9 GiB'],
    ['{{ n.x | bytes }}', '512', 'en', '512 B'],
    ['{{ n.x | bytes }}', '1048575', 'en', '1 MiB'],
    ['{{ n.x | kib }}', '2048', 'fr', '2 Mio'],
    ['{{ n.x | percent_of: 200 }}', '124', 'en', '62 %'],
    ['{{ n.x | percent_of: 0 }}|', '124', 'en', '|'],
    ['{{ n.x | round }}', '2.6', 'en', '3'],
    ['{{ n.x | round: 1 }}', '2.66', 'fr', '2,7'],
    ['{{ n.x | duration }}', '273600', 'en', '3 days 4 h'],
    ['{{ n.x | duration }}', '90061', 'fr', '1 jour 1 h'],
    ['{{ n.x | duration }}', '125', 'ko', '2분 5초'],
    ['{{ n.x | duration }}', '0', 'de', '0 Sek.'],
    ['{{ n.x | duration }}', '86405', 'en', '1 day'],
    ['{{ n.x }} {{ n.x | plural: "process", "processes" }}', '1', 'en', '1 process'],
    ['{{ n.x }} {{ n.x | plural: "process", "processes" }}', '0', 'en', '0 processes'],
    ['{{ n.x }} {{ n.x | plural: "tâche", "tâches" }}', '0', 'fr', '0 tâche'],
    ['{{ missing.x | bytes }}{{ missing.x | round }}{{ missing.x | duration }}|', '1', 'en', '|'],
    ['{% if n.x > 9 %}more{% else %}less{% endif %}', '10', 'en', 'more'],
    ['{% if n.x == 10 %}same{% endif %}', '10', 'en', 'same'],
    ['{{ n.x }}', '007', 'en', '007'],
    ['{{ n.x }}', '123456789012345678901234567890', 'en', '123456789012345678901234567890'],
    ['{{ 100 | minus: n.x }}', '93.7', 'en', '6.3'],
  ])('%s of %s in %s is %s', (template, x, language, expected) => {
    expect(words(template, `n=${x}`, language)).toBe(expected);
  });

  it('evaluates nothing that a machine or a person wrote', () => {
    expect(words('{{ n.x }} {{ parameters.service }}', 'n={{ parameters.service }}{% raw %}')).toBe(
      '{{ parameters.service }}{% raw %} {{ n.x }}',
    );
    expect(words('{{ n.constructor }}{{ n.__proto__ }}{{ constructor }}|', 'n=1')).toBe('|');
  });

  it('gives no reading rather than half of one when a template runs away', () => {
    expect(words('{% for i in (1..100000000) %}x{% endfor %}', 'n=1')).toBe('');
    expect(words('{% for i in (1..n.x) %}{{ n.x }}{% endfor %}', 'n=90000000')).toBe('');
  });

  it('bounds hostile output: long lines, many lines, long words', () => {
    const started = performance.now();
    readOutput(disk, 'linux', 'en', {}, 'a '.repeat(1_000_000));
    const many = readOutput(disk, 'linux', 'en', {}, `${root}\n`.repeat(linesMax * 2));
    expect(many.words.length).toBeLessThanOrEqual(2_000);
    expect(many.rows).toHaveLength(2);
    expect(words('{{ n.x }}', `n=${'x'.repeat(10_000)}`).length).toBeLessThanOrEqual(2_000);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});
