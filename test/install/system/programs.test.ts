import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { buildAgentSea } from '../../../scripts/build-agent-sea.js';

/**
 * What needs programs that `npm test` does not ask for: shellcheck, systemd's own reader of units, and the program with a
 * Node in it, which takes a hundred megabytes of disk.
 */
const root = fileURLToPath(new URL('../../..', import.meta.url));
const dir = mkdtempSync(join(tmpdir(), 'nerdy-system-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const run = (command: string, ...args: string[]) => {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', cwd: root });
  if (error) throw error;
  return { status, said: `${stdout}${stderr}` };
};

it('the wrapper has nothing that shellcheck would say, but for what it does knowingly', () => {
  // SC2206: fields of /proc/<pid>/stat are split on purpose, and are numbers. SC2178 and SC2128: a name becomes a text after it was a list.
  // SC1007: `pid= code=` empties several names in a row. SC2034: `read` takes words that only some runs need.
  const knowingly = '--exclude=SC2206,SC2178,SC2128,SC1007,SC2034';
  const file = 'agent/src/run/wrapper.sh';
  expect(run('shellcheck', '--shell=bash', '--severity=warning', knowingly, file)).toEqual({
    status: 0,
    said: '',
  });
});

it('install.sh has nothing at all that shellcheck would say', () => {
  expect(run('shellcheck', 'install/install.sh')).toEqual({ status: 0, said: '' });
});

it("the unit passes systemd's own reader, with nothing to remark", () => {
  // In a root of its own, where the agent is: the reader looks for what a unit starts.
  const units = join(dir, 'etc/systemd/system');
  mkdirSync(units, { recursive: true });
  cpSync(join(root, 'install/nerdy-agent.service'), join(units, 'nerdy-agent.service'));
  mkdirSync(join(dir, 'usr/local/bin'), { recursive: true });
  writeFileSync(join(dir, 'usr/local/bin/nerdy-agent'), '#!/bin/sh\n');
  chmodSync(join(dir, 'usr/local/bin/nerdy-agent'), 0o755);
  for (const target of ['multi-user', 'sysinit', 'basic', 'shutdown', 'network'])
    writeFileSync(join(units, `${target}.target`), '[Unit]\nDescription=of the test\n');
  expect(run('systemd-analyze', `--root=${dir}`, 'verify', 'nerdy-agent.service')).toEqual({
    status: 0,
    said: '',
  });
});

describe('the program with a Node in it', () => {
  it('starts where there is no Node, and is the agent of this version', async () => {
    const { to } = await buildAgentSea();
    const bare = spawnSync(to, ['--version'], { encoding: 'utf8', env: { PATH: '/nowhere' } });
    const { version } = JSON.parse(readFileSync(join(root, 'agent/package.json'), 'utf8'));
    expect(bare.stdout).toBe(`nerdy-agent ${version} (Node ${process.versions.node})\n`);
    expect(statSync(to).size).toBeLessThan(150_000_000);
    const status = spawnSync(to, ['status', '--data', join(dir, 'none')], { encoding: 'utf8', env: {} });
    expect(status.status, status.stderr).toBe(5);
  });
});
