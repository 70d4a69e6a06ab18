import fs from 'node:fs';
import { join } from 'node:path';
import { decodeIdentity, encodeIdentity, type Identity } from '../core/identity.ts';
import type { Disk } from './disk.ts';

const nameOf = (dir: string): string => join(dir, 'identity.json');

/** What a data directory says of its agent; null when there is nothing. @throws when the file is damaged. */
export const readIdentity = (dir: string): Identity | null => {
  const file = nameOf(dir);
  if (!fs.existsSync(file)) return null;
  const identity = decodeIdentity(fs.readFileSync(file, 'utf8'));
  if (!identity) throw new Error(`${file} is damaged: it doesn't say who this agent is`);
  return identity;
};

/** Replaces the file in one step; when this resolves, it is on disk. Readable for this user alone. */
export const writeIdentity = async (dir: string, identity: Identity, disk: Disk): Promise<void> => {
  const file = nameOf(dir);
  disk.write(`${file}.tmp`, encodeIdentity(identity));
  await disk.sync([`${file}.tmp`]);
  disk.rename(`${file}.tmp`, file);
  await disk.sync([dir]);
};

/**
 * Writes over the key before it removes the file, so that it isn't left in a free block; on a disk that writes
 * elsewhere (SSDs, copy-on-write) that is only an attempt.
 */
export const destroyIdentity = async (dir: string, disk: Disk): Promise<void> => {
  const file = nameOf(dir);
  disk.overwrite(file, Buffer.alloc(fs.statSync(file).size));
  await disk.sync([file]);
  await disk.remove(file);
  await disk.remove(`${file}.tmp`);
  await disk.sync([dir]);
};

/**
 * Who this agent is, `<data>/identity.json`, while it runs. The pin and the certificate change for reasons of their own:
 * one change is written after the other, each on what the one before has left.
 */
export class IdentityFile {
  readonly #dir: string;
  readonly #disk: Disk;
  #identity: Identity;
  #writing: Promise<void> = Promise.resolve();

  /** @param disk for changes to come. */
  constructor(dir: string, identity: Identity, disk: Disk) {
    this.#dir = dir;
    this.#disk = disk;
    this.#identity = identity;
  }

  get identity(): Identity {
    return this.#identity;
  }

  /** Resolves when the change is durable, and only then `identity` has it. Rejects with it undone. */
  change(next: (identity: Identity) => Identity): Promise<void> {
    const writing = this.#writing.then(async () => {
      const identity = next(this.#identity);
      await writeIdentity(this.#dir, identity, this.#disk);
      this.#identity = identity;
    });
    this.#writing = writing.catch(() => {});
    return writing;
  }

  /** Resolves when nothing is being written any more. */
  get settled(): Promise<void> {
    return this.#writing;
  }
}
