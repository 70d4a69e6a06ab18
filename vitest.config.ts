import { availableParallelism } from 'node:os';
import { configDefaults, defineConfig } from 'vitest/config';

/** The tests of `npm test`. Those of browser, networks and installing have configurations of their own: they need more than Node. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    exclude: [
      ...configDefaults.exclude,
      'test/browser/**',
      'test/emulators/**',
      'test/install/system/**',
      'test/interop/**',
      'test/network/**',
    ],
    globalSetup: ['test/global-setup.ts'],
    setupFiles: ['test/fast-check-seed.ts'],
    // A crash scene is three processes; more scenes at once only wait for each other.
    maxConcurrency: 3,
    // Much of the time goes to waiting for disks and other processes, so two files at once even on two cores.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // Some suites start real processes, signals and native modules; those want a process, not a thread.
    pool: 'forks',
    // Nothing sleeps, so time is only ever spent working: generous for a loaded machine, short for a hang.
    testTimeout: 90_000,
    hookTimeout: 90_000,
  },
});
