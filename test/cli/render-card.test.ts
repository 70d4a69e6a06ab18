import { describe, expect, it } from 'vitest';
import { agoWords } from '../../src/cli/lists.ts';
import { renderCard } from '../../src/cli/render-card.ts';
import type { Answer, HostReading } from '../../src/core/answer.ts';
import { cardOf } from '../../src/core/card.ts';
import { runWith, taskWith } from '../core/rows.ts';

const host = (agentName: string, over: Partial<HostReading> = {}): HostReading => ({
  agentName,
  ok: true,
  words: '',
  facts: [
    { label: '메모리', value: '62 %' },
    { label: 'swap', value: '0 %' },
  ],
  evidence: ['Mem: 62'],
  ...over,
});
const shown = (hosts: HostReading[]): string => {
  const answer: Answer = {
    words: 'Memory is fine.',
    hosts,
    followUps: [],
    language: 'en',
    reader: 'runbook',
  };
  const runs = hosts.map(({ agentName }) => runWith({ agentName, state: 'succeeded', exitCode: 0 }));
  const task = taskWith({ state: 'done', runsTotal: runs.length, answer });
  return renderCard(cardOf({ task, proposal: null, runs, agents: [], terms: null }));
};

describe('an answer in the terminal', () => {
  it('of several machines says above each table and its evidence whose they are', () => {
    const text = shown([host('db1'), host('db2', { ok: false })]);
    expect(text).toContain(
      '\n\n  db1\n    메모리  62 %\n    swap    0 %\n    │ Mem: 62\n\n  db2 (look at this)\n',
    );
  });

  it('of one machine needs no label', () => {
    expect(shown([host('db1')])).toContain('Memory is fine.\n  메모리  62 %\n  swap    0 %\n  │ Mem: 62');
  });

  it('leaves out machines of which there is nothing to show', () => {
    expect(shown([host('db1'), host('db2', { facts: [], evidence: [] })])).not.toContain('\n  db2\n');
  });
});

it.each([
  [-5_000, 'just now'],
  [59_999, 'just now'],
  [60_000, '1 min ago'],
  [7_200_000, '2 h ago'],
  [3 * 86_400_000, '3 d ago'],
])('%d ms is %s', (ms, words) => expect(agoWords(ms)).toBe(words));
