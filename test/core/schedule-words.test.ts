import { Cron } from 'croner';
import { describe, expect, it } from 'vitest';
import { parseSchedule, scheduleWords } from '../../src/core/schedule-words.ts';

const said: readonly [string, string, string | null][] = [
  ['every minute', '* * * * *', null],
  ['every 5 minutes', '*/5 * * * *', null],
  ['every 30 min', '*/30 * * * *', null],
  ['every 5m', '*/5 * * * *', null],
  ['every 60 minutes', '0 * * * *', null],
  ['every hour', '0 * * * *', null],
  ['hourly', '0 * * * *', null],
  ['every 2 hours', '0 */2 * * *', null],
  ['daily at 7', '0 7 * * *', null],
  ['every day at 7:30 pm', '30 19 * * *', null],
  ['every day at 12 am', '0 0 * * *', null],
  ['every day at noon UTC', '0 12 * * *', 'UTC'],
  ['every weekday at 07:30 in Europe/Berlin', '30 7 * * 1-5', 'Europe/Berlin'],
  ['every Monday at 9.15 (America/New_York)', '15 9 * * 1', 'America/New_York'],
  ['every */10 * * * *', '*/10 * * * *', null],
  ['0 3 * * 1,4 in Asia/Seoul', '0 3 * * 1,4', 'Asia/Seoul'],
];

describe('a schedule in words', () => {
  it('is read as cron has it', () => {
    for (const [text, cron, timezone] of said) {
      expect(parseSchedule(text), text).toEqual({ cron, timezone });
      expect(() => new Cron(cron, { paused: true }), cron).not.toThrow();
    }
  });

  it('that cron can’t keep evenly, or that is none, is not read as another', () => {
    for (const text of [
      ...['every 7 minutes', 'every 90 minutes', 'every 5 hours', 'every 0 minutes', 'every time it fails'],
      ...['every day at 25', 'every day at 7:61', 'every day at 13 pm', 'every someday', 'now and then', ''],
    ]) {
      expect(parseSchedule(text), text).toBeNull();
    }
  });

  it('is said as it was heard', () => {
    expect(scheduleWords('*/5 * * * *')).toBe('every 5 minutes');
    expect(scheduleWords('* * * * *')).toBe('every minute');
    expect(scheduleWords('0 */2 * * *')).toBe('every 2 hours');
    expect(scheduleWords('30 7 * * 1-5')).toBe('every weekday at 07:30');
    expect(scheduleWords('15 9 * * 1')).toBe('every Monday at 09:15');
    expect(scheduleWords('5 4 1 * *')).toBe('by the schedule "5 4 1 * *"');
    expect(scheduleWords('15,45 9 * * 1')).toBe('by the schedule "15,45 9 * * 1"');
  });
});
