import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuditSeal } from '../../src/ports/audit-seal.ts';
import type { Log } from '../../src/ports/log.ts';
import { SqliteStore } from '../../src/sql/sqlite-store.ts';
import { FileSigner } from '../../src/system/file-signer.ts';
import type { StoreRig } from '../contract/store.ts';
import type { SteppedClock } from '../fakes/stepped-clock.ts';

export const quiet: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

export const makeDirectory = (): { path: string; remove: () => void } => {
  const path = mkdtempSync(join(tmpdir(), 'nerdyops-sql-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
};

/** The server's id and key, kept in the data directory like a real one's. */
export const sealOf = (dataDir: string) => (): AuditSeal => ({
  server: 'server-1',
  signer: new FileSigner(join(dataDir, 'signing-keys.json'), 'server-1', 0),
});

/** A store on a directory of its own under the system's temporary one. */
export const makeSqliteRig = async (clock: SteppedClock): Promise<StoreRig & { dataDir: string }> => {
  const directory = makeDirectory();
  const dataDir = join(directory.path, 'data');
  const open = async (): Promise<SqliteStore> => {
    const store = new SqliteStore({ dataDir, clock, log: quiet, seal: sealOf(dataDir) });
    await store.start();
    return store;
  };
  let store = await open();
  const { server, signer } = sealOf(dataDir)();
  return {
    store,
    server,
    publicKey: signer.publicKey,
    dataDir,
    reopen: async () => {
      await store.stop();
      store = await open();
      return store;
    },
    dispose: async () => {
      await store.stop();
      directory.remove();
    },
  };
};
