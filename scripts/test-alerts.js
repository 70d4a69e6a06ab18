// `npm run test:alerts`: the server against Debian's Alertmanager.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
for (const program of ['prometheus-alertmanager', 'amtool']) {
  if (spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0) continue;
  console.error(
    `There is no ${program} here. Install it (apt-get install prometheus-alertmanager), then run this again.`,
  );
  console.error(
    'The package starts a service of its own; a policy-rc.d that exits with 101 keeps it from that.',
  );
  process.exit(2);
}
const vitest = join(root, 'node_modules/vitest/vitest.mjs');
const args = ['run', '--config', 'test/emulators/vitest.config.ts', 'test/emulators/alerts'];
const { status } = spawnSync(process.execPath, [vitest, ...args, ...process.argv.slice(2)], {
  stdio: 'inherit',
  cwd: root,
});
process.exit(status ?? 1);
