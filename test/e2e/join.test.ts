import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { joined, KeptServer, runLoop, until } from './loop.ts';
import { makeDir, Program, packageDir } from './processes.ts';

/** The whole way over TLS, with the programs that people start: invited, joined, at work, copied, removed. */

let dir: ReturnType<typeof makeDir>;
let server: KeptServer;
const programs: Program[] = [];
beforeEach(() => {
  dir = makeDir();
  server = new KeptServer(join(dir.path, 'data'), {});
});
afterEach(async () => {
  for (const program of programs.splice(0)) await program.end('SIGKILL');
  await server.kill();
  dir.remove();
});

const agentProgram = (...args: string[]): Program => {
  const program = new Program([join(packageDir, 'agent/dist/nerdy-agent.cjs'), ...args]);
  programs.push(program);
  return program;
};
const at = (name: string): string => join(dir.path, name);
const invited = async (): Promise<string> => {
  const { token } = await server.call((client) => client.invite({ name: 'db1', labels: { role: 'db' } }));
  return token;
};
const stateOf = (state: string | null) =>
  until(server, async (client) => {
    const agent = (await client.agents()).find((a) => a.name === 'db1');
    return (agent?.identity?.state ?? null) === state ? true : null;
  });

it('a machine joins by its token, works over TLS, and its token is spent', async () => {
  const token = await invited();
  expect(await agentProgram('join', token, '--data', at('agent')).ended).toBe('0');
  expect(await agentProgram('join', token, '--data', at('other')).ended).toBe('3');
  agentProgram('run', '--data', at('agent'));
  await joined(server, 'db1');
  const effect = at('effect');
  expect(await runLoop(server, `mark the file ${effect} on role=db`)).toMatchObject({ state: 'done' });
});

it('a copied machine is found out, and both are cut off until somebody has looked', async () => {
  expect(await agentProgram('join', await invited(), '--data', at('agent')).ended).toBe('0');
  // As an image of its disk would have it.
  cpSync(at('agent'), at('copy'), { recursive: true });
  agentProgram('run', '--data', at('agent'));
  await joined(server, 'db1');
  const copy = agentProgram('run', '--data', at('copy'));
  await stateOf('suspended');
  await copy.end('SIGKILL');
  await server.call((client) => client.actOnAgent('db1', 'resume', {}));
  await joined(server, 'db1');
});
