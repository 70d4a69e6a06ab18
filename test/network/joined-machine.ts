import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { InstalledAgent } from '../e2e/attack-scene.ts';
import { joined, type KeptServer } from '../e2e/loop.ts';
import { packageDir } from '../e2e/processes.ts';

const run = promisify(execFile);

/** A machine that has joined by the line that `nerdy agents invite` prints, with everything below a directory. */
export class JoinedMachine {
  readonly name: string;
  readonly #server: KeptServer;
  readonly #command: string[];
  #agent: InstalledAgent;

  private constructor(name: string, server: KeptServer, command: string[]) {
    this.name = name;
    this.#server = server;
    this.#command = command;
    this.#agent = new InstalledAgent({ command });
  }

  /**
   * @param options.on what makes a command run on that machine, in front of it; nothing for this one.
   * @param options.dir where the installation goes, which is else the machine's own root.
   */
  static async join(options: {
    server: KeptServer;
    dataDir: string;
    name: string;
    dir: string;
    on: readonly string[];
  }): Promise<JoinedMachine> {
    const { server, dataDir, name, dir, on } = options;
    mkdirSync(dir);
    const { url } = await server.address();
    const line = await printedLine(url, dataDir, name);
    // Whoever runs this may have no sudo, and needs none.
    const sudo = join(dir, 'sudo');
    writeFileSync(sudo, '#!/bin/sh\nexec "$@"\n');
    chmodSync(sudo, 0o755);
    const here = `${line} --prefix ${dir} --no-service --user "$(id -un)"`;
    const [program = '', ...args] = [...on, 'sh', '-c', here];
    await run(program, args, { env: { ...process.env, PATH: `${dir}:${process.env.PATH}` } });
    const data = join(dir, 'var/lib/nerdyops-agent');
    const machine = new JoinedMachine(name, server, [
      ...on,
      join(dir, 'usr/local/bin/nerdy-agent'),
      'run',
      '--data',
      data,
    ]);
    await joined(server, name);
    return machine;
  }

  logged(words: string): Promise<string> {
    return this.#agent.logged(words);
  }

  /** kill -9 of the agent, and a new one. */
  async killAndStart(): Promise<void> {
    await this.#agent.kill();
    this.#agent = new InstalledAgent({ command: this.#command });
    await joined(this.#server, this.name);
  }

  async stop(): Promise<void> {
    await this.#agent.stop();
  }
}

/** What a person would paste, as it stands there. */
const printedLine = async (url: string, dataDir: string, name: string): Promise<string> => {
  const args = ['--server', url, 'agents', 'invite', '--name', name, '--label', 'net=rough'];
  const env = { ...process.env, NERDY_DATA_DIR: dataDir };
  const { stdout } = await run(process.execPath, [join(packageDir, 'dist/nerdy.js'), ...args], { env });
  const line = stdout.split('\n').find((text) => text.startsWith('curl '));
  if (line === undefined) throw new Error(`no line was printed: ${stdout}`);
  return line;
};
