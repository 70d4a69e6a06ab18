// `npm run bench`: bundles bench/ and runs it. Ratios against a floor of the same run; absolute times mean little.
import { fileURLToPath } from 'node:url';
import { build } from './build.js';
import { bundle } from './bundle.js';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
await build();
await bundle(
  { 'approve-to-first-byte': 'bench/approve-to-first-byte.ts', floor: 'bench/floor.ts' },
  'dist/bench',
);
await import('../dist/bench/approve-to-first-byte.js');
