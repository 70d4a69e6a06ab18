import { chmodSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { PartName } from '../../agent/src/agent.ts';
import { makeScene, type Scene } from './start-agent.ts';

/** An agent with a policy file; `gateway` stands for a server that signs and sends whatever it likes. */
const withPolicy = async (text: string | null) => {
  const scene = await makeScene();
  const folder = join(scene.dir, 'etc');
  mkdirSync(folder, { mode: 0o755 });
  const path = join(folder, 'policy.yml');
  const write = (policy: string) => writeFileSync(path, policy, { mode: 0o644 });
  if (text !== null) write(text);
  return { ...scene, folder, path, write, place: { path, mustExist: true } };
};

/** A script that leaves a mark, and whether it has. */
const marking = ({ dir }: Scene) => {
  const mark = join(dir, 'mark');
  return { script: `touch ${mark}\n`, hasRun: () => existsSync(mark) };
};

const noTouch = 'rules: [{ deny: no marks, reason: this machine is kept clean, commands: [touch] }]';

describe('a script that the server sends, signed and approved', () => {
  test('is refused by the rule of the machine that forbids it, and nothing runs or is stored', async () => {
    const scene = await withPolicy(noTouch);
    const { gateway, agent, place, dataDir } = scene;
    const { script, hasRun } = marking(scene);
    await agent({ policy: place });
    const run = await gateway.send1(script);
    expect(await gateway.refused(run)).toMatchObject({
      reason: 'REASON_POLICY',
      detail: 'rule "no marks": this machine is kept clean',
    });
    expect(await gateway.finished(await gateway.send1('echo x\n'))).toMatchObject({ exitCode: 0 });
    expect(hasRun()).toBe(false);
    expect(existsSync(join(dataDir, 'spool', 'runs', run))).toBe(false);
  });

  test('runs in read-only mode when it reads, and not when it does more', async () => {
    const scene = await withPolicy('mode: read-only');
    const { gateway, agent, place } = scene;
    const { script, hasRun } = marking(scene);
    await agent({ policy: place });
    expect(gateway.hellos.at(-1)?.facts?.policy).toMatchObject({
      state: 'POLICY_STATE_READ_ONLY',
      binding: false,
    });
    expect((await gateway.refused(await gateway.send1(script))).detail).toMatch(/only scripts that read/);
    expect(await gateway.finished(await gateway.send1('df -h | head -n 3\n'))).toMatchObject({ exitCode: 0 });
    expect(hasRun()).toBe(false);
  });

  test('needs as many people in the signed document as the machine wants', async () => {
    const scene = await withPolicy('rules: [{ require: two, reason: two people here, approvers: 2 }]');
    const { gateway, agent, place } = scene;
    await agent({ policy: place });
    expect((await gateway.refused(await gateway.send1('uptime\n'))).detail).toBe(
      'rule "two": two people here',
    );
    const run = await gateway.send1('uptime\n', (document) => {
      document.decisions.push({ by: 'test:bob', at: Date.now(), rule: 'r' });
    });
    expect(await gateway.finished(run)).toMatchObject({ exitCode: 0 });
  });
});

describe('a policy file that', () => {
  test('changes counts from the next order on', async () => {
    const scene = await withPolicy('mode: approved');
    const { gateway, agent, place, write } = scene;
    await agent({ policy: place });
    expect(await gateway.finished(await gateway.send1('touch here\n'))).toMatchObject({ exitCode: 0 });
    write(noTouch);
    expect(await gateway.refused(await gateway.send1('touch here\n'))).toMatchObject({
      reason: 'REASON_POLICY',
    });
    write('mode: approved');
    expect(await gateway.finished(await gateway.send1('touch here\n'))).toMatchObject({ exitCode: 0 });
  });

  test('becomes stricter between accepting and starting keeps the script from starting', async () => {
    const scene = await withPolicy('mode: approved');
    const { gateway, agent, place, write } = scene;
    const { script, hasRun } = marking(scene);
    const neverLaunches = <T extends object>(name: PartName, part: T): T =>
      name !== 'executor'
        ? part
        : new Proxy(part, {
            get(target, key) {
              const value = key === 'launch' ? () => {} : Reflect.get(target, key, target);
              return typeof value === 'function' ? value.bind(target) : value;
            },
          });
    const first = await agent({ policy: place, decorate: neverLaunches });
    const run = await gateway.send1(script);
    await gateway.until(() => gateway.run(run).accepted > 0);
    await first.stop();
    write(noTouch);
    await agent({ policy: place });
    expect(await gateway.finished(run)).toMatchObject({
      end: 'FINISHED_END_UNSTARTED',
      reason: 'REASON_POLICY',
      detail: 'rule "no marks": this machine is kept clean',
    });
    expect(hasRun()).toBe(false);
  });

  const broken: [string, (scene: Awaited<ReturnType<typeof withPolicy>>) => void, RegExp][] = [
    ['others may write', ({ path }) => chmodSync(path, 0o646), /may be written by others/],
    ['its group may write', ({ path }) => chmodSync(path, 0o664), /may be written by others/],
    [
      'lies where others may write',
      ({ folder }) => chmodSync(folder, 0o777),
      /its folder .* written by others/,
    ],
    [
      'lies below a folder where others may write',
      ({ folder }) => chmodSync(dirname(folder), 0o777),
      /its folder .* written by others/,
    ],
    ['is a link', ({ path, dir }) => linkTo(path, join(dir, 'real')), /it is a link/],
    ['is a folder', ({ path }) => folderAt(path), /it is no file/],
    ['is not there', ({ path }) => rmSync(path), /it is not there/],
    ['is not YAML', ({ write }) => write('rules: ['), /not YAML/],
    ['has an unknown word', ({ write }) => write('mod: approved'), /"mod", which is not one of/],
    ['is not text', ({ path }) => writeFileSync(path, Buffer.from([0xff, 0xfe])), /can't be read/],
    ['is far too long', ({ write }) => write(`# ${'x'.repeat(70_000)}\nmode: approved\n`), /longer than/],
  ];
  const folderAt = (path: string) => {
    rmSync(path);
    mkdirSync(path);
  };
  const linkTo = (path: string, real: string) => {
    rmSync(path);
    writeFileSync(real, 'mode: approved', { mode: 0o644 });
    symlinkSync(real, path);
  };

  test.each(broken)('%s refuses everything until it is mended', async (_, spoil, problem) => {
    const scene = await withPolicy('mode: approved');
    const { gateway, agent, place, folder, path, write } = scene;
    spoil(scene);
    await agent({ policy: place });
    expect(gateway.hellos.at(-1)?.facts?.policy?.state).toBe('POLICY_STATE_BROKEN');
    const refused = await gateway.refused(await gateway.send1('uptime\n'));
    expect(refused).toMatchObject({ reason: 'REASON_POLICY' });
    expect(refused.detail).toMatch(problem);
    for (const mended of [folder, dirname(folder)]) chmodSync(mended, 0o755);
    rmSync(path, { recursive: true, force: true });
    write('mode: approved');
    expect(await gateway.finished(await gateway.send1('uptime\n'))).toMatchObject({ exitCode: 0 });
  });

  test('nobody named and that is not there is no policy', async () => {
    const { gateway, agent, path } = await withPolicy(null);
    await agent({ policy: { path, mustExist: false } });
    expect(gateway.hellos.at(-1)?.facts?.policy).toMatchObject({
      state: 'POLICY_STATE_NONE',
      binding: false,
    });
    expect(await gateway.finished(await gateway.send1('touch here\n'))).toMatchObject({ exitCode: 0 });
  });
});
