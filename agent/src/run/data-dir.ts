import { createHash, randomUUID } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import type { Disk } from './disk.ts';

/** Who this agent is, `<data>/identity.json`. */
export interface Identity {
  agentId: string;
  /** The SPKI form of the server's signing key in base64; null before the first welcome. */
  pinnedKey: string | null;
}

const writeIdentity = async (dir: string, identity: Identity, disk: Disk): Promise<void> => {
  const file = join(dir, 'identity.json');
  disk.write(`${file}.tmp`, JSON.stringify(identity));
  await disk.sync([`${file}.tmp`]);
  disk.rename(`${file}.tmp`, file);
  await disk.sync([dir]);
};

/** Reads the identity of this data directory, or makes it. @throws when the file is damaged: nobody may guess it. */
export const loadIdentity = async (dir: string, disk: Disk): Promise<Identity> => {
  const file = join(dir, 'identity.json');
  if (!fs.existsSync(file)) {
    const identity = { agentId: randomUUID(), pinnedKey: null };
    await writeIdentity(dir, identity, disk);
    return identity;
  }
  const { agentId, pinnedKey } = JSON.parse(fs.readFileSync(file, 'utf8')) as Partial<Identity>;
  if (typeof agentId !== 'string') throw new Error(`${file} holds no agent id`);
  return { agentId, pinnedKey: pinnedKey ?? null };
};

/** Keeps the server's key: at once in memory, and when this resolves on disk. */
export const pinKey = (dir: string, identity: Identity, key: string, disk: Disk): Promise<void> => {
  identity.pinnedKey = key;
  return writeIdentity(dir, identity, disk);
};

/** Makes the data directory, for this user alone. */
export const makeDataDir = (dir: string, disk: Disk): void => {
  disk.makeDir(dir);
  if (process.platform !== 'win32') fs.chmodSync(dir, 0o700);
};

/** Where this process listens to show that it has the directory. */
const lockPathOf = (dir: string): string => {
  const digest = createHash('sha256').update(fs.realpathSync(dir)).digest('hex').slice(0, 32);
  if (process.platform === 'linux') return `\0nerdy-agent-${digest}`;
  if (process.platform === 'win32') return `\\\\.\\pipe\\nerdy-agent-${digest}`;
  return join(dir, 'lock.sock');
};

const listen = (path: string): Promise<net.Server | null> =>
  new Promise((resolve, reject) => {
    const server = net.createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(null);
      else reject(error);
    });
    server.listen(path, () => resolve(server.unref()));
  });

const isAnswered = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = net.connect(path, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });

/**
 * Takes the data directory for this process, by listening on a name derived from it: the kernel takes such a name
 * back when the process dies, however it dies, and gives it to one process at a time.
 *
 * @returns what gives it back, or null when another agent has it.
 */
export const lockDataDir = async (dir: string): Promise<(() => void) | null> => {
  const path = lockPathOf(dir);
  let server = await listen(path);
  // On macOS the name is a file that outlives its process; nobody answering there means that it is stale.
  if (!server && process.platform === 'darwin' && !(await isAnswered(path))) {
    fs.rmSync(path, { force: true });
    server = await listen(path);
  }
  const held = server;
  return held && (() => held.close());
};
