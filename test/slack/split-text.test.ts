import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import '../fast-check-seed.ts';
import { fencedParts, splitText } from '../../src/slack/split-text.ts';

describe('a text that is cut into pieces', () => {
  it('is the same again when they are joined, and none is too long', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 400 }),
        fc.integer({ min: 2, max: 60 }),
        (text, max) => {
          const pieces = splitText(text, max);
          expect(pieces.join('')).toBe(text);
          for (const piece of pieces) expect(piece.length).toBeLessThanOrEqual(max);
        },
      ),
    );
  });

  it('is cut after an empty line, else before a line at the margin, else after a line, else after a word', () => {
    expect(splitText('one\n\ntwo\nthree', 8)).toEqual(['one\n\n', 'two\n', 'three']);
    expect(splitText('if a\n  b\n  c\nfi', 12)).toEqual(['if a\n  b\n', '  c\nfi']);
    expect(splitText('if a\n  b\n  c\nfi', 13)).toEqual(['if a\n  b\n  c\n', 'fi']);
    expect(splitText('one two three', 9)).toEqual(['one two ', 'three']);
  });

  it('is cut in a word only where that is longer than a piece, and never in a letter of two units', () => {
    expect(splitText('a'.repeat(7), 3)).toEqual(['aaa', 'aaa', 'a']);
    expect(splitText('a😀😀', 2)).toEqual(['a', '😀', '😀']);
  });

  it('is one piece when it is empty', () => {
    expect(splitText('', 10)).toEqual(['']);
  });
});

describe('words with fences of code', () => {
  it('are taken apart', () => {
    expect(fencedParts('It ends so:\n```text\nout of memory\n```\nIt was killed.')).toEqual([
      { kind: 'words', text: 'It ends so:' },
      { kind: 'code', text: 'out of memory' },
      { kind: 'words', text: 'It was killed.' },
    ]);
  });

  it('may end in the middle of one, since they are still being written', () => {
    expect(fencedParts('So:\n```\nfree')).toEqual([
      { kind: 'words', text: 'So:' },
      { kind: 'code', text: 'free' },
    ]);
  });

  it('are words where three backticks stand within a line', () => {
    expect(fencedParts('use ```free``` here')).toEqual([{ kind: 'words', text: 'use ```free``` here' }]);
  });
});
