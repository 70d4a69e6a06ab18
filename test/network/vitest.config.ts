import { defineConfig } from 'vitest/config';

/**
 * Agents on networks that fail. By themselves, since a keepalive has to run out and namespaces need root:
 * `npx vitest run --config test/network/vitest.config.ts`.
 */
export default defineConfig({
  test: {
    include: ['test/network/**/*.test.ts'],
    root: new URL('../..', import.meta.url).pathname,
    globalSetup: ['test/global-setup.ts'],
    pool: 'forks',
    // Side by side: each file has a server and networks of its own, and nearly all of the time is waiting for a keepalive.
    maxWorkers: 2,
    testTimeout: 240_000,
    hookTimeout: 120_000,
  },
});
