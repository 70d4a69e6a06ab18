import { describe, expect, it } from 'vitest';
import { reasonCharsShown } from '../../src/core/limits.ts';
import { classify } from '../../src/core/risk/classify.ts';
import { lineWords, reasonShown, reasonsOf } from '../../src/core/risk-reasons.ts';

const linesOf = (text: string) => classify('bash', text).lines;

describe('the reasons of a script', () => {
  it('are told once each, however many lines share one', () => {
    const { told, more } = reasonsOf(
      linesOf('touch a\nuptime\ntouch b\ntouch c\nsystemctl restart nginx\n'),
      12,
    );
    expect(told.map(({ lines, risk }) => [lines, risk])).toEqual([
      [[1, 3, 4], 'changes'],
      [[5], 'changes'],
    ]);
    expect(more).toBe(0);
  });

  it('leave out lines that only read', () => {
    expect(reasonsOf(linesOf('uptime\ndf -h\n'), 12).told).toEqual([]);
  });

  it('say which can not be undone', () => {
    const [kept, gone] = reasonsOf(linesOf('touch a\nrm -rf /srv/old\n'), 12).told;
    expect([kept?.irreversible, gone?.irreversible]).toEqual([false, true]);
  });

  it('are the worst where they are many, in the order of their lines', () => {
    const many = Array.from({ length: 20 }, (_, at) => `rm a${at}`).join('\n');
    const { told, more } = reasonsOf(linesOf(`${many}\nrm -rf /srv/old\n`), 3);
    expect(told.map(({ lines }) => lines)).toEqual([[1], [2], [21]]);
    expect(more).toBe(18);
  });

  it('show hidden characters for what they are, on one line, and end', () => {
    expect(reasonShown('rm: removes a\u202E\nb')).toBe('rm: removes a⟨U+202E⟩ b');
    expect(reasonShown('x'.repeat(1_000))).toHaveLength(reasonCharsShown);
  });
});

it.each([
  [[3], 'line 3'],
  [[2, 3, 4], 'lines 2–4'],
  [[2, 9], 'lines 2 and 9'],
  [[1, 2, 5, 7, 8], 'lines 1–2, 5 and 7–8'],
])('lines %j are said as "%s"', (lines, words) => expect(lineWords(lines)).toBe(words));
