// One home for how TypeScript becomes programs: the product, and what tests, benches and evaluations run.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build, stop, transform } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Packages that stay in node_modules: those with native code or files beside them, and the large ones that only a server with that
 * chat, model or queue loads. All others go into the bundle: hundreds of small files are most of what a start costs.
 */
const kept = [
  ...['better-sqlite3', 'grpc-health-check', '@grpc/proto-loader', 'protobufjs'],
  ...['@slack/bolt', '@slack/socket-mode', '@slack/web-api', 'discord.js'],
  ...['@langchain/core', '@langchain/openai', '@aws-sdk/client-sqs', 'sqs-consumer'],
];

/** Shortens what the packages call things inside their functions; what is ours keeps its names. */
export const shortenPackages = {
  name: 'shorten-packages',
  setup(builder) {
    builder.onLoad({ filter: /[\\/]node_modules[\\/].*\.[cm]?js$/ }, async ({ path: file }) => {
      const { code } = await transform(await readFile(file, 'utf8'), { minify: true, target: 'node20' });
      return { contents: code };
    });
  },
};

/** What packages in CommonJS expect to be there. */
const commonJs = `import { createRequire as makeRequire } from 'node:module';
const require = makeRequire(import.meta.url);
const __dirname = import.meta.dirname;`;

/**
 * Bundles each entry with what it imports into `outdir`; parts that are imported late stay apart. Nothing is checked here: `npm run
 * types` does that.
 *
 * @param entryPoints paths in the repository, by the name of the program that they become.
 */
export const bundle = async (entryPoints, outdir) => {
  await build({
    absWorkingDir: root,
    entryPoints,
    outdir,
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: true,
    jsx: 'automatic',
    jsxImportSource: 'preact',
    external: kept.flatMap((name) => [name, `${name}/*`]),
    banner: { js: commonJs },
    plugins: [shortenPackages],
    logLevel: 'error',
  });
  // Its helper process would otherwise live as long as whoever called.
  await stop();
};
