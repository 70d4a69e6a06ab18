import { createPublicKey } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';

/** In the data directory, beside the private key. */
export const publicKeyFileName = 'signing-key.pub.pem';

/**
 * Keeps the public half of the signing key beside it, in PEM, for people to hand on: who verifies the audit log
 * elsewhere needs it. It is written only when it is not there or another's.
 *
 * @param spki the key. @throws the system's error when the directory can't be written.
 */
export const keepPublicKey = (path: string, spki: Buffer): void => {
  const key = createPublicKey({ key: spki, type: 'spki', format: 'der' });
  const pem = key.export({ type: 'spki', format: 'pem' }).toString();
  if (textOf(path) === pem) return;
  // Readable for all: it is public, and the directory is closed to others.
  writeFileSync(`${path}.tmp`, pem, { mode: 0o644 });
  renameSync(`${path}.tmp`, path);
};

const textOf = (path: string): string | null => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
};
