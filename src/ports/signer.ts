/** Signs approvals with the server's key, which never leaves the implementation. */
export interface Signer {
  /** See `keyIdOf`. */
  readonly keyId: string;
  /** SPKI bytes of the public key, for agents to pin. */
  readonly publicKey: Buffer;
  /** Ed25519 over the domain and these bytes, 64 bytes. Synchronous: it happens inside the commit. */
  sign(document: Uint8Array): Buffer;
}
