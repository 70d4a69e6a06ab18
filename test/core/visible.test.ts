import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { visible } from '../../src/core/visible.ts';

describe('what a reader could not see is written out', () => {
  it.each([
    ['text that runs backwards', 'rm \u202e/ tmp', 'rm ⟨U+202E⟩/ tmp'],
    ['an isolate', 'a\u2066b\u2069', 'a⟨U+2066⟩b⟨U+2069⟩'],
    ['an Arabic letter mark', 'a\u061cb', 'a⟨U+061C⟩b'],
    ['a zero-width space', 'rm\u200b -rf', 'rm⟨U+200B⟩ -rf'],
    ['a zero-width joiner', 'a\u200db', 'a⟨U+200D⟩b'],
    ['a byte order mark', '\ufeffls', '⟨U+FEFF⟩ls'],
    ['a soft hyphen', 'a\u00adb', 'a⟨U+00AD⟩b'],
    ['a no-break space', 'ls\u00a0-l', 'ls⟨U+00A0⟩-l'],
    ['an ideographic space', 'ls\u3000-l', 'ls⟨U+3000⟩-l'],
    ['an empty Braille pattern', 'ls\u2800-l', 'ls⟨U+2800⟩-l'],
    ['a Hangul filler', 'a\u3164b', 'a⟨U+3164⟩b'],
    ['a line separator', 'a\u2028b', 'a⟨U+2028⟩b'],
    ['a carriage return', 'safe\rrm', 'safe⟨U+000D⟩rm'],
    ['a backspace', 'a\bb', 'a⟨U+0008⟩b'],
    ['an ANSI sequence', '\u001b[8mhidden', '⟨U+001B⟩[8mhidden'],
    ['a C1 control', 'a\u009bb', 'a⟨U+009B⟩b'],
    ['a tag character', 'a\u{e0041}b', 'a⟨U+E0041⟩b'],
    ['a variation selector', 'a\ufe0fb', 'a⟨U+FE0F⟩b'],
  ])('%s', (_, text, shown) => {
    expect(visible(text)).toEqual({ text: shown, hasHidden: true });
  });

  it.each(['df -h\n\tfree', 'größe, mémoire, 메모리, 😀', '⟨U+202E⟩', ''])(
    'but %j is as it seems',
    (text) => {
      expect(visible(text)).toEqual({ text, hasHidden: false });
    },
  );

  it('never leaves anything hidden, and says so exactly when there was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const shown = visible(text);
        expect(visible(shown.text)).toEqual({ text: shown.text, hasHidden: false });
        expect(shown.hasHidden).toBe(shown.text !== text);
      }),
    );
  });
});
