// `npm start`: installs what is missing, builds, and runs the server with one agent on this machine named `local`.
// Needs nothing but Node itself, since it runs before anything is installed.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`NerdyOps needs Node 20.19 or newer; this is ${process.versions.node}.`);
  process.exit(2);
}

const installed = 'node_modules/.package-lock.json';
if (!existsSync(installed) || statSync(installed).mtimeMs < statSync('package-lock.json').mtimeMs) {
  console.log('Installing what is missing (a minute or two the first time) …');
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 1);
}
const { build } = await import('./build.js');
await build();

// Whoever starts it by hand wants to read it; servers set the level they want.
const env = { NERDY_LOG_LEVEL: 'warn', ...process.env };
const run = (args, stdio) => spawn(process.execPath, ['dist/nerdy.js', ...args], { stdio, env });
const server = run(['serve', ...process.argv.slice(2)], ['inherit', 'pipe', 'inherit']);
let agent = null;
createInterface({ input: server.stdout }).on('line', (line) => {
  console.log(line);
  // It speaks when it is ready; an agent that comes sooner would only say that nobody is there.
  agent ??= startAgent();
});

const startAgent = () => {
  const child = run(['agent', '--name', 'local'], ['ignore', 'inherit', 'pipe']);
  // What the agent says when all is well would only stand between a person and the link.
  createInterface({ input: child.stderr }).on('line', (line) => {
    if (!line.includes('"level":"info"')) console.error(line);
  });
  return child;
};

const stop = (signal) => {
  agent?.kill(signal);
  server.kill(signal);
};
process.on('SIGINT', () => stop('SIGINT'));
process.on('SIGTERM', () => stop('SIGTERM'));
server.on('exit', (code, signal) => {
  if (signal === null && code === 0)
    console.log('Stopped. Scripts that run go on; the next start shows their end.');
  if (signal === 'SIGKILL')
    console.error('The server was killed. Scripts that run go on; `npm start` shows their end.');
  agent?.kill('SIGTERM');
  process.exitCode = code ?? 1;
});
