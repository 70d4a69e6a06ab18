import { expect, it } from 'vitest';
import { stateMachinePage } from './state-machine-page.ts';

it('docs/state-machine.md is drawn from the tables; after a change to them run this test with -u', async () => {
  await expect(stateMachinePage()).toMatchFileSnapshot('../../docs/state-machine.md');
});
