// `npm run bench:alerts`: bundles bench/alerts.ts and runs it. What it measures depends on the machine; it prints all of it.
import { fileURLToPath } from 'node:url';
import { build } from './build.js';
import { bundle } from './bundle.js';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
await build();
await bundle({ alerts: 'bench/alerts.ts', 'alert-load': 'bench/alert-load.ts' }, 'dist/bench');
await import('../dist/bench/alerts.js');
