import type { Purpose } from '../core/signature.ts';
import type { ServerKey, SignedSuccession } from '../core/succession.ts';
import type { Actor, Instant } from '../core/task.ts';

/**
 * Signs with the server's key, which never leaves the implementation.
 *
 * The key may be replaced between any two turns of the event loop: who needs key and signature to fit reads both in
 * one turn. What a former key signed stays verifiable by `publicKeys`.
 */
export interface Signer {
  /** See `keyIdOf`. */
  readonly keyId: string;
  /** SPKI bytes of the public key, for agents to pin. */
  readonly publicKey: Buffer;
  /**
   * Ed25519 for this purpose over these bytes, 64 bytes. Synchronous: it happens inside the commit.
   *
   * @throws SignerBrokenError when nobody can say which key is on the disk.
   */
  sign(purpose: Purpose, bytes: Uint8Array): Buffer;
  /** Every key that this server has ever had, oldest first; the last one signs. */
  publicKeys(): readonly ServerKey[];
  /** How each of them became the next, oldest first: one fewer than keys. */
  successions(): readonly SignedSuccession[];
}

/** A key that took over, for the audit log. */
export interface KeyChange {
  oldKeyId: string;
  keyId: string;
  at: Instant;
  by: Actor;
}

/** A signer whose key can be replaced while everything goes on. */
export interface RotatingSigner extends Signer {
  /**
   * Makes a new key, has the old one sign that it takes over, and destroys the old one. When it returns, all of it is
   * durable and the new key signs; when it throws, the old key still signs, or `sign` throws until the next start.
   */
  rotate(at: Instant, by: Actor): KeyChange;
  /** Calls back in the turn of each rotation, before anything is signed with the new key. Returns the end of it. */
  onRotate(listener: (succession: SignedSuccession) => void): () => void;
  /** Changes that are not known to be in the audit log yet: one may have been made while no server was up. */
  unnoted(): readonly KeyChange[];
  /** These are in the audit log, durably. */
  noted(changes: readonly KeyChange[]): void;
}

/** The disk failed while a key was replaced: only a new start tells which one it has. */
export class SignerBrokenError extends Error {
  readonly code = 'signer_broken';
  constructor(cause: unknown) {
    super(
      'The signing key was being replaced when the disk failed, so nothing is signed until the server is started again. Check the disk, then restart it.',
      { cause },
    );
    this.name = 'SignerBrokenError';
  }
}
