// Keeps the server and the agent named `local` up: what was ready and dies is started again, with a pause that grows;
// what never got ready has said why, and is not tried again. Says every step in a sentence.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** The pause before a start: doubles with each death in a row. */
const pauseMsMin = 1_000;
const pauseMsMax = 16_000;
/** Deaths in a row after which it isn't worth another try. */
const deathsInARowMax = 5;
/** Who lived so long is well: its next death is the first again. */
const wellMs = 60_000;
/** Exit code of wrong use or wrong settings (src/cli/exit-code.ts): another start would say the same. */
const exitUsage = 2;
/** How often it is looked whether npm is still there: at SIGTERM npm goes and leaves its child behind. */
const parentLookMs = 1_000;

const howItEnded = (code, signal) =>
  signal === null ? `ended with exit code ${code}` : `was killed (${signal})`;

/** Runs both until a signal or until the server can't go on; sets the exit code. */
export const supervise = (serverArgs, { fastMs = pauseMsMin, deathsMax = deathsInARowMax } = {}) => {
  // Whoever starts it by hand wants to read it; servers set the level they want.
  const env = { NERDY_LOG_LEVEL: 'warn', ...process.env };
  const node = (args, stdio) => spawn(process.execPath, ['dist/nerdy.js', ...args], { stdio, env });
  let isStopping = false;
  let server = null;
  let agent = null;
  let timer = null;

  /** Counts deaths; says how long to wait, or null to give up. */
  const counter = () => {
    let deaths = 0;
    return (livedMs) => {
      deaths = livedMs > wellMs ? 1 : deaths + 1;
      return deaths > deathsMax ? null : Math.min(pauseMsMax, fastMs * 2 ** (deaths - 1));
    };
  };

  const serverPause = counter();
  const startServer = (isFirst) => {
    const startedAt = Date.now();
    let isReady = false;
    server = node(['serve', ...serverArgs], ['inherit', 'pipe', 'inherit', 'ipc']);
    // An agent that comes sooner would only say that nobody is there; the server says that it is ready once it has joined.
    server.on('message', () => {
      if (agent === null) startAgent();
    });
    createInterface({ input: server.stdout }).on('line', (line) => {
      console.log(line);
      isReady = true;
    });
    server.on('exit', (code, signal) => {
      const end = (exitCode) => {
        isStopping = true;
        process.exitCode = exitCode;
        agent?.kill('SIGTERM');
        clearTimeout(timer);
        clearInterval(looks);
      };
      if (isStopping || (signal === null && code === 0)) {
        if (code === 0) console.log('Stopped. Scripts that run go on; the next start shows their end.');
        return end(code ?? 1);
      }
      if (!isReady && (isFirst || code === exitUsage)) return end(code ?? 1);
      const pauseMs = serverPause(Date.now() - startedAt);
      if (pauseMs === null) {
        console.error(
          `The server ${howItEnded(code, signal)}, again and again, so it is not started any more. Scripts that run go on. What it said above tells why; \`npm start\` tries again.`,
        );
        return end(code || 1);
      }
      console.error(
        `The server ${howItEnded(code, signal)}. Scripts that run go on, and nothing that was confirmed is lost. It is started again in ${Math.ceil(pauseMs / 1_000)} s; Ctrl-C ends it.`,
      );
      timer = setTimeout(() => startServer(false), pauseMs);
    });
  };

  const agentPause = counter();
  const startAgent = () => {
    const startedAt = Date.now();
    agent = node(['agent', '--name', 'local'], ['ignore', 'inherit', 'pipe']);
    createInterface({ input: agent.stderr }).on('line', (line) => {
      // What the agent says when all is well would only stand between a person and the link; that the server is gone
      // is said above.
      if (!/"level":"info"|not connected to the gateway/.test(line)) console.error(line);
    });
    agent.on('exit', (code, signal) => {
      if (isStopping) return;
      const pauseMs = code === exitUsage ? null : agentPause(Date.now() - startedAt);
      const what = `The agent "local" ${howItEnded(code, signal)}.`;
      if (pauseMs === null) {
        console.error(
          `${what} It is not started any more; the server goes on without it. Start it with \`npx nerdy agent\`.`,
        );
        return;
      }
      console.error(
        `${what} It is started again in ${Math.ceil(pauseMs / 1_000)} s; scripts that run go on.`,
      );
      setTimeout(() => {
        if (!isStopping) startAgent();
      }, pauseMs);
    });
  };

  const stop = (signal) => {
    if (!isStopping && server?.exitCode === null && server.signalCode === null) {
      isStopping = true;
      agent?.kill(signal);
      server.kill(signal);
      return;
    }
    // Between two lives of the server there is only the agent to end.
    isStopping = true;
    clearTimeout(timer);
    clearInterval(looks);
    agent?.kill('SIGTERM');
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stop(signal));
  const parent = process.ppid;
  const isOfNpm = process.env.npm_lifecycle_event !== undefined;
  const looks = setInterval(() => {
    if (isOfNpm && process.ppid !== parent) stop('SIGTERM');
  }, parentLookMs);
  startServer(true);
};
