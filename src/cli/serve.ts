import { createRequire } from 'node:module';
import { hostname } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { createApp } from '../app.ts';
import type { Config } from '../config.ts';
import { socketName } from '../system/data-files.ts';
import { CliError, ExitCode } from './exit-code.ts';
import { paint } from './paint.ts';

/** `nerdy serve`: the server in the foreground, until SIGINT or SIGTERM. */
export const serveCommand = async (config: Config, packageDir: string): Promise<void> => {
  const log = pino(
    { level: config.logLevel, base: { host: hostname() } },
    pino.destination({ fd: 2, sync: false }),
  );
  const app = await createApp({ config, packageDir, log });
  const stop = async (signal: string): Promise<void> => {
    log.info({ signal }, 'stopping');
    await app.stop();
    process.exit(ExitCode.done);
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  try {
    await app.start();
  } catch (err) {
    await app.stop().catch(() => {});
    throw err;
  }
  console.log(`NerdyOps is ready at ${app.url()}`);
  console.log(`Open the console: ${paint.bold(app.consoleLink())}`);
  console.log(paint.dim('The link works once, for 15 minutes. Another: npx nerdy console'));
};

export interface AgentCommandOptions {
  name: string;
  label: string[];
}

/** `nerdy agent`: an agent on this machine, joined to the server of this data directory by its socket. */
export const agentCommand = (config: Config, packageDir: string, options: AgentCommandOptions): void => {
  const bundle = join(packageDir, 'agent/dist/nerdy-agent.cjs');
  const labels = options.label.flatMap((label) => ['--label', label]);
  const socket = join(config.dataDir, socketName);
  const data = join(config.dataDir, 'agents', options.name);
  process.argv = [
    process.execPath,
    bundle,
    'run',
    '--socket',
    socket,
    '--name',
    options.name,
    '--data',
    data,
    ...labels,
  ];
  try {
    // The bundle reads its own command line and takes over; the process stays one.
    createRequire(import.meta.url)(bundle);
  } catch (err) {
    if ((err as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw err;
    throw new CliError('The agent is not built yet. Run `npm run build`, then try again.', ExitCode.usage);
  }
};
