import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Card } from '../../src/core/card.ts';
import { effectsIn, joined, KeptAgent, KeptServer, runLoop } from './loop.ts';
import { makeDir } from './processes.ts';

const dir = makeDir();
const dataDir = join(dir.path, 'data');
const server = new KeptServer(dataDir, {});
await server.call((client) => client.agents());

afterAll(async () => {
  await server.kill();
  dir.remove();
});

/** The pid in the claim of the one run that an agent's spool holds; null while nothing is claimed. */
const wrapperPid = (agentDir: string): number | null => {
  const runs = join(agentDir, 'spool/runs');
  for (const run of existsSync(runs) ? readdirSync(runs) : []) {
    const claim = join(runs, run, 'started');
    const pid = existsSync(claim) ? Number(readFileSync(claim, 'utf8').trim().split(/\s+/)[0]) : 0;
    if (pid > 0) return pid;
  }
  return null;
};

/** Kills the wrapper of the agent's run once so many lines of output have been committed. */
const killWrapperAfter = async (
  agentDir: string,
  lines: number,
  task: () => Promise<Card[]>,
): Promise<boolean> => {
  for (;;) {
    const [card] = await task();
    const printed = card?.runs[0]?.stdoutBytes ?? 0;
    const pid = wrapperPid(agentDir);
    if (pid !== null && printed >= lines * 'line 1\n'.length) {
      try {
        process.kill(pid, 'SIGKILL');
        return true;
      } catch {
        return false;
      }
    }
    if (card?.state === 'done') return false;
  }
};

describe('a wrapper killed while its script runs', () => {
  const lines = [0, 1, 2, 3, 4, 5, 6];
  const cases = lines.flatMap((n) => [
    [n, 'alone'] as const,
    [n, 'with the agent'] as const,
    [n, 'with the server'] as const,
  ]);

  let scenes = 0;
  test.each(cases)(
    'after %s lines, %s: the run is lost and says so, and nothing ran twice',
    async (printed, what) => {
      // A scene that is played again must not find what an earlier one left.
      const name = `w${printed}-${what.replaceAll(' ', '-')}-${++scenes}`;
      const effect = join(dir.path, `effect-${name}`);
      const agentDir = join(dir.path, name);
      const options = { serverDataDir: dataDir, dataDir: agentDir, name, wanted: null, recordTo: null };
      const agent = new KeptAgent(options);
      try {
        await joined(server, name);
        const latest = () => server.call((client) => client.cards(new URLSearchParams({ limit: '1' })));
        const before = (await latest())[0]?.task ?? 0;
        const ours = async () => (await latest()).filter((card) => card.task > before);
        const told = runLoop(server, `hold the file ${effect} on ${name}`);
        const isKilled = await killWrapperAfter(agentDir, printed, ours);
        if (what === 'with the agent') await agent.kill();
        if (what === 'with the server') await server.kill();
        const card = await told;
        expect(isKilled).toBe(true);
        expect(card.state).toBe('done');
        expect(card.runs).toMatchObject([{ state: 'lost', sentence: { code: 'lost_wrapper' } }]);
        expect(card.answer?.words).toContain('left no exit code');
        expect(effectsIn(effect)).toBeLessThanOrEqual(1);
      } finally {
        // The script outlives its wrapper; it ends when it is let go.
        writeFileSync(`${effect}.go`, '');
        await agent.stop();
      }
    },
  );
});
