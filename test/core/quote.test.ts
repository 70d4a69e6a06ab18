import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quote, quoteCount } from '../../src/core/quote.ts';

/** Any text that a quoter takes: no NUL, no line break. */
const anyValue = fc.string({ unit: 'grapheme', maxLength: 40 }).map((s) => s.replace(/[\0\r\n]/g, ''));
const nasty = fc
  .array(
    fc.constantFrom(
      "'",
      '"',
      '\\',
      '`',
      '$',
      '(',
      ')',
      ' ',
      ';',
      '!',
      '&',
      '|',
      '~',
      '*',
      '#',
      '\t',
      'a',
      '‘',
      '’',
      '‚',
      '‛',
    ),
    {
      maxLength: 20,
    },
  )
  .map((parts) => parts.join(''));

/** What bash makes of the quoted words: each one printed with a line end of its own. */
const throughBash = (values: readonly string[]): string[] => {
  const script = values.map((value) => `printf '%s\\n' ${quote('bash', value)}`).join('\n');
  const { stdout, stderr, status } = spawnSync('bash', ['--norc', '-c', script], { encoding: 'utf8' });
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  return stdout.split('\n').slice(0, -1);
};

describe('quoted for bash', () => {
  it.each([
    "it's",
    '',
    '-n',
    '$(reboot)',
    '`reboot`',
    '; reboot #',
    "'; reboot; '",
    '\\',
    "\\'",
    '!!',
    '~root',
    '*',
    '$IFS',
    '한글 é',
  ])('%j goes through a real bash unchanged', (value) => {
    expect(throughBash([value])).toEqual([value]);
  });

  it('any value goes through a real bash unchanged', () => {
    const someValues = fc.array(fc.oneof(anyValue, nasty), { minLength: 1, maxLength: 100 });
    fc.assert(
      fc.property(someValues, (values) => {
        expect(throughBash(values)).toEqual(values);
      }),
      { numRuns: 30 },
    );
  });
});

/**
 * Reads a PowerShell string in single quotes as PowerShell does (about_Quoting_Rules, and its tokenizer): any of the
 * five quote characters opens and closes it, two of them in a row are the second one.
 */
const readPowershellString = (text: string): { value: string; rest: string } => {
  const isQuote = (char: string | undefined): boolean => char !== undefined && "'‘’‚‛".includes(char);
  expect(isQuote(text[0])).toBe(true);
  let value = '';
  let at = 1;
  for (; at < text.length; at++) {
    if (isQuote(text[at])) {
      if (!isQuote(text[at + 1])) return { value, rest: text.slice(at + 1) };
      at++;
    }
    value += text[at];
  }
  throw new Error(`the string is not closed: ${text}`);
};

describe('quoted for PowerShell', () => {
  it.each(["it's", 'it’s', '‘; Restart-Computer; ‚', "’'‛", '', '$(Restart-Computer)', '`n', '"'])(
    '%j is one string and nothing else',
    (value) => {
      expect(readPowershellString(quote('powershell', value))).toEqual({ value, rest: '' });
    },
  );

  it('any value is one string and nothing else', () => {
    fc.assert(
      fc.property(fc.oneof(anyValue, nasty), (value) => {
        expect(readPowershellString(quote('powershell', value))).toEqual({ value, rest: '' });
      }),
    );
  });
});

it.each(['a\nb', 'a\rb', 'a\0b'])('%j is refused: no quoting makes it one word everywhere', (value) => {
  expect(() => quote('bash', value)).toThrow(RangeError);
  expect(() => quote('powershell', value)).toThrow(RangeError);
});

describe('a count', () => {
  it('is its digits', () => {
    expect(quoteCount('100')).toBe('100');
  });

  it.each(['', '0', '-1', '1.5', '1e3', '5; id', '$(id)', ' 5', '5\n', '０', '1234567890'])(
    '%j is none',
    (value) => {
      expect(() => quoteCount(value)).toThrow(RangeError);
    },
  );
});
