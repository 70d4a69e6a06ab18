import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { type InstallServer, startInstallServer } from './https-server.ts';
import { Machine } from './machine.ts';

const token = 'nerdy-join_WzEsImRi-0_';

describe.each(inject('shells') ?? ['sh'])('a machine that is installed again, under %s,', (shell) => {
  let dir: string;
  let server: InstallServer;
  let machine: Machine;

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'nerdy-install-'));
    server = await startInstallServer(join(dir, 'package'));
    machine = new Machine(join(dir, 'machine'), shell);
  });
  afterEach(async () => {
    await server.close();
    rmSync(dir, { recursive: true, force: true });
  });

  it('joins anew where it is told to, with its agent out of the way', async () => {
    await machine.paste(server, token);
    machine.calls();
    expect((await machine.paste(server, 'nerdy-join_another', '--again')).code).toBe(0);
    expect(machine.calls().slice(0, 2)).toEqual([
      'systemctl stop nerdy-agent.service',
      `agent join nerdy-join_another --again --data ${machine.at('var/lib/nerdyops-agent')}`,
    ]);
    const refused = await machine.paste(server, 'nerdy-join_spent', '--again');
    expect(refused.stderr).toContain('This machine has not joined');
    expect(machine.calls().at(-1)).toBe('systemctl restart nerdy-agent.service');
  });

  it('has joined anew, and its service fails, says that this stays', async () => {
    await machine.paste(server, token);
    machine.set('dies');
    const { code, stderr } = await machine.paste(server, 'nerdy-join_another', '--again');
    expect(code).toBe(1);
    expect(stderr).toContain(
      'This machine has joined anew, and stays who it is by now; the rest was taken back.',
    );
    expect(stderr).not.toContain('Nothing was changed');
    expect(machine.read('usr/local/lib/nerdyops/nerdy-agent.cjs')).toContain('1.0.0');
  });

  it('for the first time in truth, has its joining taken back when its service fails', async () => {
    machine.set('dies');
    const { stderr } = await machine.paste(server, token, '--again');
    expect(stderr).toContain('Nothing was changed');
    expect(machine.calls().some((call) => call.startsWith('agent leave --force'))).toBe(true);
    expect(machine.files()).toEqual([]);
    expect(machine.directories()).toEqual([]);
  });

  it('keeps the user that was named, and makes no other one', async () => {
    machine.set('user.deploy');
    await machine.paste(server, token, '--user', 'deploy');
    expect((await machine.kept('--upgrade')).stderr).toBe('');
    await machine.paste(server, 'nerdy-join_another');
    expect(machine.calls().filter((call) => call.startsWith('user'))).toEqual([]);
    expect(machine.read('usr/local/lib/nerdyops/run-user')).toBe('deploy\n');
  });
});
