import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { dirname, join } from 'node:path';
import { keyIdOf, publicKeyFrom } from '../core/order.ts';
import { Purpose, signAs } from '../core/signature.ts';
import { encodeSuccession, type ServerKey, type SignedSuccession } from '../core/succession.ts';
import type { Actor, Instant } from '../core/task.ts';
import { type KeyChange, type RotatingSigner, SignerBrokenError } from '../ports/signer.ts';
import { KeyFileError, refuseOpenFile } from './key-access.ts';
import { type KeyDisk, nodeKeyDisk } from './key-disk.ts';
import { type KeptKeys, keysOf, readKeyFile, replaceKeyFile, spkiOf } from './key-file.ts';

/** Where versions before rotation kept their one key. */
export const legacyKeyName = 'signing-key.pem';

/**
 * The Ed25519 keys in the data directory: one private key, made at the first start and replaced by `rotate`, and the
 * public halves of all before it. Private key and succession stand in one file that is replaced by a rename, so that a
 * server killed at any moment has either the old key or the new one with the old one's word for it.
 *
 * Modes: whole; broken, when a failed disk leaves it open which key the file holds (then nothing is signed).
 * Who opens it for more than reading holds the data directory's lock.
 */
export class FileSigner implements RotatingSigner {
  readonly #path: string;
  readonly #server: string;
  readonly #disk: KeyDisk;
  readonly #listeners = new Set<(succession: SignedSuccession) => void>();
  #kept: KeptKeys;
  #keys: ServerKey[];
  #broken: SignerBrokenError | null = null;

  /**
   * @param path of the file, made when it isn't there. @param server this server's id, which statements name.
   * @param now the time of the first key, when it is made now.
   * @throws KeyFileError when it can't be used, or others may read it.
   */
  constructor(path: string, server: string, now: Instant, disk: KeyDisk = nodeKeyDisk) {
    this.#path = path;
    this.#server = server;
    this.#disk = disk;
    disk.remove(`${path}.draft`);
    const legacy = join(dirname(path), legacyKeyName);
    const read = readKeyFile(path, server, disk);
    if (read) {
      this.#kept = read.kept;
      this.#keys = read.keys;
    } else {
      const privateKey = legacyKey(legacy, disk) ?? generateKeyPairSync('ed25519').privateKey;
      this.#kept = { privateKey, firstKey: spkiOf(privateKey), firstSince: now, successions: [] };
      this.#keys = keysOf(this.#kept, server);
      replaceKeyFile(path, server, this.#kept, disk)();
    }
    disk.remove(legacy);
  }

  get keyId(): string {
    return this.#current.keyId;
  }

  get publicKey(): Buffer {
    return this.#current.publicKey;
  }

  get #current(): ServerKey {
    return this.#keys.at(-1) as ServerKey;
  }

  sign(purpose: Purpose, bytes: Uint8Array): Buffer {
    if (this.#broken) throw this.#broken;
    return signAs(purpose, bytes, this.#kept.privateKey);
  }

  publicKeys(): readonly ServerKey[] {
    return this.#keys;
  }

  successions(): readonly SignedSuccession[] {
    return this.#kept.successions;
  }

  rotate(wantedAt: Instant, by: Actor): KeyChange {
    const { privateKey } = generateKeyPairSync('ed25519');
    const { keyId: oldKeyId, since } = this.#current;
    const newKey = spkiOf(privateKey);
    // A clock that was set back must not make a key older than the one before it.
    const at = Math.max(wantedAt, since);
    const statement = encodeSuccession({
      v: 1,
      server: this.#server,
      oldKeyId,
      newKey: newKey.toString('base64'),
      at,
    });
    const signature = this.sign(Purpose.succession, statement);
    const succession = { statement, signature, by, isNoted: false };
    this.#replace({ ...this.#kept, privateKey, successions: [...this.#kept.successions, succession] });
    for (const listener of this.#listeners) listener({ statement, signature });
    return { oldKeyId, keyId: keyIdOf(publicKeyFrom(newKey)), at, by };
  }

  onRotate(listener: (succession: SignedSuccession) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  unnoted(): readonly KeyChange[] {
    return this.#kept.successions.flatMap(({ by, isNoted }, i) => {
      const [old, key] = [this.#keys[i], this.#keys[i + 1]];
      return isNoted || !old || !key ? [] : [{ oldKeyId: old.keyId, keyId: key.keyId, at: key.since, by }];
    });
  }

  noted(changes: readonly KeyChange[]): void {
    if (changes.length === 0) return;
    const ids = new Set(changes.map((c) => c.keyId));
    const successions = this.#kept.successions.map((s, i) =>
      ids.has(this.#keys[i + 1]?.keyId ?? '') ? { ...s, isNoted: true } : s,
    );
    this.#replace({ ...this.#kept, successions });
  }

  #replace(kept: KeptKeys): void {
    const keys = keysOf(kept, this.#server);
    const commit = replaceKeyFile(this.#path, this.#server, kept, this.#disk);
    try {
      commit();
    } catch (err) {
      this.#broken = new SignerBrokenError(err);
      throw this.#broken;
    }
    this.#kept = kept;
    this.#keys = keys;
  }
}

/** The key that versions before rotation kept, in a file of its own; agents have pinned it. */
const legacyKey = (path: string, disk: KeyDisk): KeyObject | null => {
  const pem = disk.read(path);
  if (pem === null) return null;
  refuseOpenFile(path, disk);
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType !== 'ed25519') throw new TypeError('it holds no Ed25519 key');
    return key;
  } catch (cause) {
    throw new KeyFileError(
      `${path} can't be used: ${(cause as Error).message}. Restore it from a backup.`,
      cause,
    );
  }
};
