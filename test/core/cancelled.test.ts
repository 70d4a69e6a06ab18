import { describe, expect, it } from 'vitest';
import { cancelledHeadline, cancelledSentence } from '../../src/core/cancelled.ts';
import { cardOf } from '../../src/core/card.ts';
import { now, runWith, taskWith } from './rows.ts';

const midway = runWith({
  agentName: 'db1',
  state: 'cancelled',
  startedAt: now,
  endedAt: now + 12_000,
  stdoutBytes: 300,
  stderrBytes: 12,
});
const never = runWith({ agentName: 'db2', state: 'cancelled', endedAt: now });
const ended = runWith({ agentName: 'db3', state: 'succeeded', startedAt: now, endedAt: now + 1 });
const skipped = runWith({ agentName: 'db4', state: 'skipped' });

describe('a run that was cancelled', () => {
  it('says how long it had run and how much it had printed', () => {
    expect(cancelledSentence(midway)?.text).toBe(
      'The script was stopped after 12 seconds; the 312 bytes that it had printed are kept. What it had changed by then stays changed.',
    );
    expect(cancelledSentence({ ...midway, endedAt: now + 10, stdoutBytes: 0, stderrBytes: 0 })?.text).toMatch(
      /^The script was stopped after less than a second; it had printed nothing\./,
    );
  });

  it('says that it had not started', () => {
    expect(cancelledSentence(never)).toMatchObject({ code: 'cancelled_unstarted' });
  });

  it('is the only one that says so', () => {
    expect(cancelledSentence(ended)).toBeNull();
    expect(cancelledSentence(skipped)).toBeNull();
  });
});

describe('the headline of a cancelled task', () => {
  it.each([
    [[], 'Cancelled by ada'],
    [[midway], 'Cancelled by ada while it ran'],
    [[never], 'Cancelled by ada before it started'],
    [[ended], 'Cancelled by ada; it had ended by then'],
    [[midway, never, ended, skipped], 'Cancelled by ada: 1 had ended, 1 stopped midway, 2 never started'],
  ])('%#: %s', (runs, headline) => {
    expect(cancelledHeadline('ada', runs)).toBe(headline);
  });

  it('stands on the card, and each run says how far it had come', () => {
    const card = cardOf({
      task: taskWith({ state: 'cancelled' }),
      proposal: null,
      runs: [midway],
      agents: [],
      terms: null,
    });
    expect(card.headline).toBe('Cancelled by someone while it ran');
    expect(card.runs[0]?.sentence?.code).toBe('cancelled_midway');
  });
});
