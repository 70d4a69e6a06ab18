import { describe, expect, it } from 'vitest';
import { Evidence, literalsOfAll } from '../../src/redaction/evidence.ts';
import { literalsOf } from '../../src/redaction/literals.ts';
import { SecretRedactor } from '../../src/redaction/secret-redactor.ts';

describe('the literals of a pattern', () => {
  it.each<[RegExp, readonly string[] | null]>([
    [/AKIA[A-Z0-9]{16}/, ['akia']],
    [/(?:AKIA|ASIA)[A-Z]{16}/, ['akia', 'asia']],
    [/gh[po]_[A-Za-z0-9]{30,255}/, ['ghp_', 'gho_']],
    [/passw(?:or)?d/, ['passwd', 'password']],
    [/pass|password|pwd/, ['pass', 'pwd']],
    [/hooks\.slack\.com\/x/, ['hooks.slack.com/x']],
    [/(?<![A-Za-z])lin_api_[a-z]{3}(?!\w)/u, ['lin_api_']],
    [/(?<type>ghp|gho)_\w{9}/, ['ghp_', 'gho_']],
    [/\d{8}:AA\w+/, [':aa']],
    // The longest that must be there is the one to look for.
    [/key[ ]{1,9}[a-z]+secret/, ['secret']],
  ])('%s are what it can’t match without', (pattern, literals) => {
    expect(literalsOf(pattern)).toEqual(literals);
  });

  it.each([
    /[a-z]+/,
    /ab/,
    /(?:abc)?/,
    /(?:abc)*x/,
    /(?:abc){0,3}/,
    /abc|[0-9]{9}/,
    /(?=abc)\w+/,
    /(?!abc)\w+/,
    /\bab\b/,
    /\x41\x42\x43/,
    /a{3}/,
    /[^abc]de/,
    /[abc-z]de?/,
  ])('%s has none that tell anything', (pattern) => {
    expect(literalsOf(pattern)).toBeNull();
  });
});

describe('evidence in a text', () => {
  const has = (text: string, ...patterns: RegExp[]): boolean => {
    const evidence = new Evidence();
    evidence.of('AKIA of another text');
    evidence.of(text);
    return evidence.mayHaveOneOf(literalsOfAll(patterns));
  };

  it('is there for each literal that the text holds, in any case, at its beginning and its end', () => {
    for (const text of ['AKIA', 'xAKIA', 'akiax', '\u00e4AKIA\u00e4', `${'x'.repeat(9_000)} aKiA`])
      expect(has(text, /AKIA/)).toBe(true);
    expect(has('a ghp_ b', /AKIA/, /ghp_/)).toBe(true);
  });

  it('is missing where no three letters of a literal are there', () => {
    expect(has('Disk of db1 is almost full', /AKIA/, /ghp_/)).toBe(false);
    expect(has('', /AKIA/)).toBe(false);
  });

  it('says nothing where one of the patterns may match without any literal', () => {
    expect(has('', /AKIA/, /[a-z]{9}/)).toBe(true);
  });
});

it('leaves what only the preset knows to the preset, beside text of any other kind', () => {
  const key = `lin_api_${'a1B2'.repeat(10)}`;
  const redacted = new SecretRedactor().redact(`{"summary":"it is ${key}"}`);
  expect(redacted).toBe('{"summary":"it is [redacted: Linear key]"}');
});
