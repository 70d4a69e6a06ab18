// Builds the server's one file and the agent's one file. esbuild only moves code; `npm run types` checks it.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

export const build = async () => {
  const { build: esbuild, stop } = await import('esbuild');
  const { dependencies } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'));
  const agent = JSON.parse(readFileSync(`${root}/agent/package.json`, 'utf8')).dependencies;
  await esbuild({
    absWorkingDir: root,
    entryPoints: { nerdy: 'src/main.ts' },
    outdir: 'dist',
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: true,
    jsx: 'automatic',
    jsxImportSource: 'preact',
    external: Object.keys({ ...dependencies, ...agent }).flatMap((name) => [name, `${name}/*`]),
    logLevel: 'warning',
  });
  const { buildAgent } = await import('./build-agent.js');
  await buildAgent();
  // Its helper process would otherwise live as long as whoever called.
  await stop();
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  // npm calls this after an install too, where the tools may have been left out on purpose.
  if (process.argv.includes('--if-possible')) {
    try {
      await import('esbuild');
    } catch {
      process.exit(0);
    }
  }
  await build();
}
