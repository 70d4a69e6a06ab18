import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { keyIdOf, signDocument } from '../core/order.ts';
import type { Signer } from '../ports/signer.ts';
import { secretFile } from './secret-file.ts';

/** The Ed25519 key in the data directory, made at the first start. */
export class FileSigner implements Signer {
  readonly keyId: string;
  readonly publicKey: Buffer;
  readonly #privateKey: KeyObject;

  /** @param path PKCS #8 in PEM, mode 0600. @throws when the file holds anything else. */
  constructor(path: string) {
    const pem = secretFile(path, () =>
      generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    );
    this.#privateKey = createPrivateKey(pem);
    const publicKey = createPublicKey(this.#privateKey);
    if (publicKey.asymmetricKeyType !== 'ed25519') throw new TypeError(`${path} holds no Ed25519 key`);
    this.keyId = keyIdOf(publicKey);
    this.publicKey = publicKey.export({ type: 'spki', format: 'der' });
  }

  sign(document: Uint8Array): Buffer {
    return signDocument(document, this.#privateKey);
  }
}
