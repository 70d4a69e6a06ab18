import { type KeyObject, sign, verify } from 'node:crypto';

/** What a signature of the server's is for. One made for a purpose never verifies for another (RFC 8032 §8.5's concern). */
export const Purpose = {
  approval: 'nerdyops approval v1',
  auditHead: 'nerdyops audit head v1',
  succession: 'nerdyops key succession v1',
} as const;
export type Purpose = (typeof Purpose)[keyof typeof Purpose];

const signedBytes = (purpose: Purpose, bytes: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from(`${purpose}\0`), bytes]);

/** Ed25519 over the purpose, a NUL and the bytes. 64 bytes. */
export const signAs = (purpose: Purpose, bytes: Uint8Array, privateKey: KeyObject): Buffer =>
  sign(null, signedBytes(purpose, bytes), privateKey);

/** True when `signature` was made for this purpose over exactly these bytes by the key. Never throws for garbage. */
export const isSignedAs = (
  purpose: Purpose,
  bytes: Uint8Array,
  signature: Uint8Array,
  publicKey: KeyObject,
): boolean => {
  if (signature.length !== 64) return false;
  return verify(null, signedBytes(purpose, bytes), publicKey, signature);
};
