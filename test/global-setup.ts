import { build } from 'esbuild';
import { build as buildProduct } from '../scripts/build.js';

/** Builds what tests start as processes of their own, once for a whole run: the product, and programs with crash points. */
export const setup = async (): Promise<void> => {
  await buildProduct();
  await build({
    entryPoints: {
      'crash-server': 'test/e2e/programs/crash-server.ts',
      'crash-agent': 'test/e2e/programs/crash-agent.ts',
      torture: 'test/e2e/torture/main.ts',
    },
    outdir: 'dist/e2e',
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    logLevel: 'error',
  });
};
