// Installs a far end that others wrote outside the package's dependencies, and runs its tests on a network of their own.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const has = (command) => spawnSync('sh', ['-c', `command -v ${command}`], { stdio: 'ignore' }).status === 0;
const run = (command, args, options = {}) => {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit', cwd: root, ...options });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
};

/**
 * Emulators bind every interface and have no setting for it, so they and the tests run where there is only a loopback.
 *
 * @param {{ name: string, packages: Record<string, string>, overrides?: Record<string, string> }} emulator
 * with exact versions.
 */
export const runEmulator = ({ name, packages, overrides = {} }) => {
  if (!has('bwrap')) {
    console.error('The emulator runs on a network of its own, by bubblewrap. Install it (apt-get install');
    console.error('bubblewrap), then run this again.');
    process.exit(2);
  }
  const folder = join(root, 'node_modules/.cache/emulators', name);
  const wanted = `${JSON.stringify({ private: true, dependencies: packages, overrides }, null, 2)}\n`;
  const note = join(folder, 'installed.json');
  if (!existsSync(note) || readFileSync(note, 'utf8') !== wanted) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), wanted);
    const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    run('npm', ['install', '--prefer-offline', ...quiet], { cwd: folder });
    writeFileSync(note, wanted);
  }
  run('bwrap', [
    ...['--dev-bind', '/', '/', '--unshare-net', '--unshare-pid', '--proc', '/proc', '--die-with-parent'],
    ...[process.execPath, join(root, 'node_modules/vitest/vitest.mjs'), 'run'],
    ...['--config', 'test/emulators/vitest.config.ts', `test/emulators/${name}`, ...process.argv.slice(2)],
  ]);
};
