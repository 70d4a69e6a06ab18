import { dirname } from 'node:path';
import { type KeyKind, refuseOpenFile } from './key-access.ts';
import { type KeyDisk, nodeKeyDisk } from './key-disk.ts';

/**
 * A file with private keys that is written once: whole and synced before it has its name, and read only while its owner
 * alone can. Whoever creates it holds the data directory's lock.
 */
export class PrivateFile {
  readonly path: string;
  readonly #kind: KeyKind;
  readonly #disk: KeyDisk;

  constructor(path: string, kind: KeyKind, disk: KeyDisk = nodeKeyDisk) {
    this.path = path;
    this.#kind = kind;
    this.#disk = disk;
  }

  /** @returns null where there is none. @throws KeyFileError when others may read it. */
  read(): string | null {
    const text = this.#disk.read(this.path);
    if (text !== null) refuseOpenFile(this.path, this.#disk, this.#kind);
    return text;
  }

  create(text: string): void {
    const draft = `${this.path}.draft`;
    // What a killed server may have left: keys that were never used.
    this.#disk.remove(draft);
    this.#disk.writeNew(draft, text);
    this.#disk.rename(draft, this.path);
    this.#disk.syncDirectory(dirname(this.path));
  }
}
