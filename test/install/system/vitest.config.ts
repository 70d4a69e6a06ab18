import { defineConfig } from 'vitest/config';

/**
 * What needs shellcheck, systemd-analyze, busybox and a hundred megabytes of disk, run by itself: `npx vitest run --config
 * test/install/system/vitest.config.ts`. The install script goes through its tests once more under each shell that it may meet.
 */
export default defineConfig({
  test: {
    include: ['test/install/**/*.test.ts'],
    root: new URL('../../..', import.meta.url).pathname,
    provide: { shells: ['dash', 'bash', 'busybox sh'] },
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
});
