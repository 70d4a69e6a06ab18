import { afterEach, describe, expect, it } from 'vitest';
import { openScene, type Scene } from './scene.ts';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});
const scene = async (...args: Parameters<typeof openScene>): Promise<Scene> => {
  const opened = await openScene(...args);
  stops.push(opened.stop);
  return opened;
};

describe('what is said to us', () => {
  it('a mention is heard as plain text, with its person by name', async () => {
    const { workspace, hearing } = await scene();
    workspace.user('ada').says('ops', '@nerdy check memory on db1');
    await workspace.until(() => hearing.heard[0]);
    expect(hearing.heard).toMatchObject([
      { text: 'check memory on db1', under: null, isAddressed: true, by: { name: 'ada', surface: 'slack' } },
    ]);
  });
});
