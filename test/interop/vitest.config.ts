import { defineConfig } from 'vitest/config';

/**
 * An agent in another language, run by itself: `npm run test:interop`. It needs Debian's python3-grpcio,
 * python3-cryptography, protobuf-compiler and protobuf-compiler-grpc.
 */
export default defineConfig({
  test: {
    include: ['test/interop/**/*.test.ts'],
    root: new URL('../..', import.meta.url).pathname,
    globalSetup: ['test/global-setup.ts'],
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
