import { describe, expect, it } from 'vitest';
import { agoWords } from '../../src/cli/lists.ts';
import { renderCard } from '../../src/cli/render-card.ts';
import type { Answer, HostReading } from '../../src/core/answer.ts';
import { cardOf } from '../../src/core/card.ts';
import type { CardTerms } from '../../src/core/card-terms.ts';
import { proposalOf, runWith, taskWith } from '../core/rows.ts';

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

describe('a proposal in the terminal', () => {
  const terms: CardTerms = {
    alone: false,
    confirmation: null,
    demands: [
      {
        ...{
          rule: 'prod',
          reason: 'Production takes two',
          approvals: 2,
          given: 1,
          approvers: ['role:approver'],
        },
        ...{ by: ['Bob'], names: ['cleo', 'ada'], more: 0, nobody: false, unlisted: [], admins: [] },
      },
    ],
  };
  const proposed = (text: string, over: Partial<CardTerms> | null = null): string => {
    const task = taskWith({ state: 'proposed', proposalRevision: 1 });
    const given = over && { ...terms, ...over };
    return renderCard(cardOf({ task, proposal: proposalOf(text), runs: [], agents: [], terms: given }));
  };

  it('that only reads has its badge, and nothing but the text and its numbers', () => {
    const text = proposed('free -m\nuptime\n');
    expect(text).toContain('\n  read-only · only reads\n');
    expect(text).toContain('\n    1 │ free -m\n    2 │ uptime');
    expect(text).not.toMatch(/line \d/);
  });

  it('has a sign beside each line that does more, and the reasons under the script', () => {
    const text = proposed('df -h\nrm -rf /srv/old\ntouch a\ntouch b\n');
    expect(text).toContain("\n  ! dangerous · can't be undone · deletes · writes files\n");
    expect(text).toContain('\n    1 │ df -h\n  ! 2 │ rm -rf /srv/old\n  ~ 3 │ touch a\n  ~ 4 │ touch b\n');
    expect(text).toMatch(
      /\n {2}! line 2: dangerous: rm: .* \(can't be undone\)\n {2}~ lines 3–4: changes: touch: /,
    );
  });

  it('tells a dozen reasons, and how many more there are', () => {
    const text = proposed(Array.from({ length: 20 }, (_, at) => `rm a${at}\n`).join(''));
    expect(text.match(/ line \d+: /g)).toHaveLength(12);
    expect(text).toContain('  and 8 more');
  });

  it('lets no escape sequence of the script into a reason', () => {
    expect(proposed("rm -rf '/srv/\u001b[2J'\n")).not.toContain('\u001b[2J');
  });

  it('says whose yes it takes, and who said theirs', () => {
    expect(proposed('uptime\n', {})).toContain(
      '1 of 2 approvals: Bob said yes; cleo or ada can say yes (prod: Production takes two)',
    );
    expect(proposed('uptime\n')).not.toContain('approval');
  });
});

it.each([
  [-5_000, 'just now'],
  [59_999, 'just now'],
  [60_000, '1 min ago'],
  [7_200_000, '2 h ago'],
  [3 * 86_400_000, '3 d ago'],
])('%d ms is %s', (ms, words) => expect(agoWords(ms)).toBe(words));
