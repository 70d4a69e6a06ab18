// `npm run bench:alerts`: bundles bench/alerts.ts and runs it. What it measures depends on the machine; it prints all of it.
import { fileURLToPath } from 'node:url';
import { build as esbuild } from 'esbuild';
import { build } from './build.js';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);
await build();
await esbuild({
  absWorkingDir: root,
  entryPoints: ['bench/alerts.ts', 'bench/alert-load.ts'],
  outdir: 'dist/bench',
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  logLevel: 'error',
});
await import('../dist/bench/alerts.js');
