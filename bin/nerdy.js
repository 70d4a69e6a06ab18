#!/usr/bin/env node
import { existsSync } from 'node:fs';

const built = new URL('../dist/nerdy.js', import.meta.url);
if (!existsSync(built)) {
  console.error('NerdyOps is not built yet. Run `npm start` or `npm run build` in its folder first.');
  process.exit(2);
}
await import(built);
