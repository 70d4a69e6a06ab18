import type { KeyObject } from 'node:crypto';
import { isSignedAs, Purpose } from './signature.ts';
import type { Instant } from './task.ts';

/** Where the audit log ended after a commit: the entry of that sequence, and through its hash all before it. */
export interface AuditHead {
  /** The id of the server whose log it is. */
  server: string;
  seq: number;
  hash: string;
  /** The time of that entry. */
  at: Instant;
  /** Of the key that signs: see `keyIdOf`. */
  keyId: string;
}

export interface SignedAuditHead extends AuditHead {
  /** Ed25519 for `Purpose.auditHead`, 64 bytes. */
  signature: Buffer;
}

/** What is signed: a JSON array of the five fields in this order, without blanks. docs/audit.md says it for others. */
export const encodeAuditHead = ({ server, seq, hash, at, keyId }: AuditHead): Buffer =>
  Buffer.from(JSON.stringify([server, seq, hash, at, keyId]), 'utf8');

/** True when the signature was made over exactly this head by the key. Never throws for garbage. */
export const isAuditHeadSigned = (head: SignedAuditHead, publicKey: KeyObject): boolean =>
  isSignedAs(Purpose.auditHead, encodeAuditHead(head), head.signature, publicKey);
