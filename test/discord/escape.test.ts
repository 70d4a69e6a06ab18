import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import '../fast-check-seed.ts';
import { escaped, escapedTo, lineTo, plain } from '../../src/discord/escape.ts';
import { readDiscord } from './discord-reading.ts';
import { foreign, nasty } from './nasty.ts';

describe('foreign text in Discord', () => {
  it.each(nasty)('is read as the letters that it is: %j', (text) => {
    expect(readDiscord(escaped(text))).toEqual({ words: plain(text), active: [] });
  });

  it('is read as the letters that it is, whatever they are', () => {
    fc.assert(
      fc.property(foreign, (text) => {
        expect(readDiscord(escaped(text))).toEqual({ words: plain(text), active: [] });
      }),
    );
  });

  it('is still so where it was cut, and no longer than asked', () => {
    fc.assert(
      fc.property(foreign, fc.integer({ min: 1, max: 300 }), (text, max) => {
        for (const shown of [escapedTo(text, max), lineTo(text, max)]) {
          expect(shown.length).toBeLessThanOrEqual(max);
          expect(readDiscord(shown).active).toEqual([]);
        }
      }),
    );
  });
});
