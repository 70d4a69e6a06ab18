// `npm run bench`: bundles bench/ and runs it. Ratios against a floor of the same run; absolute times mean little.
import { fileURLToPath } from 'node:url';
import { build as esbuild } from 'esbuild';
import { build } from './build.js';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);
await build();
await esbuild({
  absWorkingDir: root,
  entryPoints: ['bench/approve-to-first-byte.ts', 'bench/floor.ts'],
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
await import('../dist/bench/approve-to-first-byte.js');
