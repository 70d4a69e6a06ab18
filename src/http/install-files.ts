import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AgentFile, fillInstallScript, type InstallScriptValues } from '../core/install-script.ts';

/** Where machines reach the gateway and how they know it; from the server's own settings and keys. */
export type GatewayFacts = Pick<InstallScriptValues, 'address' | 'spkiPin'>;

export const InstallScript = { posix: 'install.sh', windows: 'install.ps1' } as const;
export type InstallScript = (typeof InstallScript)[keyof typeof InstallScript];

/** A file that is open, with its digest: what is read from it is what the digest is of, though its name be given to another. */
export interface OpenFile {
  handle: FileHandle;
  bytes: number;
  sha256: string;
}

/** Each install script's template, and the files that go into it whole. */
const templates: Readonly<Record<InstallScript, Readonly<Record<string, string>>>> = {
  'install.sh': { UNIT: 'nerdy-agent.service', PLIST: 'org.nerdyops.agent.plist' },
  'install.ps1': {},
};

/** What machines fetch: the agent's files as they were built, and the install scripts, filled in. */
export class InstallFiles {
  readonly #packageDir: string;
  readonly #gateway: () => GatewayFacts | null;
  /** By path: a digest, also one that is being made, and the length, time and number of the file that it is of. */
  readonly #digests = new Map<string, { stamp: string; sha256: Promise<string> }>();

  /** @param parts.gateway null while no machine can join: then there are no scripts to fetch. */
  constructor(parts: { packageDir: string; gateway: () => GatewayFacts | null }) {
    this.#packageDir = parts.packageDir;
    this.#gateway = parts.gateway;
  }

  /** An install script as this server serves it now, or null while no machine can join. The same until a file changes. */
  async script(name: InstallScript): Promise<Buffer | null> {
    const gateway = this.#gateway();
    if (!gateway) return null;
    const names = Object.values(AgentFile);
    const digests = await Promise.all(names.map(async (file) => [file, await this.#digest(file)] as const));
    const values = {
      ...gateway,
      digests: Object.fromEntries(digests) as Record<AgentFile, string | null>,
    };
    const parts = await Promise.all(
      Object.entries(templates[name]).map(
        async ([mark, file]) => [mark, await this.#template(file)] as const,
      ),
    );
    const filled = fillInstallScript(await this.#template(name), values, Object.fromEntries(parts));
    // Windows PowerShell 5.1 takes a file without this mark for one in the machine's old code page.
    const mark = name === InstallScript.windows && !filled.startsWith('\uFEFF') ? '\uFEFF' : '';
    return Buffer.from(mark + filled);
  }

  /** What `windowsInstallLine` needs: the digest of install.ps1 as it is served, or null while no machine can join. */
  async ps1Sha256(): Promise<string | null> {
    const script = await this.script(InstallScript.windows);
    return script && sha256Of(script);
  }

  /**
   * Opens a file of the agent. Whoever asked closes it.
   *
   * @returns null where it was not built, or was built of another bundle than the one that is served.
   */
  async open(file: AgentFile): Promise<OpenFile | null> {
    if (file !== AgentFile.bundle && !(await this.#isOfBundle(file))) return null;
    return this.#open(join(this.#packageDir, 'agent/dist', file));
  }

  /** Programs are built on demand, the bundle with every build: one that was left behind would bring back an old agent. */
  async #isOfBundle(program: AgentFile): Promise<boolean> {
    const note = join(this.#packageDir, 'agent/dist', `${program}.of-bundle`);
    const of = await readFile(note, 'utf8').catch(() => null);
    return of !== null && of.trim() === (await this.#digest(AgentFile.bundle));
  }

  async #open(path: string): Promise<OpenFile | null> {
    let handle: FileHandle;
    try {
      handle = await open(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
    try {
      const { size, mtimeMs, ino } = await handle.stat();
      const stamp = `${ino} ${size} ${mtimeMs}`;
      const known = this.#digests.get(path);
      const sha256 = known?.stamp === stamp ? known.sha256 : sha256OfFile(handle);
      // Kept before it is made: a hundred million bytes are read once, however many ask first.
      this.#digests.set(path, { stamp, sha256 });
      return { handle, bytes: size, sha256: await sha256 };
    } catch (error) {
      this.#digests.delete(path);
      await handle.close();
      throw error;
    }
  }

  async #digest(file: AgentFile): Promise<string | null> {
    const opened = await this.open(file);
    await opened?.handle.close();
    return opened?.sha256 ?? null;
  }

  #template(name: string): Promise<string> {
    return readFile(join(this.#packageDir, 'install', name), 'utf8');
  }
}

const sha256Of = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** In pieces: the program that brings its own Node has a hundred million bytes. */
const sha256OfFile = async (handle: FileHandle): Promise<string> => {
  const hash = createHash('sha256');
  for await (const piece of createReadStream('', { fd: handle, autoClose: false, start: 0 }))
    hash.update(piece);
  return hash.digest('hex');
};
