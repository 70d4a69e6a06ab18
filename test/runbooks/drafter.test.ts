import { describe, expect, it } from 'vitest';
import { strongMatchScoreMin } from '../../src/llm/limits.ts';
import type { Draft } from '../../src/ports/drafter.ts';
import { RunbookDrafter } from '../../src/runbooks/drafter.ts';
import { fixture, fixtureSet } from './fixtures/fixture.ts';

const drafter = new RunbookDrafter(fixtureSet());
const signal = new AbortController().signal;
const draft = (words: string, ...before: string[]): Promise<Draft> =>
  drafter.draft({ words, platforms: ['linux'], before, context: null }, signal);

describe('the drafter without a model', () => {
  it("gives a runbook's script with its parameters, in the language that was asked in", async () => {
    expect(await draft('état du service nginx')).toMatchObject({
      kind: 'script',
      scripts: [{ text: "systemctl status 'nginx' --no-pager\n", interpreter: 'bash', platforms: ['linux'] }],
      summary: 'Montre si un service tourne.',
      language: 'fr',
      drafter: 'runbook',
      runbook: {
        name: 'service-status',
        title: "État d'un service",
        digest: fixture('service-status').digest,
        parameters: { service: 'nginx' },
        verbatim: true,
      },
      score: 1,
      notice: null,
    });
  });

  it('offers the follow-ups with the same parameters and leaves out what would still need one', async () => {
    expect(await draft('is nginx running?')).toMatchObject({
      followUps: [
        { label: 'Restart a service', request: 'restart nginx' },
        { label: 'Disk usage', request: 'disk usage' },
      ],
    });
    expect(await draft('disk usage')).toMatchObject({ followUps: [] });
  });

  it('gives each platform its script, and the same script once', async () => {
    const both = await drafter.draft(
      { words: 'disk usage', platforms: ['linux', 'windows', 'macos'], before: [], context: null },
      signal,
    );
    expect(both).toMatchObject({
      scripts: [
        { interpreter: 'bash', platforms: ['linux', 'macos'] },
        { interpreter: 'powershell', platforms: ['windows'] },
      ],
    });
  });

  it('gives nothing when nothing fits, with requests that would work', async () => {
    const none = await draft('affiche la température du disque');
    expect(none).toMatchObject({ kind: 'nothing', language: 'fr', sentence: { code: 'runbook_none' } });
    expect(none.kind === 'nothing' && none.nearest).toContainEqual({
      label: 'Utilisation du disque',
      request: "Quel est l'état du disque ?",
    });
    for (const { request } of none.kind === 'nothing' ? none.nearest : []) {
      expect(await draft(request)).toMatchObject({ kind: 'script' });
    }
  });

  it('says which parameter is missing and how to say it', async () => {
    expect(await draft('restart the service')).toMatchObject({
      kind: 'nothing',
      sentence: {
        code: 'runbook_parameter_missing',
        text: expect.stringMatching(
          /"Restart a service" needs to know the name of the service.*"restart <service>"/,
        ),
      },
    });
  });

  it('says that a platform has no script', async () => {
    const nothing = await drafter.draft(
      { words: 'what listens on port 80', platforms: ['linux', 'windows'], before: [], context: null },
      signal,
    );
    expect(nothing).toMatchObject({ kind: 'nothing', sentence: { code: 'runbook_platform_missing' } });
  });

  it('asks the last question again for "and redis?", and never repeats an order', async () => {
    expect(await draft('and redis?', 'is nginx running?')).toMatchObject({
      kind: 'script',
      runbook: { name: 'service-status', parameters: { service: 'redis' } },
    });
    expect(await draft('and the disk?', 'is nginx running?')).toMatchObject({ runbook: { name: 'disk' } });
    expect(await draft('and redis?', 'restart nginx')).toMatchObject({ kind: 'nothing' });
    expect(await draft('stop redis', 'is nginx running?')).toMatchObject({ kind: 'nothing' });
    expect(await draft('redis는?', 'nginx 실행 중이야?')).toMatchObject({
      runbook: { parameters: { service: 'redis' } },
    });
    expect(await draft('and', 'is nginx running?')).toMatchObject({
      runbook: { parameters: { service: 'nginx' } },
    });
    expect(await draft('cool', 'is nginx running?')).toMatchObject({ kind: 'nothing' });
    expect(await draft('thanks!', 'is nginx running?')).toMatchObject({ kind: 'nothing' });
    expect(await draft('tell me a joke', 'is nginx running?')).toMatchObject({ kind: 'nothing' });
  });

  it('gives the same draft for the same request', async () => {
    expect(await draft('is nginx running?')).toEqual(await draft('is nginx running?'));
  });

  it('rejects with the reason when it was aborted', async () => {
    const reason = new Error('stop');
    await expect(
      drafter.draft(
        { words: 'disk usage', platforms: ['linux'], before: [], context: null },
        AbortSignal.abort(reason),
      ),
    ).rejects.toBe(reason);
  });
});

describe('a message that the request points at', () => {
  const pointed = (words: string, context: string): Promise<Draft> =>
    drafter.draft({ words, platforms: ['linux'], before: [], context }, signal);

  it('is looked at where the words say nothing, and what it chose was typed by nobody here', async () => {
    expect(await pointed("qu'est-ce que c'est ?", 'disk usage')).toMatchObject({
      kind: 'script',
      language: 'fr',
      runbook: { name: 'disk', verbatim: true, isPointedAt: true },
    });
  });

  it('is not looked at where the words find a runbook', async () => {
    const draft = await pointed('is nginx running?', 'disk usage');
    expect(draft).toMatchObject({ kind: 'script', runbook: { name: 'service-status' } });
    expect(draft.kind === 'script' && draft.runbook?.isPointedAt).toBeUndefined();
  });

  it('orders nothing', async () => {
    expect(await pointed('hm', 'restart nginx')).toMatchObject({
      kind: 'nothing',
      sentence: { code: 'runbook_none' },
    });
  });

  it('leaves the word to a model where there is one', async () => {
    const draft = await pointed('what is this?', 'disk usage');
    expect(draft.kind === 'script' && draft.score).toBeLessThan(strongMatchScoreMin);
  });
});
