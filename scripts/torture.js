// `npm run torture -- --runs 2000 --kills 200 [--wrappers] [--seed n]`: builds the product and test/e2e/torture, and runs it.
import { fileURLToPath } from 'node:url';
import { build as esbuild, stop } from 'esbuild';
import { build } from './build.js';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
await build();
await esbuild({
  entryPoints: ['test/e2e/torture/main.ts'],
  outdir: 'dist/torture',
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  logLevel: 'error',
});
await stop();
await import('../dist/torture/main.js');
