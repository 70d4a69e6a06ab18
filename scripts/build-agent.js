import { chmod, mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const path = (relative) => fileURLToPath(new URL(`../${relative}`, import.meta.url));

/** Bundles the agent to one file, agent/dist/nerdy-agent.cjs. Resolves to its path. */
export const buildAgent = async () => {
  const outfile = path('agent/dist/nerdy-agent.cjs');
  const { outputFiles } = await build({
    entryPoints: [path('agent/src/main.ts')],
    outfile,
    write: false,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    // Identifiers stay, so that a stack trace in a machine's log can be read.
    minifyWhitespace: true,
    minifySyntax: true,
    // Node shows the line of an error that nobody caught, and without a bound that line would be the whole program.
    lineLimit: 160,
    banner: { js: '#!/usr/bin/env node' },
    loader: { '.proto': 'text', '.sh': 'text', '.ps1': 'text' },
    logLevel: 'warning',
  });
  // Renamed into place, so that an agent that starts meanwhile reads a whole file.
  await mkdir(dirname(outfile), { recursive: true });
  const draft = `${outfile}.${process.pid}`;
  await writeFile(draft, outputFiles[0].contents);
  await chmod(draft, 0o755);
  await rename(draft, outfile);
  return outfile;
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.stdout.write(`${await buildAgent()}\n`);
}
