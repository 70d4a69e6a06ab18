import { createPublicKey } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FileSigner } from '../../src/system/file-signer.ts';
import { keepPublicKey } from '../../src/system/public-key-file.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'nerdyops-key-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

it("keeps the signing key's public half in PEM, and puts right what is another's", () => {
  const { publicKey } = new FileSigner(join(dir, 'signing-keys.json'), 'server-1', 0);
  const path = join(dir, 'signing-key.pub.pem');
  for (const before of [null, 'nonsense', '']) {
    if (before !== null) writeFileSync(path, before);
    keepPublicKey(path, publicKey);
    const kept = createPublicKey(readFileSync(path)).export({ type: 'spki', format: 'der' });
    expect(kept).toEqual(publicKey);
  }
  const { mtimeMs } = statSync(path);
  keepPublicKey(path, publicKey);
  expect(statSync(path).mtimeMs).toBe(mtimeMs);
});
