import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { AgentParts } from '../../../agent/src/agent.ts';
import { makeScene } from '../start-agent.ts';

const isRoot = process.geteuid?.() === 0;
/** Every Linux has this user; nothing else runs as it here. */
const user = 'nobody';

/** An agent whose policy file says this beside where scripts of another user work. */
const withSettings = async (text: string, more: Partial<AgentParts> = {}) => {
  const scene = await makeScene();
  // Other users must get to the folder, as they do to the usual one.
  chmodSync(scene.dir, 0o711);
  const etc = join(scene.dir, 'etc');
  mkdirSync(etc, { mode: 0o755 });
  const path = join(etc, 'policy.yml');
  const folder = join(scene.dir, 'work of others');
  const write = (settings: string) =>
    writeFileSync(path, settings.replaceAll('FOLDER', folder), { mode: 0o644 });
  write(text);
  const place = { path, mustExist: true };
  const agent = await scene.agent({ policy: place, ...more });
  /** Runs a script and gives its output. */
  const says = async (script: string): Promise<string> => {
    const run = await scene.gateway.send1(script);
    await scene.gateway.finished(run);
    return scene.gateway.stdout(run) + scene.gateway.stderr(run);
  };
  return { ...scene, started: agent, place, folder, write, says };
};

/** Niceness adds up: whoever runs these tests may be nicer than usual, or less. */
const nicerBy = (more: number): number => Math.min(19, getPriority() + more);

const asOther = `runAs: ${user}\nruns: { folder: "FOLDER" }\n`;

describe('without settings, a script', () => {
  test('dumps no core, has bounded files, processes and file sizes, and gives way to others', async () => {
    const { says } = await withSettings('mode: approved');
    expect(await says('ulimit -c; ulimit -n; ulimit -u; ulimit -f; nice\n')).toBe(
      `0\n4096\n8192\n67108864\n${nicerBy(5)}\n`,
    );
  });

  test('and its own directory are for the agent’s user alone', async () => {
    const { says } = await withSettings('mode: approved');
    expect(await says('stat -c %a . ..\n')).toBe('700\n700\n');
  });
});

describe('the settings of a machine', () => {
  test('bound what a script may take, from the next order on', async () => {
    const scene = await withSettings('runs: { nice: 0, openFiles: 100, processes: none, fileMegabytes: 1 }');
    const asks = 'ulimit -n; nice; head -c 2000000 /dev/zero >big; echo $?\n';
    expect(await scene.says(asks)).toMatch(new RegExp(`^100\\n${nicerBy(0)}\\n153\\n`));
    scene.write('runs: { openFiles: 200, memoryMegabytes: 512 }');
    expect(await scene.says('ulimit -n; ulimit -v; nice\n')).toBe(`200\n524288\n${nicerBy(5)}\n`);
  });

  test('that can not be understood refuse every order', async () => {
    const { gateway, write } = await withSettings('mode: approved');
    write('runs: { nice: -5 }');
    expect((await gateway.refused(await gateway.send1('uptime\n'))).detail).toMatch(/nice.*from 0 to 19/);
  });

  test('that name a user who is not there refuse every order until there is one', async () => {
    const { gateway, says, write } = await withSettings('runAs: nobody-at-all');
    expect(gateway.hellos.at(-1)?.facts?.policy).toEqual({
      state: 'POLICY_STATE_BROKEN',
      binding: false,
      user: '',
    });
    const refused = await gateway.refused(await gateway.send1('uptime\n'));
    expect(refused).toMatchObject({ reason: 'REASON_POLICY' });
    expect(refused.detail).toMatch(/no user nobody-at-all|only an agent that runs as root/);
    write('mode: approved');
    expect(await says('echo x\n')).toBe('x\n');
  });
});

