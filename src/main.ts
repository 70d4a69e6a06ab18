import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { explain, makeProgram } from './cli/program.ts';

const packageDir = fileURLToPath(new URL('..', import.meta.url));
const { version } = JSON.parse(readFileSync(join(packageDir, 'package.json'), 'utf8')) as { version: string };

const program = makeProgram(packageDir, version, (code) => {
  process.exitCode = code;
});
program.parseAsync().catch((err: unknown) => {
  const { text, code } = explain(err);
  if (text !== '') console.error(text);
  process.exit(code);
});
