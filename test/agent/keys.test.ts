import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { formerKeyMs } from '../../src/core/limits.ts';
import { keyIdOf, signDocument } from '../../src/core/order.ts';
import { makeScene } from './start-agent.ts';

const identityOf = (dataDir: string) =>
  JSON.parse(readFileSync(join(dataDir, 'identity.json'), 'utf8')) as {
    agentId: string;
    serverId: string | null;
    pinnedKey: string | null;
    formerKeys: { key: string; until: number }[];
  };
const silent = { info: () => {}, warn: () => {} };

describe('a server that replaces its key', () => {
  test('is followed on the open stream: what the new key signs runs, and the pin is on the disk', async () => {
    const { gateway, agent, dataDir } = await makeScene();
    await agent();
    // Orders wait for the pin to be on the disk.
    await gateway.finished(await gateway.send1('echo old\n'));
    const before = identityOf(dataDir).pinnedKey;
    gateway.rotate(true);
    await gateway.finished(await gateway.send1('echo new\n'));
    const { pinnedKey, serverId, formerKeys } = identityOf(dataDir);
    expect(pinnedKey).toBe(gateway.keys.publicKey.export({ type: 'spki', format: 'der' }).toString('base64'));
    expect(serverId).toBe('server-1');
    expect(formerKeys).toMatchObject([{ key: before }]);
  });

  test('is followed over two rotations by an agent that was away', async () => {
    const { gateway, agent } = await makeScene();
    const first = await agent();
    await first.stop();
    gateway.rotate(false);
    gateway.rotate(false);
    await agent();
    expect(gateway.hellos.at(-1)?.pinnedKeyId).not.toBe(keyIdOf(gateway.keys.publicKey));
    expect((await gateway.finished(await gateway.send1('echo new\n'))).exitCode).toBe(0);
  });

  test('still has what its former key signed before run, through a restart of the agent', async () => {
    const { gateway, agent } = await makeScene();
    const first = await agent();
    const { runId, order } = await gateway.order('echo before\n');
    gateway.rotate(true);
    await gateway.finished(await gateway.send1('echo new\n'));
    await first.stop();
    await agent();
    expect(gateway.hellos.at(-1)?.pinnedKeyId).toBe(keyIdOf(gateway.keys.publicKey));
    gateway.send({ order });
    expect((await gateway.finished(runId)).exitCode).toBe(0);
  });

  test.each([
    ['issued after the rotation', (at: number) => ({ issuedAt: at + 1 }), /replaced/],
    ['that waits longer than any approval', (at: number) => ({ runBy: at + formerKeyMs + 1 }), /outlive/],
  ])('has nothing run by its former key that is %s', async (_, change, detail) => {
    const { gateway, agent, dir } = await makeScene();
    await agent();
    const stolen = { ...gateway.keys };
    const at = Date.now();
    gateway.now = () => at;
    gateway.rotate(true);
    const mark = join(dir, 'mark');
    const { runId, order } = await gateway.order(`echo x >> ${mark}\n`, (document) => {
      Object.assign(document, { keyId: keyIdOf(stolen.publicKey) }, change(at));
    });
    const signature = signDocument(order.document, stolen.privateKey);
    gateway.send({ order: { ...order, signature } });
    const refused = await gateway.refused(runId);
    expect(refused).toMatchObject({ reason: 'REASON_DOCUMENT', detail: expect.stringMatching(detail) });
    expect(existsSync(mark)).toBe(false);
  });
});

describe('a gateway that is not the trusted server', () => {
  test('with another key and no word of the pinned one for it, is not obeyed', async () => {
    const { gateway, agent } = await makeScene();
    const first = await agent();
    await first.stop();
    const real = { ...gateway.keys };
    Object.assign(gateway.keys, generateKeyPairSync('ed25519'));
    gateway.rotate(false);
    const sentences: string[] = [];
    const error = (_: object, message: string) => void sentences.push(message);
    await agent({ log: { ...silent, error } }, 'hello');
    await gateway.until(() => !gateway.connected);
    expect(gateway.hellos.at(-1)?.pinnedKeyId).toBe(keyIdOf(real.publicKey));
    expect(sentences[0]).toMatch(/another key than the one this agent trusts.*--data/);
    expect(gateway.heartbeats).toHaveLength(1);
  });

  test('that says it is another server is not obeyed, though it has the key', async () => {
    const { gateway, agent } = await makeScene();
    const first = await agent();
    await first.stop();
    gateway.onWelcome = (welcome) => Object.assign(welcome, { serverId: 'server-2' });
    const sentences: string[] = [];
    const error = (_: object, message: string) => void sentences.push(message);
    await agent({ log: { ...silent, error } }, 'hello');
    await gateway.until(() => !gateway.connected);
    expect(sentences[0]).toContain('server-2');
  });

  test('that tells of a key without the word of the pinned one is left, and its order is not run', async () => {
    const { gateway, agent, dir, dataDir } = await makeScene();
    const sentences: string[] = [];
    const error = (_: object, message: string) => void sentences.push(message);
    await agent({ log: { ...silent, error } });
    await gateway.finished(await gateway.send1('echo old\n'));
    const before = identityOf(dataDir);
    const { statement } = gateway.rotate(false);
    const mark = join(dir, 'mark');
    const { order } = await gateway.order(`echo x >> ${mark}\n`);
    gateway.send({ keySuccession: { statement, signature: Buffer.alloc(64) } }, { order });
    await gateway.until(() => !gateway.connected);
    expect(sentences[0]).toContain('not signed by the key before');
    expect(identityOf(dataDir)).toEqual(before);
    expect(existsSync(mark)).toBe(false);
  });
});

describe('what is pinned', () => {
  test('by a version without rotation is still good, and gets the id of its server', async () => {
    const { gateway, agent, dataDir } = await makeScene();
    const first = await agent();
    await first.stop();
    const { agentId, pinnedKey } = identityOf(dataDir);
    writeFileSync(join(dataDir, 'identity.json'), JSON.stringify({ agentId, pinnedKey }));
    await agent();
    expect(gateway.hellos.at(-1)).toMatchObject({ agentId, pinnedKeyId: keyIdOf(gateway.keys.publicKey) });
    expect((await gateway.finished(await gateway.send1('echo x\n'))).exitCode).toBe(0);
    expect(identityOf(dataDir).serverId).toBe('server-1');
  });

  test('and could not be written is followed again by the next start', async () => {
    const { gateway, agent, dataDir } = await makeScene();
    const first = await agent();
    await gateway.finished(await gateway.send1('echo old\n'));
    const before = identityOf(dataDir);
    // A directory in the way of the draft: nothing can be written there.
    const obstacle = join(dataDir, 'identity.json.tmp');
    mkdirSync(obstacle);
    gateway.rotate(true);
    await gateway.finished(await gateway.send1('echo new\n'));
    expect(identityOf(dataDir)).toEqual(before);
    await first.stop();
    rmdirSync(obstacle);
    await agent();
    await gateway.finished(await gateway.send1('echo newer\n'));
    expect(identityOf(dataDir).pinnedKey).not.toBe(before.pinnedKey);
  });
});
