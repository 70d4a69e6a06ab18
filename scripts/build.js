// Builds the server's one file and the agent's one file.
import { fileURLToPath } from 'node:url';

export const build = async () => {
  const { bundle } = await import('./bundle.js');
  await bundle({ nerdy: 'src/main.ts' }, 'dist');
  const { buildAgent } = await import('./build-agent.js');
  await buildAgent();
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
