import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { agentNamePattern, findMachinePhrase, parseSelector } from '../../src/core/selector.ts';

const known = new Set(['db1', 'db2', 'web1', 'studio']);
const phraseOf = (request: string) => findMachinePhrase(request, (name) => known.has(name.toLowerCase()));

describe('a phrase as it was written, for sentences', () => {
  it.each([
    ['check memory on db1, db2!', 'db1, db2'],
    ['check memory on "role=db env=prod"?', 'role=db env=prod'],
    ['check memory on all Linux servers, please', 'all Linux servers'],
    ['모든 리눅스 서버의 메모리', '모든 리눅스 서버'],
    ['is nginx up on this machine?', 'this machine'],
  ])('%j → %j', (request, written) => {
    expect(phraseOf(request)?.written).toBe(written);
  });
});

describe('a phrase is certain', () => {
  it.each(['on db1', 'on db1 and db2', 'on d*', 'on role=db', 'on all linux', 'on studio'])(
    '%j',
    (request) => {
      expect(phraseOf(request)?.certain).toBe(true);
    },
  );

  it.each(['on zebra', 'on db9', 'on db1 and db9'])('but not %j, where a machine is unknown', (request) => {
    expect(phraseOf(request)?.certain).toBe(false);
  });
});

describe('of several phrases', () => {
  it.each([
    ['on db1 as on db2', { kind: 'names', patterns: ['db1', 'db2'] }],
    ['like on db1 on all linux', { kind: 'all', platform: 'linux' }],
    ['like on role=db on web1', { kind: 'names', patterns: ['web1'] }],
    ['db1 is here', { kind: 'names', patterns: ['db1'] }],
    ['db1 is built on zebra', { kind: 'names', patterns: ['db1'] }],
  ])('%j: the surest and then the last wins, and no name is dropped', (request, selector) => {
    expect(phraseOf(request)?.selector).toEqual(selector);
  });
});

describe('a slip of the pen', () => {
  const isNear = (name: string): boolean => name === 'studoi';

  it('is taken for a machine wherever a machine could stand', () => {
    const found = findMachinePhrase('check memory on studoi now', (n) => known.has(n), {
      isNearName: isNear,
    });
    expect(found).toMatchObject({
      selector: { patterns: ['studoi'] },
      words: 'check memory now',
      certain: false,
    });
  });

  it('is a plain word where nothing is near', () => {
    expect(phraseOf('check memory on monday now')).toBeNull();
  });
});

describe('what follows a machine and "and"', () => {
  const plain = new Set(['memory', 'please', '메모리']);
  const patternsOf = (request: string): unknown => {
    const isPlainWord = (word: string): boolean => plain.has(word.toLowerCase());
    return findMachinePhrase(request, (name) => known.has(name), { isPlainWord })?.selector;
  };

  it.each([
    ['check memory on db1 and zebra', ['db1', 'zebra']],
    ['check memory on db1, zebra and db2', ['db1', 'zebra', 'db2']],
    ['on db1 and zebra, check memory', ['db1', 'zebra']],
    ['zeige den Speicher auf db1 und zebra', ['db1', 'zebra']],
    ['db1과 zebra에서 메모리 확인해줘', ['db1', 'zebra']],
    ['db1 와 zebra에서 메모리 확인해줘', ['db1', 'zebra']],
  ])('%j names machines, be one unknown', (request, patterns) => {
    expect(patternsOf(request)).toEqual({ kind: 'names', patterns });
  });

  it.each([
    'show disk on db1 and memory',
    'check memory on db1, please',
    'check memory on db1 and tell me why',
    'check disk on db1, then restart nginx',
  ])('%j goes on with the request', (request) => {
    expect(patternsOf(request)).toEqual({ kind: 'names', patterns: ['db1'] });
  });
});

describe('a selector that stands alone', () => {
  it.each([
    ['db1', { kind: 'names', patterns: ['db1'] }],
    ['db1 and zebra', { kind: 'names', patterns: ['db1', 'zebra'] }],
    ['the db1', { kind: 'names', patterns: ['db1'] }],
    ['here', { kind: 'here' }],
    ['hier', { kind: 'here' }],
    ['role=db env=prod', { kind: 'labels', labels: { role: 'db', env: 'prod' } }],
    ['all', { kind: 'all', platform: null }],
    ['alle Windows-Server', { kind: 'all', platform: 'windows' }],
    ['모든 서버', { kind: 'all', platform: null }],
  ])('%j', (text, selector) => {
    expect(parseSelector(text)).toEqual(selector);
  });

  it.each(['', ' ', ',', 'and', 'db1 db2', '/var', 'role=', '$(reboot)', 'all the things'])(
    '%j is none',
    (text) => {
      expect(parseSelector(text)).toBeNull();
    },
  );
});

it.each(['la', 'OU', 'or', 'und', 'the', 'all', 'linux'])('a machine may be called %j', (name) => {
  const phrase = findMachinePhrase(`check memory on ${name}`, (n) => n === name);
  expect(phrase).toMatchObject({ selector: { patterns: [name] }, words: 'check memory' });
});

it('every name that enrolment accepts can be said', () => {
  fc.assert(
    fc.property(fc.stringMatching(agentNamePattern), (name) => {
      const phrase = findMachinePhrase(`check memory on ${name}`, (n) => n === name);
      // A stop at the end closes the sentence; such names are reached by choosing them.
      if (!name.endsWith('.'))
        expect(phrase).toMatchObject({ selector: { patterns: [name] }, words: 'check memory' });
    }),
  );
});

it('reads any text without a fault', () => {
  const word = fc.constantFrom(
    'on',
    'and',
    ',',
    'all',
    'the',
    'this',
    'server',
    'db1',
    'db1과',
    '에서',
    'a=b',
    '모든',
    'x',
    '?',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(word).map((w) => w.join(' ')),
      ),
      (text) => {
        phraseOf(text);
        parseSelector(text);
      },
    ),
  );
});