describe('a script of another user', () => {
  beforeEach((context) => {
    if (!isRoot) context.skip('only root can make another user of a script');
  });

  test('runs as that user, in a directory of its own, with that user’s environment', async () => {
    const { gateway, says, folder } = await withSettings(asOther);
    const asks = 'id -un; id -Gn; echo $USER $HOME; pwd; touch x && stat -c "%U %a" . x; echo $0\n';
    const [own, groups, environment, pwd = '', dir, file, name = ''] = (await says(asks)).split('\n');
    expect([own, groups]).toEqual([user, execFileSync('id', ['-Gn', user], { encoding: 'utf8' }).trim()]);
    expect(environment).toMatch(/^nobody \//);
    expect(pwd.startsWith(`${folder}/`)).toBe(true);
    expect([dir, file]).toEqual([`${user} 700`, `${user} 644`]);
    expect(name).toBe('../script');
    expect(gateway.hellos.at(-1)?.facts?.policy).toMatchObject({ binding: true, user });
  });

  test('can change neither its script, its claim, its end nor its output, nor reach the agent’s files', async () => {
    const { says, dataDir, place, gateway } = await withSettings(asOther);
    const run = await gateway.send1(`
      for path in "$0" "$(dirname "$0")" ${dataDir} ${dataDir}/identity.json ${dataDir}/spool ${place.path}; do
        [ -w "$path" ] && echo "may write $path"
      done
      mv "$0" x && echo "moved its script"
      ls "$(dirname "$0")" && echo "looked around"
      ls ${dataDir}/spool && echo "saw the spool"
      ls ${dataDir}/spool/runs/$NERDY_RUN && echo "saw its run"
      cat /proc/$PPID/environ && echo "saw its wrapper"
      kill -KILL $PPID && echo "killed its wrapper"
      for n in 3 4 5 6 7 8 9; do [ -e /proc/$$/fd/$n ] && echo "has $n"; done
      exit 9
    `);
    expect(await gateway.finished(run)).toMatchObject({ end: 'FINISHED_END_EXITED', exitCode: 9 });
    expect(gateway.stdout(run)).toBe('');
    expect(await says('grep NoNewPrivs /proc/$$/status\n')).toBe('NoNewPrivs:\t1\n');
  });

  test('opens its own output anew', async () => {
    const { gateway } = await withSettings(asOther);
    const run = await gateway.send1('sh -c "echo a >/dev/stdout; echo b >/dev/stderr"\n');
    await gateway.finished(run);
    expect([gateway.stdout(run), gateway.stderr(run)]).toEqual(['a\n', 'b\n']);
  });

  test('and what it left are stopped at their time, and cleaned up behind a link that leads out', async () => {
    const scene = await withSettings(asOther);
    const { gateway, folder, dir } = scene;
    const kept = join(dir, 'kept');
    mkdirSync(kept);
    chmodSync(kept, 0o777);
    writeFileSync(join(kept, 'file'), '');
    const text = `trap '' TERM; mkdir -p a/b; touch a/b/c; ln -s ${kept} a/out; chmod 0 a/b; echo here; sleep 1000\n`;
    const run = await gateway.send1(text, ({ limits }) => {
      Object.assign(limits, { timeoutMs: 500, killGraceMs: 100 });
    });
    expect(await gateway.finished(run)).toMatchObject({ end: 'FINISHED_END_TIMED_OUT' });
    const [part = ''] = readdirSync(folder);
    while (readdirSync(join(folder, part)).length > 0) await new Promise((resolve) => setImmediate(resolve));
    expect(existsSync(join(kept, 'file'))).toBe(true);
  });

  test('that a killed agent left behind is found again, and its directory goes when it is over', async () => {
    const scene = await withSettings(asOther);
    const { gateway, folder, dir, place, started } = scene;
    const go = join(dir, 'go');
    const run = await gateway.send1(
      `echo a; while [ ! -e ${go} ] && [ -d ${dir} ]; do sleep 0.02; done; id -un\n`,
    );
    await gateway.until(() => gateway.stdout(run) === 'a\n');
    await started.stop();
    mkdirSync(join(folder, readdirSync(folder)[0] ?? '', 'left'));
    mkdirSync(join(folder, readdirSync(folder)[0] ?? '', 'left', 'work'));
    await scene.agent({ policy: place });
    const places = () => readdirSync(join(folder, readdirSync(folder)[0] ?? ''));
    while (places().length > 1) await new Promise((resolve) => setImmediate(resolve));
    expect(places()).toEqual([run]);
    writeFileSync(go, '');
    expect(await gateway.finished(run)).toMatchObject({ exitCode: 0 });
    expect(gateway.stdout(run)).toBe(`a\n${user}\n`);
  });

  test('whom the signed order names runs; an order for anybody else is refused', async () => {
    const { gateway } = await withSettings(asOther);
    const named = (runAs: string) =>
      gateway.send1('id -un\n', (document) => Object.assign(document, { runAs }));
    const fits = await named(user);
    await gateway.finished(fits);
    expect(gateway.stdout(fits)).toBe(`${user}\n`);
    const other = await gateway.refused(await named('root'));
    expect(other).toMatchObject({ reason: 'REASON_DOCUMENT' });
    expect(other.detail).toBe(`it is to run as root, and this agent runs scripts as ${user}`);
  });

  test.each([
    ['may use sudo', `runAs: ${user}\nruns: { folder: "FOLDER", sudo: true }\n`, {}],
    ['could change a program of the agent', asOther, { programs: ['/tmp/nerdy-open/agent.cjs'] }],
  ])('and %s does not make the policy binding', async (_, text, more) => {
    mkdirSync('/tmp/nerdy-open', { recursive: true });
    chmodSync('/tmp/nerdy-open', 0o777);
    onTestFinished(() => void execFileSync('rm', ['-rf', '/tmp/nerdy-open']));
    const { gateway } = await withSettings(text, more);
    expect(gateway.hellos.at(-1)?.facts?.policy).toMatchObject({ binding: false, user });
  });

  test('gets no folder that others than root may change', async () => {
    const scene = await withSettings('mode: approved');
    mkdirSync(scene.folder);
    chmodSync(scene.folder, 0o777);
    scene.write(asOther);
    const { detail } = await scene.gateway.refused(await scene.gateway.send1('uptime\n'));
    expect(detail).toMatch(/may be changed by others than root/);
    expect(statSync(scene.folder).mode & 0o777).toBe(0o777);
  });

  test('gets no folder below one that others than root may change', async () => {
    const scene = await withSettings('mode: approved');
    const open = join(scene.dir, 'open');
    mkdirSync(open);
    chmodSync(open, 0o777);
    scene.write(asOther.replace('FOLDER', `${open}/work`));
    const { detail } = await scene.gateway.refused(await scene.gateway.send1('uptime\n'));
    expect(detail).toContain(`${open}, over the folder ${open}/work, may be changed by others than root`);
  });

  test('is named by --run-as where the file names nobody', async () => {
    const { says } = await withSettings('runs: { folder: "FOLDER" }', { runAs: user });
    expect(await says('id -un\n')).toBe(`${user}\n`);
  });
});
