import pino from 'pino';
import { type App, createApp } from '../app.ts';
import type { Config } from '../config.ts';
import { SecretRedactor } from '../redaction/secret-redactor.ts';
import { noteServerStopped, writeServerNote } from '../system/server-file.ts';
import { ExitCode } from './exit-code.ts';
import { paint } from './paint.ts';
import { serverLog } from './server-log.ts';

/** How long `npm start` waits for its own agent before it says that the server is ready all the same. */
const agentJoinMs = 5_000;

/** Where `npm start` stands behind, it starts the agent now, and "ready" is said once that has joined. */
const supervised = async (app: App): Promise<void> => {
  if (!process.send) return;
  const joined = new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, agentJoinMs);
    const end = app.desk.watch(({ agents }) => {
      if (agents.size === 0) return;
      clearTimeout(timer);
      end();
      resolve();
    });
  });
  process.send('listening');
  process.channel?.unref();
  await joined;
};

/** `nerdy serve`: the server in the foreground, until SIGINT or SIGTERM. */
export const serveCommand = async (config: Config, packageDir: string): Promise<void> => {
  const log = serverLog(config.logLevel, new SecretRedactor(), pino.destination({ fd: 2, sync: false }));
  const app = await createApp({ config, packageDir, log });
  let isStopping = false;
  const stop = async (signal: string): Promise<void> => {
    // Ctrl-C reaches every process of the terminal, and `npm start` passes it on besides: the second changes nothing.
    if (isStopping) return;
    isStopping = true;
    log.info({ signal }, 'stopping');
    await app.stop();
    noteServerStopped(config.dataDir);
    process.exit(ExitCode.done);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  try {
    await app.start();
  } catch (err) {
    await app.stop().catch(() => {});
    throw err;
  }
  writeServerNote(config.dataDir, { url: app.url(), pid: process.pid });
  await supervised(app);
  const waiting = app.waitsFor();
  console.log(`NerdyOps ${waiting.length === 0 ? 'is ready' : 'answers'} at ${app.url()}`);
  for (const { text } of [...waiting, ...app.goesWithout()]) console.log(paint.yellow(text));
  console.log(`Open the console: ${paint.bold(app.consoleLink())}`);
  console.log(paint.dim('The link works once, for 15 minutes. Another: npx nerdy console'));
};
