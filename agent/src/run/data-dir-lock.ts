import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { lockLookMs, lockWaitMs } from '../core/limits.ts';

const listen = (path: string): Promise<net.Server | null> =>
  new Promise((resolve, reject) => {
    const server = net.createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(null);
      else reject(error);
    });
    server.listen(path, () => resolve(server.unref()));
  });

/** Whether a process listens on a socket's file; `gone` when the file is. */
const ask = (path: string): Promise<'alive' | 'dead' | 'gone'> =>
  new Promise((resolve) => {
    const socket = net.connect(path, () => {
      socket.destroy();
      resolve('alive');
    });
    socket.once('error', ({ code }: NodeJS.ErrnoException) => {
      if (code === 'ENOENT') resolve('gone');
      else resolve(code === 'ECONNREFUSED' ? 'dead' : 'alive');
    });
  });

/**
 * A socket's path has about a hundred bytes, a directory's may have thousands: on Linux the directory is named by its
 * open file.
 */
const openShort = (dir: string): { base: string; close: () => void } => {
  if (!fs.existsSync('/proc/self/fd')) return { base: dir, close: () => {} };
  const file = fs.openSync(dir, 'r');
  return { base: `/proc/self/fd/${file}`, close: () => fs.closeSync(file) };
};

/**
 * One agent's place in `<data>/lock`: a socket that answers as long as its process lives, however it dies. Its name
 * is its own and never used again, and it gets the name when it listens already: so one that doesn't answer is
 * dead for good, and whoever finds it may remove it. Modes, told by the name: trying, held, given up.
 */
class Place {
  readonly #base: string;
  readonly #id = randomBytes(6).toString('hex');
  readonly #server: net.Server;
  readonly #close: () => void;
  #name = '';

  private constructor(base: string, server: net.Server, close: () => void) {
    this.#base = base;
    this.#server = server;
    this.#close = close;
  }

  static async take(dir: string): Promise<Place | null> {
    const { base, close } = openShort(dir);
    const draft = join(base, `${randomBytes(6).toString('hex')}.draft`);
    const server = await listen(draft);
    if (!server) {
      close();
      return null;
    }
    const place = new Place(base, server, close);
    if (!place.#rename(draft, 'try')) return null;
    return place;
  }

  /** @returns true when no other agent that lives has the directory or is before us. */
  async win(): Promise<boolean> {
    const deadline = performance.now() + lockWaitMs;
    for (let rank = await this.#look(); rank !== 'first'; rank = await this.#look()) {
      if (rank === 'behind' || performance.now() > deadline) return false;
      await setTimeout(lockLookMs);
    }
    if (!this.#rename(join(this.#base, this.#name), 'held')) return false;
    // An agent that was killed before it had its name; one that loses a live draft finds us here anyway.
    for (const name of fs.readdirSync(this.#base)) {
      if (name.endsWith('.draft')) fs.rmSync(join(this.#base, name), { force: true });
    }
    return true;
  }

  giveUp(): void {
    try {
      if (this.#name) fs.rmSync(join(this.#base, this.#name), { force: true });
    } catch {
      // On a disk that can't be written it stays; it answers nobody any more, and so is in nobody's way.
    }
    this.#name = '';
    this.#server.close();
    this.#close();
  }

  /**
   * Of two that try at one time the one whose name comes first goes on, but it waits for the other: that one may have
   * looked before we had a name, and then it holds the directory in a moment.
   */
  async #look(): Promise<'first' | 'behind' | 'unclear'> {
    let isClear = true;
    for (const name of fs.readdirSync(this.#base)) {
      if (name === this.#name || name.endsWith('.draft')) continue;
      const path = join(this.#base, name);
      const answer = await ask(path);
      if (answer === 'dead') fs.rmSync(path, { force: true });
      else if (answer === 'alive' && (name.endsWith('.held') || name < this.#name)) return 'behind';
      // One that is gone may have another name by now.
      else isClear = false;
    }
    return isClear ? 'first' : 'unclear';
  }

  #rename(from: string, mode: 'try' | 'held'): boolean {
    const name = `${this.#id}.${mode}`;
    try {
      fs.renameSync(from, join(this.#base, name));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      this.giveUp();
      return false;
    }
    this.#name = name;
    return true;
  }
}

const pipeOf = (dir: string): string => {
  const digest = createHash('sha256').update(fs.realpathSync(dir)).digest('hex').slice(0, 32);
  return `\\\\.\\pipe\\nerdy-agent-${digest}`;
};

/** On Windows a named pipe, which the system takes back when its process dies and gives to one at a time. */
const lockByPipe = async (dir: string): Promise<(() => void) | null> => {
  const server = await listen(pipeOf(dir));
  return server && (() => server.close());
};

/**
 * Takes the data directory for this process. The lock is in the directory, which only this user may enter: nobody
 * else can take it first, and containers that share the directory share it too.
 *
 * @returns what gives it back, or null when another agent has it.
 */
export const lockDataDir = async (dir: string): Promise<(() => void) | null> => {
  if (process.platform === 'win32') return lockByPipe(dir);
  const lockDir = join(dir, 'lock');
  fs.mkdirSync(lockDir, { recursive: true, mode: 0o700 });
  const place = await Place.take(lockDir);
  if (!place) return null;
  if (await place.win()) return () => place.giveUp();
  place.giveUp();
  return null;
};

/** Whether a running agent has a data directory. Only asks, and changes nothing. */
export const isDataDirHeld = async (dir: string): Promise<boolean> => {
  if (process.platform === 'win32') {
    if (!fs.existsSync(dir)) return false;
    return (await ask(pipeOf(dir))) === 'alive';
  }
  const lockDir = join(dir, 'lock');
  if (!fs.existsSync(lockDir)) return false;
  const { base, close } = openShort(lockDir);
  try {
    const held = fs.readdirSync(base).filter((name) => name.endsWith('.held'));
    const answers = await Promise.all(held.map((name) => ask(join(base, name))));
    return answers.includes('alive');
  } finally {
    close();
  }
};
