import { chmod, mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { shortenPackages } from './bundle.js';

const path = (relative) => fileURLToPath(new URL(`../${relative}`, import.meta.url));

/**
 * What most agents never need, or only when an order comes: the classifier with its grammar where a policy has rules, and
 * YAML where there is a policy. Together half of the program's text; it is read by V8 at the first call.
 */
const lazy = { yaml: ['parseDocument'], [path('src/core/risk/mentions.ts')]: ['readScript'] };

/** Puts a module in the place of each of those that fetches it when one of its functions is called. */
const loadLate = {
  name: 'load-late',
  setup(builder) {
    builder.onResolve(
      { filter: /^yaml$|\/mentions\.ts$/ },
      async ({ path: wanted, resolveDir, kind, pluginData }) => {
        if (kind !== 'import-statement' || pluginData === 'real') return null;
        const { path: found } = await builder.resolve(wanted, { resolveDir, kind, pluginData: 'real' });
        const key = wanted === 'yaml' ? wanted : found;
        return lazy[key] ? { path: key, namespace: 'load-late', pluginData: resolveDir } : null;
      },
    );
    builder.onLoad({ filter: /.*/, namespace: 'load-late' }, ({ path: key, pluginData }) => ({
      contents: lazy[key]
        .map(
          (name) => `export const ${name} = (...args) => require(${JSON.stringify(key)}).${name}(...args);`,
        )
        .join('\n'),
      resolveDir: pluginData,
    }));
  },
};

/**
 * esbuild leaves characters of other alphabets in regular expressions, where their escapes mean the same. One of them is enough for V8
 * to keep the whole program in two bytes a character, for as long as the agent runs.
 */
const asciiOf = (text) =>
  text.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

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
    // Our names stay, so that a stack trace in a machine's log can be read. esbuild's way to keep names beside shortened ones costs
    // an agent three megabytes of memory.
    minifyWhitespace: true,
    minifySyntax: true,
    // Node shows the line of an error that nobody caught, and without a bound that line would be the whole program.
    lineLimit: 160,
    plugins: [loadLate, shortenPackages],
    banner: { js: '#!/usr/bin/env node' },
    loader: { '.proto': 'text', '.sh': 'text', '.ps1': 'text' },
    logLevel: 'warning',
  });
  // Renamed into place, so that an agent that starts meanwhile reads a whole file.
  await mkdir(dirname(outfile), { recursive: true });
  const draft = `${outfile}.${process.pid}`;
  await writeFile(draft, asciiOf(outputFiles[0].text));
  await chmod(draft, 0o755);
  await rename(draft, outfile);
  return outfile;
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.stdout.write(`${await buildAgent()}\n`);
}
