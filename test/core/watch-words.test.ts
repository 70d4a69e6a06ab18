import { describe, expect, it } from 'vitest';
import { parseCommand } from '../../src/core/command.ts';
import { parseWatchWords, watchNameOf } from '../../src/core/watch-words.ts';

const wish = {
  ...{ verb: 'add', name: null, request: 'disk on db1', on: null, schedule: 'every 5 minutes' },
  ...{ condition: 'disk > 90 %', timezone: null, isConfirmed: false },
};

describe('what is said of a watch', () => {
  it('is read in any order of its parts, with or without "add"', () => {
    for (const text of [
      'watch disk on db1 every 5 minutes when disk > 90 %',
      'Watch add disk on db1 every 5 minutes and tell me when disk > 90 %',
      'watch disk on db1 when disk > 90 % every 5 minutes',
      'watch disk on db1 if disk is above 90 % every 5 minutes',
    ]) {
      expect(parseWatchWords(text), text).toEqual(wish);
    }
  });

  it('takes the command line as it is copied, with straight or curly quotes', () => {
    for (const [open, close] of ['""', '“”'] as const) {
      const text = `watch add disk-db1 ${open}check disk usage${close} --on db1 --when ${open}disk > 90 %${close} --every ${open}*/5 * * * *${close} --timezone Europe/Berlin`;
      expect(parseWatchWords(text)).toEqual({
        ...{ ...wish, name: 'disk-db1', request: 'check disk usage', on: 'db1' },
        ...{ schedule: '*/5 * * * *', timezone: 'Europe/Berlin' },
      });
    }
  });

  it('keeps its name, its zone, and that it was told what to think of', () => {
    expect(
      parseWatchWords('watch nightly: updates on web1 every day at 3:00 in Europe/Berlin when not ok anyway'),
    ).toMatchObject({
      ...{ name: 'nightly', request: 'updates on web1', condition: 'not ok', isConfirmed: true },
      timezone: 'Europe/Berlin',
    });
  });

  it('is a request where it names no schedule that is one, and where "if" asks', () => {
    for (const text of [
      ...[
        'watch the log of nginx on db1',
        'watch nginx every time it restarts',
        'check disk every 5 minutes',
      ],
      ...['stop watching the log', 'watch what happens when nginx restarts', 'watches of db1'],
    ]) {
      expect(parseCommand(text), text).toBeNull();
    }
    expect(parseWatchWords('watch check if nginx runs on db1 every hour')).toMatchObject({
      ...{ request: 'check if nginx runs on db1', condition: null },
    });
  });

  it('removes by name, and lists', () => {
    for (const text of [
      'watch remove disk-db1',
      'unwatch disk-db1',
      'stop watching `disk-db1`',
      'watch rm disk-db1',
    ]) {
      expect(parseCommand(text), text).toEqual({
        kind: 'watch',
        words: { verb: 'remove', name: 'disk-db1' },
      });
    }
    for (const text of ['watches', 'watch list', 'Watch']) {
      expect(parseCommand(text), text).toEqual({ kind: 'list', list: 'watches' });
    }
  });
});

describe('a watch’s own name', () => {
  it('is made of the telling words, and is no other’s', () => {
    expect(watchNameOf('check the disk usage on db1', new Set())).toBe('disk-usage-db1');
    expect(watchNameOf('disk on db1', new Set(['disk-db1', 'disk-db1-2']))).toBe('disk-db1-3');
    expect(watchNameOf('디스크 사용량', new Set())).toBe('watch');
  });
});
