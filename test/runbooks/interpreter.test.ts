import { describe, expect, it } from 'vitest';
import type { Language } from '../../src/core/language.ts';
import type { Proposal } from '../../src/core/proposal.ts';
import { noRedaction, type Run, type RunState } from '../../src/core/run.ts';
import { sentence } from '../../src/core/sentences.ts';
import type { EndedRun } from '../../src/ports/interpreter.ts';
import { RunbookInterpreter } from '../../src/runbooks/interpreter.ts';
import type { Runbook } from '../../src/runbooks/runbook.ts';
import { fixture, fixtureSet } from './fixtures/fixture.ts';

const interpreter = new RunbookInterpreter(fixtureSet());
const active = '   Active: active (running)\n';
const inactive = '   Active: inactive (dead)\n';

const ended = (agentName: string, stdout: string, change: Partial<Run> = {}, stderr = ''): EndedRun => ({
  run: {
    id: agentName,
    task: 1,
    agentId: agentName,
    agentName,
    platform: 'linux',
    approvalId: 'a',
    scriptDigest: 's',
    state: 'succeeded',
    wave: 0,
    runBy: 0,
    timeoutMs: 1,
    exitCode: 0,
    stdoutBytes: 0,
    stderrBytes: 0,
    stdoutRedaction: noRedaction,
    stderrRedaction: noRedaction,
    stdoutCutAt: null,
    stderrCutAt: null,
    cancelAskedAt: null,
    sentAt: null,
    startedAt: null,
    endedAt: null,
    sentence: null,
    ...change,
  },
  stdout,
  stderr,
});

const proposalOf = (runbook: Runbook | null, verbatim = true): Proposal => ({
  task: 1,
  revision: 1,
  digest: 'd',
  scripts: [],
  summary: '',
  timeoutMs: 1,
  drafter: 'runbook',
  author: null,
  editors: [],
  typedByAsker: true,
  runbook: runbook && {
    name: runbook.name,
    title: '',
    digest: runbook.digest,
    parameters: { service: 'nginx' },
    verbatim,
  },
  followUps: [{ label: 'l', request: 'r' }],
  createdAt: 0,
});

const interpret = (
  runs: EndedRun[],
  language: Language = 'en',
  proposal = proposalOf(fixture('service-status')),
) =>
  interpreter.interpret({ request: 'r', language, proposal, runs }, () => {}, new AbortController().signal);

describe('the interpreter without a model', () => {
  it("reads one machine with the runbook's words and quotes the line they rest on", async () => {
    expect(await interpret([ended('db1', active)])).toEqual({
      words: 'nginx is active.',
      hosts: [
        {
          agentName: 'db1',
          words: 'nginx is active.',
          facts: [],
          evidence: ['   Active: active (running)'],
          ok: true,
        },
      ],
      followUps: [{ label: 'l', request: 'r' }],
      language: 'en',
      reader: 'runbook',
    });
  });

  it('says what is equal once, and what needs a look first', async () => {
    const answer = await interpret([
      ended('web1', active),
      ended('web2', inactive, { state: 'failed', exitCode: 3 }),
      ended('web3', active),
      ended('web4', '', {
        state: 'undelivered',
        exitCode: null,
        sentence: sentence('undelivered', { name: 'web4' }),
      }),
    ]);
    expect(answer.words.split('\n')).toEqual([
      'web2: nginx is inactive.',
      expect.stringMatching(/^web4: web4 did not take the order in time/),
      'web1, web3: nginx is active.',
    ]);
    expect(answer.hosts.map((h) => h.ok)).toEqual([true, false, true, false]);
  });

  it('counts the machines of a long line instead of naming them all', async () => {
    const many = Array.from({ length: 14 }, (_, i) => ended(`web${i}`, active));
    expect((await interpret(many)).words).toMatch(/^web0, .*, web9 and 4 more: nginx is active\.$/);
  });

  it.each<[RunState, Language, RegExp]>([
    ['timed_out', 'en', /time limit/],
    ['cancelled', 'fr', /annulé/],
    ['refused', 'de', /verweigert/],
    ['unstarted', 'ko', /시작하지 못했습니다/],
    ['undelivered', 'en', /nothing ran/],
    ['skipped', 'fr', /rien n’a été exécuté/],
    ['lost', 'de', /Niemand kann sagen/],
  ])('says of a run that is %s so, in %s, with its last error', async (state, language, expected) => {
    const answer = await interpret(
      [ended('db1', active, { state, exitCode: null }, 'one\ntwo\n\n')],
      language,
    );
    expect(answer.words).toMatch(expected);
    expect(answer.hosts[0]).toMatchObject({ ok: false, evidence: ['two'] });
    expect(answer.reader).toBe('plain');
  });

  it('shows the output plainly when the reading can not tell', async () => {
    const answer = await interpret([
      ended('db1', 'a\nb\nc\nd\ne\nf\ng\nh\n', { state: 'failed', exitCode: 4 }, 'Unit not found.\n'),
    ]);
    expect(answer).toMatchObject({
      words: 'The script ended with exit code 4 and printed 8 lines.',
      reader: 'plain',
      hosts: [{ ok: false, evidence: ['Unit not found.', 'a', 'b', 'c', 'd', 'g', 'h'] }],
    });
  });

  it.each<[Language, string]>([
    ['en', 'The script ended well (exit code 0) and printed nothing.'],
    ['fr', 'Le script s’est bien terminé (code 0) et n’a rien affiché.'],
    ['de', 'Das Skript lief ohne Fehler (Exit-Code 0) und gab nichts aus.'],
    ['ko', '스크립트가 정상 종료되었고(종료 코드 0) 출력은 없습니다.'],
  ])('says in %s that nothing was printed', async (language, words) => {
    expect((await interpret([ended('db1', '')], language)).words).toBe(words);
  });

  it('does not read with a runbook that changed, that is gone, or whose script was edited', async () => {
    const runbook = fixture('service-status');
    for (const proposal of [
      proposalOf(null),
      proposalOf(runbook, false),
      proposalOf({ ...runbook, digest: 'other' }),
      proposalOf({ ...runbook, name: 'gone' }),
    ]) {
      expect(await interpret([ended('db1', active)], 'en', proposal)).toMatchObject({ reader: 'plain' });
    }
  });

  it('says that nothing ran when there are no runs', async () => {
    expect(await interpret([])).toMatchObject({ words: 'Nothing ran.', hosts: [], reader: 'plain' });
  });

  it('tells the words so far before it resolves, and rejects when it was aborted', async () => {
    const told: string[] = [];
    const request = {
      request: 'r',
      language: 'en' as const,
      proposal: proposalOf(fixture('service-status')),
      runs: [ended('db1', active)],
    };
    await interpreter.interpret(request, (words) => told.push(words), new AbortController().signal);
    expect(told).toEqual(['nginx is active.']);
    const reason = new Error('stop');
    await expect(interpreter.interpret(request, () => {}, AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});
