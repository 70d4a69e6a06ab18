import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { KeyLine } from '../../src/flow/keys.ts';
import { identityFileNames, tokenFileName } from '../../src/system/data-files.ts';
import { FileSigner } from '../../src/system/file-signer.ts';
import { type CliRig, makeCliRig, nerdy } from './nerdy.ts';

const linesOf = (out: string): KeyLine[] => JSON.parse(out) as KeyLine[];

describe('with a server that runs', () => {
  let rig: CliRig;
  beforeEach(async () => {
    rig = await makeCliRig();
  });
  afterEach(() => rig.dispose());

  it('lists its keys, and replaces the one that signs', async () => {
    const { keyId } = rig.signer;
    const listed = await rig.nerdy(['keys']);
    expect(listed).toMatchObject({ code: 0, out: expect.stringMatching(`^${keyId} .* signs`) });
    const rotated = await rig.nerdy(['keys', 'rotate']);
    expect(rotated).toMatchObject({
      code: 0,
      out: expect.stringContaining(`signed with ${rig.signer.keyId}`),
    });
    const { out } = await rig.nerdy(['keys', '--json']);
    expect(linesOf(out).map((k) => [k.keyId, k.state])).toEqual([
      [keyId, 'verifies'],
      [rig.signer.keyId, 'signs'],
    ]);
  });
});

describe('with a server that is stopped', () => {
  let dataDir: string;
  const env = () => ({ NERDY_DATA_DIR: dataDir, NERDY_HTTP_PORT: '1' });
  const signerNow = (): FileSigner => new FileSigner(join(dataDir, identityFileNames.keys), 'server-1', 1);
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'nerdyops-keys-'));
    writeFileSync(join(dataDir, tokenFileName), 'token');
    writeFileSync(join(dataDir, identityFileNames.serverId), 'server-1\n');
  });
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

  it('works in its data directory, and leaves word for the audit log', async () => {
    const { keyId } = signerNow();
    const { out } = await nerdy(['keys', 'rotate', '--json'], { env: env() });
    expect(linesOf(out).map((k) => k.state)).toEqual(['verifies', 'signs']);
    expect(linesOf((await nerdy(['keys', '--json'], { env: env() })).out)).toEqual(linesOf(out));
    const next = signerNow();
    expect(next.keyId).toBe(linesOf(out)[1]?.keyId);
    expect(next.unnoted()).toMatchObject([{ oldKeyId: keyId, by: { surface: 'cli' } }]);
  });

  it('says so where there are no keys yet, and makes none', async () => {
    const ended = await nerdy(['keys', 'rotate'], { env: env() });
    expect(ended).toMatchObject({ code: 1, err: expect.stringContaining('no signing keys') });
    expect(await nerdy(['keys'], { env: env() })).toMatchObject({ code: 1 });
  });

  it('says which command closes a key file that others may read', async () => {
    signerNow();
    const path = join(dataDir, identityFileNames.keys);
    chmodSync(path, 0o644);
    const ended = await nerdy(['keys'], { env: env() });
    expect(ended).toMatchObject({ code: 1, err: expect.stringContaining(`chmod 600 ${path}`) });
  });

  it('does not look there for a server that is named', async () => {
    signerNow();
    const ended = await nerdy(['--server', 'http://127.0.0.1:1', 'keys', 'rotate'], { env: env() });
    expect(ended).toMatchObject({ code: 3, err: expect.stringContaining('No NerdyOps server answers') });
    expect(signerNow().publicKeys()).toHaveLength(1);
  });
});
