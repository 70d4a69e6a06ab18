import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { keyHoldBytesMax, releaseMsMax, windowBytesMax } from '../../src/redaction/limits.ts';
import { RedactionSlowError } from '../../src/redaction/release.ts';
import { SecretRedactor } from '../../src/redaction/secret-redactor.ts';
import { pemLines, tokens } from './samples.ts';

const redactor = new SecretRedactor();

/** The stream in these pieces, as a store keeps it: state and the raw offset are all that goes on from piece to piece. */
const redactedIn = (bytes: Buffer, cuts: readonly number[]): { text: Buffer; heldMax: number } => {
  const out: Buffer[] = [];
  let state = '';
  let raw = 0;
  let heldMax = 0;
  for (const [i, cut] of [...cuts, bytes.length].entries()) {
    const isEnd = i === cuts.length;
    const released = redactor.release(state, bytes.subarray(raw, cut), isEnd, null);
    out.push(released.bytes);
    raw += released.rawBytes;
    state = released.state;
    if (!isEnd) heldMax = Math.max(heldMax, cut - raw);
  }
  expect(raw).toBe(bytes.length);
  return { text: Buffer.concat(out), heldMax };
};

const everySecret = [
  'begin',
  ...pemLines(),
  `x=1 ${tokens.aws} PASSWORD="a b" ünïcode`,
  `${Object.values(tokens).join(' ')}`,
  ...pemLines().slice(2),
  'Cookie: a=b; c=d\r',
  'redis://:geheim@h:6379',
  `${'lang '.repeat(10)}`,
  ...pemLines('OPENSSH PRIVATE KEY'),
  'PASSWORD=unterminated',
].join('\n');

describe('a stream', () => {
  const bytes = Buffer.from(everySecret);
  const whole = redactedIn(bytes, []).text;

  it('has the same redacted form wherever it is cut in two', () => {
    for (let cut = 0; cut <= bytes.length; cut++)
      expect(redactedIn(bytes, [cut]).text.equals(whole)).toBe(true);
  });

  it('and byte by byte', () => {
    const cuts = [...bytes.keys()];
    expect(redactedIn(bytes, cuts).text.toString()).toBe(whole.toString());
  });

  it('and in any pieces, with lines longer than a window', () => {
    const part = fc.constantFrom(
      ...[
        ...Object.values(tokens),
        ...pemLines(),
        ' ',
        '\n',
        '\r\n',
        '"',
        'PASSWORD=',
        'password: ',
        '\u00e9',
        '\xff',
      ],
      'x'.repeat(700),
      `${'word '.repeat(200)}`,
      pemLines().join('\n'),
      pemLines().join('\\n'),
      `${pemLines()[1]}\n`.repeat(80),
      'Cookie: a=',
    );
    fc.assert(
      fc.property(
        fc.array(part, { maxLength: 40 }),
        fc.array(fc.nat(), { maxLength: 12 }),
        (parts, places) => {
          const text = Buffer.from(parts.join(''), 'latin1');
          const cuts = places.map((p) => p % (text.length + 1)).sort((a, b) => a - b);
          const { text: redacted, heldMax } = redactedIn(text, cuts);
          expect(redacted.toString('latin1')).toBe(redactedIn(text, []).text.toString('latin1'));
          expect(heldMax).toBeLessThanOrEqual(windowBytesMax + keyHoldBytesMax);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('gives whole lines at once and keeps back what has no end yet', () => {
    const released = redactor.release('', Buffer.from('one\ntwo\nPASSW'), false, null);
    expect(released).toMatchObject({ bytes: Buffer.from('one\ntwo\n'), rawBytes: 8, state: '' });
  });

  it('keeps every byte that is no secret, be it text or not', () => {
    const any = Buffer.from(Array.from({ length: 20_000 }, (_, i) => (i * 7919) % 256));
    expect(redactor.release('', any, true, null).bytes.equals(any)).toBe(true);
  });

  it('masks a secret anywhere on a line that is longer than a window', () => {
    for (let before = windowBytesMax - 200; before < windowBytesMax + 200; before += 7) {
      const line = `${'y '.repeat(before / 2)}${tokens.github} PASSWORD=geheim123 ${'z '.repeat(3000)}`;
      const text = redactedIn(Buffer.from(line), []).text.toString();
      expect(text).not.toContain(tokens.github.slice(8));
      expect(text).not.toContain('geheim');
      expect(text.endsWith('z z ')).toBe(true);
    }
  });

  it('leaves out a secret that is longer than a window, and goes on after it', () => {
    const long = 'Zq9x'.repeat(windowBytesMax);
    expect(redactedIn(Buffer.from(`a PASSWORD=${long} b\n`), [100, 5000]).text.toString()).toBe(
      'a PASSWORD=[redacted: password] b\n',
    );
    expect(
      redactedIn(Buffer.from(`Cookie: a=${'x; '.repeat(windowBytesMax)}\nb\n`), []).text.toString(),
    ).toBe('Cookie: [redacted: cookies]\nb\n');
  });

  it('tells where a place of the raw bytes is in the redacted ones', () => {
    const text = Buffer.from('PASSWORD=geheim x\nab\n');
    const marked = (markAt: number) => redactor.release('', text, true, markAt).markedAt;
    const masked = 'PASSWORD=[redacted: password]'.length;
    expect(marked(0)).toBe(0);
    expect(marked(9)).toBe(9);
    expect(marked(12)).toBe(masked);
    expect(marked(16)).toBe(masked + 1);
    expect(marked(text.length)).toBe(redactor.release('', text, true, null).bytes.length);
    expect(redactor.release('', text, false, 30).markedAt).toBeNull();
  });
});

describe('time', () => {
  afterEach(() => vi.restoreAllMocks());

  it('that runs out is a fault, which makes the text withheld', () => {
    let nowMs = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => {
      nowMs += releaseMsMax;
      return nowMs;
    });
    const text = Buffer.from('x'.repeat(windowBytesMax * 3));
    expect(() => redactor.release('', text, true, null)).toThrow(RedactionSlowError);
  });

  /** Generous for a slow machine under load; what is not linear takes minutes. */
  const mebibyteMsMax = 15_000;
  const ordinary = readFileSync(join(import.meta.dirname, 'fixtures/ordinary.txt'), 'utf8');
  const hostile = [
    ...['x', ' ', '\\"', "'", '-', 'a.', '[', '\r', '\n', '\x1b[0m', '://', 'A', '+/'],
    ...[
      'password: ',
      'password=',
      '"password":"',
      'token token ',
      '--password ',
      'mysql -p',
      'user ',
      '?token=',
    ],
    ...[
      'https://a:b',
      'eyJaaaaaaaaaaaa.',
      'SG.',
      'xoxb-',
      '$6$',
      'a:5432:',
      'htpasswd -b ',
      'curl -u a:',
      '_key=',
    ],
    ...pemLines().map((l) => `${l} `),
    `${pemLines()[1]}\n`,
    ordinary,
  ];

  it.each(hostile.map((part) => [JSON.stringify(part).slice(0, 30), part]))('is linear in %s', (_, part) => {
    const bytes = Buffer.from(part.repeat(Math.ceil(2 ** 18 / part.length)));
    const begun = performance.now();
    redactedIn(bytes, [2 ** 16, 2 ** 17]);
    expect(performance.now() - begun).toBeLessThan(mebibyteMsMax / 4);
  });
});
