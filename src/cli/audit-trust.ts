import { createPublicKey } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type TrustedKey, trustedKeyOf } from '../core/audit-keys.ts';
import type { AuditWitness } from '../core/audit-witness.ts';
import { publicKeyFileName } from '../system/public-key-file.ts';
import { readNamedFile } from './audit-file.ts';
import { CliError, ExitCode } from './exit-code.ts';

/** Which keys a verification trusts, and who says so: `log` means that nobody but the log itself does. */
export interface Trust {
  from: 'option' | 'witness' | 'data-dir' | 'log';
  keys: TrustedKey[];
}

/** The nearest word counts: what the person names, then what an agent pinned, then what stands beside the log. */
export const trustFor = (named: readonly string[], witness: AuditWitness | null, path: string): Trust => {
  if (named.length > 0) return { from: 'option', keys: named.map(namedKey) };
  if (witness) return { from: 'witness', keys: [keyFrom(witness.publicKey, 'the witness')] };
  const beside = statSync(path).isDirectory() ? join(path, publicKeyFileName) : null;
  if (beside !== null && existsSync(beside)) {
    return { from: 'data-dir', keys: [pemKey(readFileSync(beside, 'utf8'), beside)] };
  }
  return { from: 'log', keys: [] };
};

/** A fingerprint as `verify` prints it, or a file with the key in PEM. */
const namedKey = (text: string): TrustedKey =>
  /^[0-9a-f]{32}$/i.test(text)
    ? { keyId: text.toLowerCase(), publicKey: null }
    : pemKey(readNamedFile(text), text);

const pemKey = (pem: string, path: string): TrustedKey => {
  let spki: Buffer;
  try {
    // Of a private key's file this takes the public half.
    spki = createPublicKey(pem).export({ type: 'spki', format: 'der' });
  } catch {
    throw new CliError(
      `${path} holds no key. --key takes a key's file (signing-key.pub.pem) or its fingerprint of 32 hex digits.`,
      ExitCode.usage,
    );
  }
  return keyFrom(spki, path);
};

const keyFrom = (spki: Buffer, path: string): TrustedKey => {
  try {
    return trustedKeyOf(spki);
  } catch {
    throw new CliError(
      `${path} holds another kind of key; the audit log is signed with Ed25519.`,
      ExitCode.usage,
    );
  }
};
