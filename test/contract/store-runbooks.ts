import { expect, it } from 'vitest';
import type { KeptVersion } from '../../src/core/kept-runbook.ts';
import type { RunState } from '../../src/core/run.ts';
import type { Store } from '../../src/ports/store.ts';
import { aNote, anApproval, aProposal, aRun, aTask, createTask, somebody } from './store-rows.ts';

const aVersion = (task: number, version: number, over: Partial<KeptVersion> = {}): KeptVersion => ({
  ...{ name: 'restart-billing', version, task, by: somebody, at: 5 },
  digest: `digest of ${version}`,
  yaml: `name: restart-billing # ${version}\n`,
  ...over,
});

/** What a store promises about runbooks that people kept. */
export const runbooksContract = (current: () => { store: Store }): void => {
  const put = (keptVersion: KeptVersion, retiredAt: number | null = null) => {
    const { name, version } = keptVersion;
    const keptRunbook = { name, version, latest: version, retiredAt };
    return current().store.change({ keptRunbook: name }, ({ keptRunbook: seen }) => ({
      result: seen,
      writes: { keptRunbook, keptVersion },
    }));
  };

  it('gives back every version as it was kept, the newest first, and the one in use', async () => {
    const { store } = current();
    const { number } = await createTask(store);
    expect(await put(aVersion(number, 1))).toBeNull();
    expect(await put(aVersion(number, 2))).toEqual({
      ...{ name: 'restart-billing', version: 1, latest: 1, retiredAt: null },
    });
    await put(aVersion(number, 1, { name: 'another' }), 9);
    expect(await store.listKeptVersions('restart-billing')).toEqual([
      aVersion(number, 2),
      aVersion(number, 1),
    ]);
    expect(await store.listKeptInUse()).toEqual([aVersion(number, 2)]);
    expect((await store.listKeptRunbooks()).map(({ name, retiredAt }) => [name, retiredAt])).toEqual([
      ['another', 9],
      ['restart-billing', null],
    ]);
  });

  it('never writes over a version', async () => {
    const { store } = current();
    const { number } = await createTask(store);
    await put(aVersion(number, 1));
    await expect(put(aVersion(number, 1, { yaml: 'another' }))).rejects.toThrow();
    expect(await store.listKeptVersions('restart-billing')).toEqual([aVersion(number, 1)]);
  });

  it('counts the runs of a script that was the runbook, word for word, where nobody stopped it', async () => {
    const { store } = current();
    const ran = async (over: { verbatim: boolean; version?: number }, ...states: RunState[]) => {
      const { number } = await createTask(store);
      const ref = { name: 'memory', title: 'Memory', digest: 'd', parameters: {}, ...over };
      await store.change({ task: number }, () => ({
        result: null,
        writes: {
          task: aTask(number, { state: 'done', proposalRevision: 1, revision: 2 }),
          proposal: { ...aProposal(number), runbook: ref },
          approvals: [anApproval(number)],
          runs: states.map((state, i) => aRun(number, `agent-${i}`, { state, endedAt: 10 * number + i })),
          audit: [aNote(number, 'task.answer')],
        },
      }));
      return number;
    };
    await ran({ verbatim: true }, 'succeeded', 'failed');
    const last = await ran({ verbatim: true }, 'succeeded', 'cancelled', 'undelivered', 'running');
    const kept = await ran({ verbatim: true, version: 2 }, 'timed_out');
    await ran({ verbatim: false }, 'succeeded');
    const uses = (await store.runbookUses()).sort((a, b) => (a.version ?? 0) - (b.version ?? 0));
    expect(uses).toEqual([
      { name: 'memory', version: null, succeeded: 2, ended: 3, lastAt: 10 * last },
      { name: 'memory', version: 2, succeeded: 0, ended: 1, lastAt: 10 * kept },
    ]);
  });
};
