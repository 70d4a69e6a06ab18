import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Keys } from '../../src/flow/keys.ts';
import { FileSigner } from '../../src/system/file-signer.ts';
import { ada, makeRig, type Rig, serverId } from './rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await makeRig();
});
afterEach(() => rig.dispose());

const rotations = async () =>
  (await rig.store.listAudit(0, 1_000)).filter((entry) => entry.kind === 'key.rotate');

/** The keys as the next start of the server has them. */
const restarted = (): Keys => {
  const signer = new FileSigner(join(rig.dataDir, 'signing-keys.json'), serverId, rig.clock.now());
  return new Keys({ ...rig, signer });
};

describe('a rotation', () => {
  it('leaves one key that signs and the former for verifying, and an entry in the audit log', async () => {
    const [before] = rig.keys.list();
    rig.clock.step(1_000);
    const after = await rig.keys.rotate(ada);
    expect(after).toEqual([
      { ...before, until: rig.clock.now(), state: 'verifies' },
      { keyId: rig.signer.keyId, since: rig.clock.now(), until: null, state: 'signs' },
    ]);
    expect(await rotations()).toMatchObject([
      { actor: ada, digest: rig.signer.keyId, detail: { before: before?.keyId, at: rig.clock.now() } },
    ]);
  });

  it('that nobody noted, since the server died or was not up, is noted by the next start', async () => {
    rig.signer.rotate(rig.clock.now(), ada);
    expect(await rotations()).toEqual([]);
    await restarted().noteChanges();
    expect(await rotations()).toMatchObject([{ actor: ada, digest: rig.signer.keyId }]);
  });

  it('is noted once, though the server died between the entry and its own note of that', async () => {
    rig.signer.rotate(rig.clock.now(), ada);
    const second = restarted();
    await restarted().noteChanges();
    // This one read the file before that: as if its predecessor had died before it could write there.
    await second.noteChanges();
    await restarted().noteChanges();
    expect(await rotations()).toHaveLength(1);
  });
});
