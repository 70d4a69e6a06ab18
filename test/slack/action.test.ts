import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import '../fast-check-seed.ts';
import { decodeAction, encodeAction, encodeMenu, type SlackAction } from '../../src/slack/action.ts';

const all: SlackAction[] = [
  { kind: 'approve', task: 1042, proposal: 2, digest: 'ab'.repeat(32), canary: true, isTyped: false },
  { kind: 'read', task: 1042, proposal: 2, digest: 'ab'.repeat(32) },
  { kind: 'reject', task: 1042 },
  { kind: 'edit', task: 1042, proposal: 2 },
  { kind: 'cancel', task: 1042 },
  { kind: 'continue', task: 1042 },
  { kind: 'stop', task: 1042 },
  { kind: 'choose', task: 1042, option: 'db1' },
  { kind: 'ask', task: null, request: '메모리를 확인해 주세요 "db1"' },
  { kind: 'compose' },
  { kind: 'task', task: 1042 },
  { kind: 'acknowledge', incident: 17 },
  { kind: 'silence', incident: 17, forMs: 3_600_000 },
  { kind: 'unsilence', incident: 17 },
  { kind: 'diagnose', incident: 17, on: null },
];

describe('an action', () => {
  it.each(all)('comes back from a button as it went: $kind', (action) => {
    const encoded = encodeAction(action, 3);
    expect(encoded && decodeAction(encoded.action_id, encoded.value)).toEqual(action);
  });

  it('takes the choice of a menu from the option that was chosen', () => {
    const choose = encodeMenu({ kind: 'choose', task: 1042, option: null });
    expect(decodeAction(choose, 'db1')).toEqual({ kind: 'choose', task: 1042, option: 'db1' });
    const diagnose = encodeMenu({ kind: 'diagnose', incident: 17, on: null });
    expect(decodeAction(diagnose, 'db1')).toEqual({ kind: 'diagnose', incident: 17, on: 'db1' });
  });

  it('is no button where its value would be longer than one can carry', () => {
    expect(encodeAction({ kind: 'ask', task: null, request: 'x'.repeat(2_000) })).toBeNull();
  });

  it.each([
    ['of another app', 'other.approve.0', '{"task":1}'],
    ['of no kind of ours', 'nerdy.constructor.0', '{}'],
    ['with a field too few', 'nerdy.approve.0', '{"task":1042}'],
    ['with a field too many', 'nerdy.cancel.0', '{"task":1042,"canary":true}'],
    ['with a number that is none', 'nerdy.cancel.0', '{"task":"1042"}'],
    ['with a number below one', 'nerdy.cancel.0', '{"task":0}'],
    ['with another kind inside', 'nerdy.cancel.0', '{"task":1042,"kind":"approve"}'],
    [
      'with a flag that is none',
      'nerdy.approve.0',
      '{"task":1,"proposal":1,"digest":"a","canary":1,"isTyped":false}',
    ],
    ['that is no JSON', 'nerdy.cancel.0', 'task 1042'],
    ['that is null', 'nerdy.cancel.0', 'null'],
    ['of a menu that there is none of', 'nerdy.cancel.0.{"task":1042}', 'db1'],
  ])('is nothing when it is one %s', (_, id, value) => {
    expect(decodeAction(id, value)).toBeNull();
  });

  it('is read without a fault whatever comes', () => {
    fc.assert(
      fc.property(fc.constantFrom(...all), fc.string(), fc.json(), ({ kind }, id, value) => {
        const read = [decodeAction(id, value), decodeAction(`nerdy.${kind}.0`, value)];
        for (const one of read)
          expect(one === null || all.some((known) => known.kind === one.kind)).toBe(true);
      }),
    );
  });
});
