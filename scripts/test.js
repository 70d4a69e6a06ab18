// `npm test`: format and lint, types, tests. Installs what is missing; never skips silently.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const run = (command, args) => {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit' });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
};
const has = (command) => spawnSync('sh', ['-c', `command -v ${command}`], { stdio: 'ignore' }).status === 0;

const installed = 'node_modules/.package-lock.json';
if (!existsSync(installed) || statSync(installed).mtimeMs < statSync('package-lock.json').mtimeMs) {
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
}

// The tests start their own private Redis; all they need is the program.
if (!has('redis-server')) {
  const isRoot = process.getuid?.() === 0;
  if (has('apt-get') && isRoot) {
    run('apt-get', ['update', '-qq']);
    run('apt-get', ['install', '-y', '-qq', 'redis-server']);
  } else {
    console.error('The tests need a redis-server on PATH. Install it (sudo apt-get install redis-server, or');
    console.error('brew install redis), then run npm test again.');
    process.exit(2);
  }
}

run('npx', ['biome', 'ci', '.']);
run('npx', ['tsc', '--noEmit']);
run(process.execPath, ['scripts/build.js']);
run('npx', ['vitest', 'run', ...process.argv.slice(2)]);
