import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { bundles, makeDir, packageDir } from '../processes.ts';

const dir = makeDir();
afterAll(() => dir.remove());

const agentFile = join(packageDir, 'agent/dist/nerdy-agent.cjs');

/** A short torture, with the agent's one file changed where it says `from`. */
const tortured = (from: string, to: string): { status: number | null; text: string } => {
  const text = readFileSync(agentFile, 'utf8');
  const broken = text.replaceAll(from, () => to);
  if (from !== '' && broken === text) throw new Error(`the agent has no ${from} any more`);
  const file = join(dir.path, 'agent.cjs');
  writeFileSync(file, broken);
  const args = ['--runs', '6', '--kills', '0', '--agents', '2', '--seed', '5', '--agent-file', file];
  const { status, stdout } = spawnSync(process.execPath, [join(bundles, 'torture.js'), ...args], {
    encoding: 'utf8',
  });
  const kept = /still in (\S+);/.exec(stdout)?.[1];
  if (kept) rmSync(kept, { recursive: true, force: true });
  return { status, text: stdout };
};

describe('the torture itself', () => {
  test('finds nothing wrong where nothing is', () => {
    const { status, text } = tortured('', '');
    expect(text).toContain('6 succeeded');
    expect(text).toContain('Good:');
    expect(status).toBe(0);
  });

  test('finds a script that runs twice', () => {
    const { status, text } = tortured("'declare -x OLDPWD'", "'declare -x OLDPWD' 'bash ../script'");
    expect(text).toContain('ran more than once: it began 2 times and ended 2 times');
    expect(status).toBe(1);
  });

  test('finds a success whose script never ran', () => {
    const { status, text } = tortured("'SECONDS=0'", "'exit 0'");
    expect(text).toContain('succeeded without its effect: it began 0 times');
    expect(status).toBe(1);
  });

  test('finds output that lost its last bytes', () => {
    const { status, text } = tortured(
      'exec tee -a "$1" <&5',
      '{ head -c 10; cat >/dev/null; } <&5 | tee -a "$1"; true',
    );
    expect(text).toContain('has another output than its script printed');
    expect(status).toBe(1);
  });
});
