import { build as buildProduct } from '../scripts/build.js';
import { bundle } from '../scripts/bundle.js';

/** Builds what tests start as processes of their own, once for a whole run: the product, and programs with crash points. */
export const setup = async (): Promise<void> => {
  await buildProduct();
  await bundle(
    {
      'crash-server': 'test/e2e/programs/crash-server.ts',
      'crash-agent': 'test/e2e/programs/crash-agent.ts',
      torture: 'test/e2e/torture/main.ts',
    },
    'dist/e2e',
  );
};
