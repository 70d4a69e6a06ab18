import { defineConfig } from 'vitest/config';

/** Chat platforms as others understand them. Run by scripts/run-emulator.js, which installs them and shuts the network. */
export default defineConfig({
  test: {
    include: ['test/emulators/**/*.test.ts'],
    root: new URL('../..', import.meta.url).pathname,
    globalSetup: ['test/global-setup.ts'],
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
