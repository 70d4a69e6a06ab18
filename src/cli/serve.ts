import { hostname } from 'node:os';
import pino from 'pino';
import { createApp } from '../app.ts';
import type { Config } from '../config.ts';
import { ExitCode } from './exit-code.ts';
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
