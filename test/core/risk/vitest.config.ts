import { defineConfig } from 'vitest/config';

/** All the damaged scripts that are promised, by themselves: `npx vitest run --config test/core/risk/vitest.config.ts`. */
export default defineConfig({
  test: {
    include: ['test/core/risk/fuzz.test.ts'],
    root: new URL('../../..', import.meta.url).pathname,
    provide: { fuzzScripts: 20_000 },
    // A minute on a quiet machine; what takes longer than this hangs.
    testTimeout: 150_000,
  },
});

declare module 'vitest' {
  interface ProvidedContext {
    fuzzScripts?: number;
  }
}
