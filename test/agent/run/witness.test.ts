import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { WireAuditHead } from '../../../proto/agent-stream.ts';
import { encodeAuditHead } from '../../../src/core/audit-head.ts';
import { decodeWitness } from '../../../src/core/audit-witness.ts';
import { keyIdOf } from '../../../src/core/order.ts';
import { Purpose, signAs } from '../../../src/core/signature.ts';
import { makeScene, type Scene } from '../start-agent.ts';

/** A head that the gateway of the scene signs. */
const headBy = ({ gateway }: Scene, seq: number, letter = 'a', server = 'server-1'): WireAuditHead => {
  const keyId = keyIdOf(gateway.keys.publicKey);
  const hash = letter.repeat(64);
  const bytes = encodeAuditHead({ server, seq, hash, at: seq, keyId });
  const signature = signAs(Purpose.auditHead, bytes, gateway.keys.privateKey);
  return { serverId: server, seq, hash: Buffer.from(hash, 'hex'), at: seq, keyId, signature };
};

/** Resolves when what was sent before has been taken in: the agent's answer to an order comes after it. */
const takenIn = async ({ gateway }: Scene): Promise<void> => {
  await gateway.finished(await gateway.send1('true\n'));
};

const kept = ({ dataDir }: Scene) => {
  const file = join(dataDir, 'witness.json');
  return existsSync(file) ? decodeWitness(readFileSync(file, 'utf8')) : null;
};

describe('the witness of the audit log', () => {
  test('is the latest head, on disk for the owner alone, and in the next hello', async () => {
    const scene = await makeScene();
    const first = await scene.agent();
    expect(scene.gateway.hellos[0]?.witness).toBeNull();
    scene.gateway.send({ auditHead: headBy(scene, 3) }, { auditHead: headBy(scene, 5) });
    await takenIn(scene);
    expect(kept(scene)?.latest.seq).toBe(5);
    expect(statSync(join(scene.dataDir, 'witness.json')).mode & 0o777).toBe(0o600);
    await first.stop();
    await scene.agent();
    expect(scene.gateway.hellos.at(-1)?.witness).toMatchObject({ seq: 5, serverId: 'server-1' });
  });

  test.each([
    ['goes back', 4, 'a'],
    ['holds another entry', 5, 'b'],
  ])('keeps both heads and tells the gateway once when the log %s', async (_, seq, letter) => {
    const scene = await makeScene();
    const errors: string[] = [];
    const log = {
      info: () => {},
      warn: () => {},
      error: (_: object, words: string) => void errors.push(words),
    };
    await scene.agent({ log });
    scene.gateway.send({ auditHead: headBy(scene, 5) });
    for (let i = 0; i < 2; i++) scene.gateway.send({ auditHead: headBy(scene, seq, letter) });
    await scene.gateway.until(() => scene.gateway.conflicts.length > 0);
    await takenIn(scene);
    expect(scene.gateway.conflicts).toHaveLength(1);
    expect(scene.gateway.conflicts[0]).toMatchObject({ kept: { seq: 5 }, shown: { seq } });
    expect(kept(scene)).toMatchObject({
      latest: { seq: 5 },
      conflicts: [{ kept: { seq: 5 }, shown: { seq } }],
    });
    expect(errors).toEqual([expect.stringContaining('it was cut or rewritten')]);
    // On a new stream it says so again: another server, or the same one after a restart, has not heard of it.
    scene.gateway.cut();
    await scene.gateway.until(() => scene.gateway.hellos.length > 1 && scene.gateway.connected);
    scene.gateway.send({ auditHead: headBy(scene, seq, letter) });
    await scene.gateway.until(() => scene.gateway.conflicts.length > 1);
  });

  test('is no head that the trusted server did not sign', async () => {
    const scene = await makeScene();
    await scene.agent();
    scene.gateway.send({ auditHead: headBy(scene, 3) });
    const changed = { ...headBy(scene, 9), hash: Buffer.alloc(32) };
    scene.gateway.send({ auditHead: changed }, { auditHead: headBy(scene, 9, 'a', 'server-2') });
    await takenIn(scene);
    expect(kept(scene)?.latest.seq).toBe(3);
    expect(scene.gateway.conflicts).toEqual([]);
  });

  test('that is damaged is put aside, and a new one begun', async () => {
    const scene = await makeScene();
    await (await scene.agent()).stop();
    writeFileSync(join(scene.dataDir, 'witness.json'), '{');
    await scene.agent();
    scene.gateway.send({ auditHead: headBy(scene, 3) });
    await takenIn(scene);
    expect(readFileSync(join(scene.dataDir, 'witness.json.damaged'), 'utf8')).toBe('{');
    expect(kept(scene)?.latest.seq).toBe(3);
  });
});
