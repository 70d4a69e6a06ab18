import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isDocumentSigned, publicKeyFrom } from '../../src/core/order.ts';
import { followSuccessions } from '../../src/core/succession.ts';
import { ada, approved, serverId } from '../flow/rig.ts';
import { type GatewayRig, makeGatewayRig } from './gateway-rig.ts';

let rig: GatewayRig;
beforeEach(async () => {
  rig = await makeGatewayRig();
});
afterEach(() => rig.dispose());

const distrusts = async () =>
  (await rig.store.listAudit(0, 1_000)).filter((entry) => entry.kind === 'agent.distrust');

describe('an agent that pinned a former key', () => {
  it('is shown the way from it to the present one, and no more', async () => {
    const { publicKey } = rig.signer;
    await rig.keys.rotate(ada);
    const second = rig.signer.keyId;
    await rig.keys.rotate(ada);
    const [first] = rig.signer.publicKeys();
    const away = await rig.connect().hello('db1', { pinnedKeyId: first?.keyId ?? '' });
    expect(away.signingKey).toEqual(rig.signer.publicKey);
    const followed = followSuccessions({ publicKey, since: 0 }, away.successions, serverId);
    expect(followed.ok && followed.keys.at(-1)?.keyId).toBe(rig.signer.keyId);
    expect((await rig.connect().hello('db2', { pinnedKeyId: second })).successions).toHaveLength(1);
    expect((await rig.connect().hello('db3', { pinnedKeyId: rig.signer.keyId })).successions).toEqual([]);
    expect(await distrusts()).toEqual([]);
  });
});

describe('an agent that is connected while the key is replaced', () => {
  it('is told before the first order of the new key', async () => {
    const agent = await rig.connected('db1');
    await approved(rig, 'uptime on db1');
    await agent.order();
    await rig.keys.rotate(ada);
    await approved(rig, 'memory on db1');
    const { document, signature } = await agent.order(2);
    expect(isDocumentSigned(document, signature, publicKeyFrom(rig.signer.publicKey))).toBe(true);
    const kinds = agent.kinds().filter((kind) => kind !== 'auditHead');
    expect(kinds).toEqual(['welcome', 'order', 'keySuccession', 'order']);
  });
});

describe('an agent that trusts a key that was never ours', () => {
  it('is noted, since it will not obey', async () => {
    await rig.connect().hello('db1', { pinnedKeyId: 'ab'.repeat(16) });
    await rig.connect().hello('db2', { pinnedKeyId: rig.signer.keyId });
    await rig.until(async () => ((await distrusts()).length > 0 ? true : null));
    expect(await distrusts()).toMatchObject([{ detail: { name: 'db1', pinnedKey: 'ab'.repeat(16) } }]);
  });
});
