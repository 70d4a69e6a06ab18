import { defineConfig } from 'vitest/config';

/** Tests that need Chromium, run by themselves: `npx vitest run --config test/browser/vitest.config.ts`. */
export default defineConfig({
  test: {
    include: ['test/browser/**/*.test.ts'],
    root: new URL('../..', import.meta.url).pathname,
    // One browser at a time: two on a small machine slow each other into time-outs.
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // What is awaited comes as soon as the machine gets to it; a second is short for a busy one.
    expect: { poll: { timeout: 15_000 } },
  },
});
