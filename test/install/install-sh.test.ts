import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { type InstallServer, startInstallServer } from './https-server.ts';
import { Machine } from './machine.ts';

const token = 'nerdy-join_WzEsImRi-0_';
const lib = 'usr/local/lib/nerdyops';
const installed = [
  'etc/nerdyops/agent-policy.yml',
  'etc/systemd/system/nerdy-agent.service',
  'usr/local/bin/nerdy-agent',
  `${lib}/install.sh`,
  `${lib}/made-user`,
  `${lib}/nerdy-agent.cjs`,
  `${lib}/policy-as-installed`,
  `${lib}/run-user`,
  'var/lib/nerdyops-agent/identity.json',
];

// The shell of this machine by itself; the slower suite (system/vitest.config.ts) names several.
describe.each(inject('shells') ?? ['sh'])('install.sh under %s', (shell) => {
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

  /** The machine is as it was before anybody came. */
  const expectUntouched = () => {
    expect(machine.files()).toEqual([]);
    expect(machine.directories()).toEqual([]);
    expect(machine.has('user.nerdyops-run')).toBe(false);
  };

  describe('the printed line', () => {
    it('puts the agent there, joins and starts it, and says how to look and how to undo it', async () => {
      const { code, stdout, stderr } = await machine.paste(server, token, '--name', 'db1');
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toBe(
        `Joined the server.\nThe NerdyOps agent is installed: \`${machine.at('usr/local/bin/nerdy-agent')} status\` shows how it is, and ` +
          `\`sh ${machine.at(lib)}/install.sh --uninstall --prefix ${machine.prefix}\` takes it away again.\n`,
      );
      expect(machine.files()).toEqual(installed);
      expect(machine.calls()).toEqual([
        expect.stringMatching(
          /^useradd --system --user-group --no-create-home --home-dir \/nonexistent --shell \S+\/nologin nerdyops-run$/,
        ),
        `agent join ${token} --data ${machine.at('var/lib/nerdyops-agent')} --name db1`,
        'systemctl daemon-reload',
        'systemctl enable --quiet nerdy-agent.service',
        'systemctl restart nerdy-agent.service',
        'systemctl is-active --quiet nerdy-agent.service',
      ]);
    });

    it('tells what it takes, and does nothing', async () => {
      const { code, stdout, stderr } = await machine.paste(server, token, '--help');
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      for (const option of [
        '<token>',
        '--name',
        '--user',
        '--again',
        '--no-service',
        '--upgrade',
        '--prefix',
      ])
        expect(stdout).toContain(option);
      expectUntouched();
    });

    it('gives each file what it needs and no more', async () => {
      await machine.paste(server, token);
      expect(machine.mode('var/lib/nerdyops-agent')).toBe('700');
      expect(machine.mode('etc/nerdyops/agent-policy.yml')).toBe('644');
      expect(machine.mode('usr/local/bin/nerdy-agent')).toBe('755');
      expect(machine.mode(`${lib}/nerdy-agent.cjs`)).toBe('755');
      expect(machine.mode(lib)).toBe('755');
      expect(machine.read('etc/nerdyops/agent-policy.yml')).toMatch(/^mode: approved\nrunAs: nerdyops-run$/m);
      expect(machine.read('etc/systemd/system/nerdy-agent.service')).toContain(
        `ExecStart=${machine.at('usr/local/bin/nerdy-agent')} run --data ${machine.at('var/lib/nerdyops-agent')}\n`,
      );
    });

    it('leaves a command that starts the agent, wherever Node is', async () => {
      await machine.paste(server, token);
      machine.calls();
      const { code } = await machine.run(
        `PATH=/usr/bin:/bin ${machine.at('usr/local/bin/nerdy-agent')} status 'a b'`,
      );
      expect(code).toBe(0);
      expect(machine.calls()).toEqual(['agent status a b']);
    });

    it('a second time is an upgrade: another program, the same machine', async () => {
      await machine.paste(server, token);
      machine.calls();
      writeFileSync(machine.at('etc/nerdyops/agent-policy.yml'), 'mode: read-only\n');
      const before = statSync(machine.at('var/lib/nerdyops-agent/identity.json'));
      server.build('2.0.0');
      const { code, stdout } = await machine.paste(server, 'nerdy-join_another');
      expect(code).toBe(0);
      expect(stdout).toContain('it stays who it is, and the token was not used');
      expect(stdout).toContain('agent is upgraded');
      expect(machine.read(`${lib}/nerdy-agent.cjs`)).toContain('2.0.0');
      expect(machine.read('etc/nerdyops/agent-policy.yml')).toBe('mode: read-only\n');
      expect(statSync(machine.at('var/lib/nerdyops-agent/identity.json')).ino).toBe(before.ino);
      expect(machine.files()).toEqual(installed);
      // Restarted, not stopped and started: what runs goes on under KillMode=process.
      expect(machine.calls()).toEqual([
        'systemctl daemon-reload',
        'systemctl enable --quiet nerdy-agent.service',
        'systemctl restart nerdy-agent.service',
        'systemctl is-active --quiet nerdy-agent.service',
      ]);
    });

    it('starts nothing where it is told not to', async () => {
      rmSync(machine.at('run'), { recursive: true });
      const { code, stdout } = await machine.paste(server, token, '--no-service', '--user', 'deploy');
      expect(code).toBe(0);
      expect(stdout).toContain(`${machine.at('usr/local/bin/nerdy-agent')} run --data`);
      expect(machine.calls().filter((call) => call.startsWith('systemctl'))).toEqual([]);
      expect(machine.read('etc/nerdyops/agent-policy.yml')).toContain('runAs: deploy\n');
    });

    it('makes no user that is there', async () => {
      machine.set('user.deploy');
      await machine.paste(server, token, '--user', 'deploy');
      expect(machine.calls().filter((call) => call.startsWith('user'))).toEqual([]);
      await machine.kept('--uninstall');
      expect(machine.has('user.deploy')).toBe(true);
    });
  });

  describe('what is not as it was promised is not installed', () => {
    const other = (bytes: Buffer) => Buffer.concat([bytes, Buffer.from('\n// one more line\n')]);

    it('a bundle with another digest', async () => {
      server.tamper.set('/agent/nerdy-agent.cjs', other);
      const { code, stderr } = await machine.paste(server, token);
      expect(code).toBe(1);
      expect(stderr).toContain('/agent/nerdy-agent.cjs is not what this script expects (SHA-256');
      expect(stderr).toContain('Nothing was changed on this machine');
      expect(machine.calls()).toEqual([]);
      expectUntouched();
    });

    it('in an upgrade neither: the old one stays', async () => {
      await machine.paste(server, token);
      server.build('2.0.0');
      server.tamper.set('/agent/nerdy-agent.cjs', other);
      machine.calls();
      expect((await machine.paste(server, token)).code).toBe(1);
      expect(machine.read(`${lib}/nerdy-agent.cjs`)).toContain('1.0.0');
      expect(machine.files()).toEqual(installed);
      expect(machine.calls()).toEqual([]);
    });

    it('a server with another key is not listened to', async () => {
      const wrong = `${'A'.repeat(43)}=`;
      const stranger = await machine.paste({ ...server, pin: wrong }, token);
      expect(stranger.stderr).toMatch(/curl: \(90\)/);
      server.tamper.set('/install.sh', (bytes) =>
        Buffer.from(bytes.toString().replaceAll(server.pin, wrong)),
      );
      const moved = await machine.paste(server, token);
      expect(moved.code).toBe(1);
      expect(moved.stderr).toContain('has another key than the line says');
      expectUntouched();
    });

    it('a bundle that does not start', async () => {
      writeFileSync(join(server.packageDir, 'agent/dist/nerdy-agent.cjs'), 'throw new Error("broken")');
      const { stderr } = await machine.paste(server, token);
      expect(stderr).toContain('does not start with the Node at');
      expectUntouched();
    });
  });

  it('a download that was cut anywhere runs nothing', async () => {
    const response = await machine.run(`curl -fsSk https://${server.address}/install.sh`);
    const whole = response.stdout;
    const last = whole.lastIndexOf('{ nerdyops_main');
    const cuts = Array.from({ length: 40 }, (_, i) => Math.floor((whole.length * i) / 40));
    // The last line, at every character up to the brace that closes it.
    for (let at = last; at < whole.lastIndexOf('}'); at += 1) cuts.push(at);
    for (const cut of cuts) {
      const { stdout } = await machine.run(
        `sudo sh -s -- ${token} --prefix ${machine.prefix}`,
        whole.slice(0, cut),
      );
      expect(stdout, `cut after ${cut}`).toBe('');
    }
    expect(machine.calls()).toEqual([]);
    expectUntouched();
  });

  describe('a step that fails takes back those before it', () => {
    it('a token that the server does not take', async () => {
      const { code, stderr } = await machine.paste(server, 'nerdy-join_spent');
      expect(code).toBe(1);
      expect(stderr).toBe(
        'This token was used before.\n' +
          'nerdyops: This machine has not joined; the reason stands above.\n' +
          'nerdyops: Nothing was changed on this machine; what had been done was taken back.\n',
      );
      expect(machine.calls().slice(-1)).toEqual(['userdel nerdyops-run']);
      expectUntouched();
    });

    it.each(['fails', 'dies'])('a service that %s: the machine leaves again', async (how) => {
      machine.set(how);
      const { code, stderr } = await machine.paste(server, token);
      expect(code).toBe(1);
      expect(stderr).toContain(how === 'fails' ? 'The service could not be started' : 'ended at once');
      expect(machine.calls()).toContain(`agent leave --force --data ${machine.at('var/lib/nerdyops-agent')}`);
      expectUntouched();
    });

    it('an upgrade whose service fails: the old program is back, and started', async () => {
      await machine.paste(server, token);
      server.build('2.0.0');
      machine.set('dies');
      machine.calls();
      expect((await machine.paste(server, token)).code).toBe(1);
      expect(machine.read(`${lib}/nerdy-agent.cjs`)).toContain('1.0.0');
      expect(machine.files()).toEqual(installed);
      expect(machine.calls().filter((call) => call.includes(' restart '))).toHaveLength(2);
    });

    it('what a killed run left behind is swept by the next', async () => {
      await machine.run(`mkdir -p ${machine.at('usr/local/lib/.nerdyops.abc123/x')}`);
      await machine.paste(server, token);
      expect(machine.directories()).toEqual(['etc/nerdyops', lib, 'var/lib/nerdyops-agent']);
    });
  });

  describe('says in a sentence what is missing', () => {
    const only = async (...args: string[]) => {
      const script = join(dir, 'install.sh');
      writeFileSync(script, (await machine.run(`curl -fsSk https://${server.address}/install.sh`)).stdout);
      return machine.run(`sudo sh ${script} ${args.join(' ')}`);
    };

    it('a curl that knows no pins', async () => {
      machine.program('curl', 'echo "curl: option --pinnedpubkey: is unknown" >&2; exit 2');
      server.tamper.set('/install.sh', (bytes) => bytes);
      const script = readFileSync(join(server.packageDir, 'install/install.sh'), 'utf8');
      writeFileSync(join(dir, 'install.sh'), script);
      const { stderr } = await machine.run(
        `sudo sh ${join(dir, 'install.sh')} ${token} --prefix ${machine.prefix}`,
      );
      expect(stderr).toContain('Install curl 7.44 or newer');
    });

    it('a Node that is too old, where no program of its own is served', async () => {
      machine.program('node', 'echo 20.18.3');
      const { stderr } = await machine.paste(server, token);
      expect(stderr).toContain('The agent needs Node 20.19 or newer');
      expectUntouched();
    });

    it('root', async () => {
      machine.program('id', 'echo 1000');
      expect((await only(token)).stderr).toContain('This needs root');
    });

    it('systemd', async () => {
      rmSync(machine.at('run'), { recursive: true });
      expect((await machine.paste(server, token)).stderr).toContain('--no-service');
      expectUntouched();
    });

    it('a token, or one that was damaged', async () => {
      expect((await only('--prefix', machine.prefix)).stderr).toContain('A token is needed');
      expect((await only("'nerdy-join_a b'", '--prefix', machine.prefix)).stderr).toContain('was damaged');
      expect((await only('--frobnicate')).stderr).toContain('neither an option nor a token');
      expect((await only('--name')).stderr).toContain('--name needs a value');
      expect((await only(token, '--user', "'root;reboot'")).stderr).toContain("no user's name");
      expectUntouched();
    });

    it('a system that it is not for', async () => {
      machine.program('uname', 'echo FreeBSD');
      expect((await machine.paste(server, token)).stderr).toContain('this is FreeBSD');
    });
  });

  it('without a Node, the program that brings its own is taken', async () => {
    machine.program('node', 'echo 18.0.0');
    server.buildProgram();
    const { code, stderr } = await machine.paste(server, token);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const program = `${lib}/nerdy-agent-linux-${process.arch}`;
    expect(machine.files()).toContain(program);
    expect(machine.files()).not.toContain(`${lib}/nerdy-agent.cjs`);
    machine.program('node', `exec '${process.execPath}' "$@"`);
    await machine.paste(server, token);
    expect(machine.files(), 'with a Node, the next upgrade is the small one').toEqual(installed);
  });

  describe('what an installation left behind', () => {
    it('upgrades by fetching the script anew', async () => {
      await machine.paste(server, token);
      server.build('2.0.0');
      const { code, stderr } = await machine.kept('--upgrade');
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(machine.read(`${lib}/nerdy-agent.cjs`)).toContain('2.0.0');
    });

    it('takes everything away, and leaves first', async () => {
      await machine.paste(server, token);
      machine.calls();
      const { code, stdout } = await machine.kept('--uninstall');
      expect(code).toBe(0);
      expect(stdout).toBe('Now remove it from the server.\nThe NerdyOps agent is gone from this machine.\n');
      expect(machine.calls()).toEqual([
        'systemctl disable --quiet --now nerdy-agent.service',
        `agent leave --data ${machine.at('var/lib/nerdyops-agent')}`,
        'systemctl daemon-reload',
        'userdel nerdyops-run',
      ]);
      expectUntouched();
    });

    it("keeps a policy that is the machine's own, and says so", async () => {
      await machine.paste(server, token);
      writeFileSync(machine.at('etc/nerdyops/agent-policy.yml'), 'mode: read-only\n');
      const { stdout } = await machine.kept('--uninstall');
      expect(stdout).toContain('agent-policy.yml was left where it is');
      expect(machine.files()).toEqual(['etc/nerdyops/agent-policy.yml']);
    });

    it('goes although the agent is broken', async () => {
      await machine.paste(server, token);
      writeFileSync(machine.at(`${lib}/nerdy-agent.cjs`), 'process.exit(1)');
      expect((await machine.kept('--uninstall')).code).toBe(0);
      expectUntouched();
    });

    it('stays while a script runs, and goes on, unless it is forced', async () => {
      await machine.paste(server, token);
      writeFileSync(machine.at('var/lib/nerdyops-agent/busy'), '');
      machine.calls();
      const { code, stderr } = await machine.kept('--uninstall');
      expect(code).toBe(1);
      expect(stderr).toContain('One run is unfinished.\nnerdyops: Nothing was taken away');
      expect(machine.files()).toHaveLength(installed.length + 1);
      expect(machine.calls()).toContain('systemctl restart nerdy-agent.service');
      expect((await machine.kept('--uninstall', '--force')).code).toBe(0);
      expectUntouched();
    });

    it('says that there is nothing where there is nothing', async () => {
      const { stdout } = await machine.run(`curl -fsSk https://${server.address}/install.sh`);
      const { code, stderr } = await machine.run(
        `sudo sh -s -- --uninstall --prefix ${machine.prefix}`,
        stdout,
      );
      expect(code).toBe(1);
      expect(stderr).toBe('nerdyops: There is no NerdyOps agent on this machine.\n');
    });
  });
});

declare module 'vitest' {
  interface ProvidedContext {
    shells?: string[];
  }
}
