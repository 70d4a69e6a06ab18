// `npm run torture -- --runs 2000 --kills 200 [--wrappers] [--seed n]`: builds the product and test/e2e/torture, and runs it.
import { fileURLToPath } from 'node:url';
import { build } from './build.js';
import { bundle } from './bundle.js';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
await build();
await bundle({ main: 'test/e2e/torture/main.ts' }, 'dist/torture');
await import('../dist/torture/main.js');
