import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tokenFileName } from '../../src/system/data-files.ts';
import { FakeDrafter, FakeInterpreter } from '../flow/fake-mind.ts';
import { joined } from '../flow/rig.ts';
import { makeHttpRig, token } from '../http/http-rig.ts';

const bin = fileURLToPath(new URL('../../bin/nerdy.js', import.meta.url));

export interface Ended {
  code: number | null;
  out: string;
  err: string;
}

/** Makes the process believe that a person sits at it: a pipe can't be one, and a terminal can't be had everywhere. */
const terminal = 'data:text/javascript,process.stdin.isTTY=process.stdout.isTTY=true';

/** `nerdy` as a process of its own, with nothing of this process' environment but the way to programs. */
export const nerdy = (
  args: readonly string[],
  options: { env?: Record<string, string>; input?: string; isTerminal?: boolean; cwd?: string } = {},
): Promise<Ended> => {
  const preload = options.isTerminal ? ['--import', terminal] : [];
  const child = spawn(process.execPath, [...preload, bin, ...args], {
    env: { PATH: process.env.PATH, HOME: '/nonexistent', ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  const ended: Ended = { code: null, out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    ended.out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    ended.err += text;
  });
  child.stdin.on('error', () => {});
  child.stdin.end(options.input ?? '');
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ ...ended, code }));
  });
};

export type CliRig = Awaited<ReturnType<typeof makeCliRig>>;

/** A server in this process with one machine, and `nerdy` pointed at it. */
export const makeCliRig = async () => {
  const rig = await makeHttpRig();
  writeFileSync(join(rig.dataDir, tokenFileName), token);
  const env = { NERDY_DATA_DIR: rig.dataDir, NERDY_HTTP_PORT: new URL(rig.url).port };
  const drafter = new FakeDrafter();
  const interpreter = new FakeInterpreter();
  await joined(rig, 'db1');
  await rig.drafting(drafter);
  await rig.answering(interpreter);
  return {
    ...rig,
    ...{ drafter, interpreter, env },
    nerdy: (args: readonly string[], options: Parameters<typeof nerdy>[1] = {}): Promise<Ended> =>
      nerdy(args, { ...options, env: { ...env, ...options.env } }),
  };
};
