import { X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { readIdentity } from '../../../agent/src/run/identity-file.ts';
import { makeTlsScene, type TlsScene } from '../tls-gateway.ts';

const second = 1000;
const day = 86_400 * second;
/** Most of it is over: it is to be renewed at once. */
const nearItsEnd = () => ({ from: Date.now() - 80 * second, until: Date.now() + 20 * second });
const fresh = () => ({ from: Date.now() - second, until: Date.now() + day });

const serialOf = ({ dataDir }: TlsScene): string =>
  new X509Certificate(readIdentity(dataDir)?.enrolment?.certificate ?? '').serialNumber;

const joined = async (life: () => { from: number; until: number }): Promise<TlsScene> => {
  const scene = await makeTlsScene();
  scene.life = life;
  expect(await scene.join()).toMatchObject({ exitCode: 0 });
  scene.life = fresh;
  // Frames that keep coming, so that a test that waits looks again.
  scene.gateway.heartbeatIntervalMs = 20;
  return scene;
};

afterEach(() => void vi.useRealTimers());

describe('a certificate', () => {
  test('is renewed while a script puts out; the stream goes on, and the next one shows the new certificate', async () => {
    const scene = await joined(nearItsEnd);
    const { gateway, dir } = scene;
    const first = serialOf(scene);
    // It fails for a while, until there is output.
    let run = '';
    const hasOutput = () => run !== '' && gateway.run(run).stdout.length > 0;
    scene.refuseRenew = () =>
      hasOutput() ? null : { code: status.UNAVAILABLE, details: 'the authority is busy' };
    const warned: object[] = [];
    const log = { info: () => {}, warn: (fields: object) => void warned.push(fields), error: () => {} };
    await scene.agent({ log });
    await gateway.until(() => warned.length > 0);
    expect(warned[0]).toMatchObject({ problem: 'the authority is busy' });
    run = await gateway.send1(
      `while [ ! -e ${dir}/go ] && [ -d ${dir} ]; do echo line; sleep 0.05; done; echo end\n`,
    );
    await gateway.until(() => serialOf(scene) !== first);
    await gateway.send1(`touch ${dir}/go\n`);
    await gateway.finished(run);
    expect(gateway.stdout(run)).toMatch(/^(line\n)+end\n$/);
    expect(gateway.hellos).toHaveLength(1);
    expect(scene.shown[0]).toEqual({ serial: first, what: 'hello' });
    gateway.cut();
    await gateway.until(() => gateway.hellos.length === 2);
    expect(scene.shown.at(-1)).toEqual({ serial: serialOf(scene), what: 'hello' });
    expect(scene.shown.filter(({ what }) => what === 'renew').at(-1)?.serial).toBe(first);
  });

  test('that was sent for another key is not taken', async () => {
    const scene = await joined(nearItsEnd);
    const first = serialOf(scene);
    const problems: string[] = [];
    scene.onRenewed = (reply) => Object.assign(reply, { certificate: scene.authority.certificate });
    const warn = (fields: object) => void problems.push((fields as { problem: string }).problem);
    await scene.agent({ log: { info: () => {}, warn, error: () => {} } });
    await scene.gateway.until(() => problems.length > 0);
    expect(problems[0]).toContain('another key');
    expect(serialOf(scene)).toBe(first);
  });

  test('is renewed by the server’s clock, whatever the machine’s own says', async () => {
    const scene = await joined(fresh);
    const { gateway } = scene;
    const startedAt = Date.now();
    const began = performance.now();
    gateway.now = () => startedAt + (performance.now() - began);
    vi.useFakeTimers({ toFake: ['Date'], now: startedAt + 3650 * day });
    await scene.agent();
    await gateway.until(() => gateway.heartbeats.length > 5);
    vi.setSystemTime(startedAt - 3650 * day);
    gateway.cut();
    await gateway.until(() => gateway.hellos.length === 2);
    await gateway.until(() => gateway.heartbeats.length > 10);
    expect(scene.shown.map(({ what }) => what)).toEqual(['hello', 'hello']);
    // Now it is the server that says how late it is.
    gateway.now = () => startedAt + 0.8 * day;
    gateway.cut();
    await gateway.until(() => scene.shown.some(({ what }) => what === 'renew'));
  });

  test('is not touched by an agent of the local socket', async () => {
    const scene = await joined(fresh);
    expect(existsSync(join(scene.dataDir, 'identity.json'))).toBe(true);
    await expect(scene.agent({ address: { socket: scene.gateway.socket } }, false)).rejects.toThrow(
      'joined a server over the network',
    );
  });
});
