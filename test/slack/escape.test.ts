import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import '../fast-check-seed.ts';
import { escapeText, shown } from '../../src/slack/escape.ts';
import { activeMarkup } from './slack-reading.ts';

describe('a text in a notification', () => {
  it.each([
    '<!channel>',
    '<@U123ABC>',
    '<https://evil.example|click>',
    'https://evil.example',
    'evil.example',
    '&lt;!channel&gt;',
    '@channel',
    '*bold* and _italic_ and ~gone~ and `code`',
    ':skull:',
    '> quoted',
    '- listed',
  ])('does nothing: %s', (text) => {
    expect(activeMarkup(text).length + (text.includes('&') ? 1 : 0)).toBeGreaterThan(0);
    expect(activeMarkup(escapeText(text))).toEqual([]);
  });

  it('does nothing, whatever it is', () => {
    const part = fc.constantFrom(
      '<',
      '>',
      '!',
      '&',
      'amp;',
      '*',
      '_',
      '~',
      '`',
      ':',
      '@',
      '.',
      '/',
      'a',
      ' ',
      '\n',
      '|',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
        expect(activeMarkup(escapeText(parts.join('')))).toEqual([]);
      }),
    );
  });

  it('is still read as what it was', () => {
    expect(escapeText('web_1 & db1: 71 % used').replaceAll('&amp;', '&')).toBe('webˍ1 & db1∶ 71 % used');
  });
});

describe('a text as it is shown', () => {
  it('has what hides or reorders written out, and no half of a letter', () => {
    expect(shown('a\u202Eb\u200Bc\0d')).toBe('a⟨U+202E⟩b⟨U+200B⟩c⟨U+0000⟩d');
    expect(shown('half \uD83D')).toBe('half \uFFFD');
    expect(shown('line\r\nline\r')).toBe('line\nline');
  });

  it('is cut where it is too long, and never in a letter of two units', () => {
    expect(shown('abcdef', 4)).toBe('abc…');
    expect(shown('ab😀cd', 4)).toBe('ab…');
  });
});
