import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { effectsIn } from '../e2e/loop.ts';
import { packageDir } from '../e2e/processes.ts';
import { type FakeMessage, fakeIds, textOf } from '../fakes/discord-shapes.ts';
import { ada, buttonOf, Scene } from './scene.ts';

/** A whole server in a Discord that fails in mid-task: whatever is lost on the way, the card ends on what is true. */
let scene: Scene;
const marks = mkdtempSync(join(tmpdir(), 'nerdyops-marks-'));
let count = 0;
beforeAll(async () => {
  scene = await Scene.start({ env: { NERDY_RUNBOOKS_DIR: join(packageDir, 'test/chat/runbooks') } });
});
afterAll(async () => {
  await scene.stop();
  rmSync(marks, { recursive: true, force: true });
});

const mention = `<@${fakeIds.application}>`;
const newMark = (): string => join(marks, `mark-${++count}`);
/** The card that says this, once it is as wanted. */
const card = (mark: string, words: string, than = ''): Promise<FakeMessage> =>
  scene.shown((m) => {
    const text = textOf(m.components);
    return m.id !== than && text.includes(`> hold the file ${mark} `) && text.includes(words);
  });
const asked = async (mark: string): Promise<FakeMessage> => {
  scene.discord.say(ada, `${mention} hold the file ${mark} on db1`);
  return card(mark, 'read the script');
};
const approve = (shown: FakeMessage): string => scene.discord.press(ada, shown, buttonOf(shown, 'Approve'));
const release = (mark: string): void => writeFileSync(`${mark}.go`, '');

it.each([
  ['asks to connect again', () => scene.discord.gateway.reconnect()],
  ['calls the session invalid, and it can be resumed', () => scene.discord.gateway.invalidate(true)],
  ['calls the session invalid for good', () => scene.discord.gateway.invalidate(false)],
  [
    'has an outage of the server',
    () => {
      scene.discord.gateway.outage(false);
      scene.discord.gateway.outage(true);
    },
  ],
])(
  'where Discord %s in mid-task the card ends on what is true, and who speaks meanwhile is heard',
  async (_, breaks) => {
    const [mark, next] = [newMark(), newMark()];
    const shown = await asked(mark);
    approve(shown);
    await card(mark, 'Running');
    breaks();
    scene.discord.say(ada, `${mention} hold the file ${next} on db1`);
    release(mark);
    const done = await card(mark, 'Done on db1');
    expect(done.id).toBe(shown.id);
    expect(effectsIn(mark)).toBe(1);
    await card(next, 'read the script');
  },
);

it('a click that was answered late and one that came twice run the script once, and the card tells its end', async () => {
  const mark = newMark();
  const shown = await asked(mark);
  approve(shown);
  scene.discord.clock = () => 3_001;
  scene.discord.gateway.repeat('INTERACTION_CREATE');
  release(mark);
  await card(mark, 'Done on db1');
  expect(scene.discord.refusals).toContain('Unknown interaction');
  expect(effectsIn(mark)).toBe(1);
});

it('a card that is deleted while its task waits is posted anew at once, says so, and is approved there', async () => {
  const mark = newMark();
  const shown = await asked(mark);
  scene.discord.erase(shown.id);
  const anew = await card(mark, 'was deleted', shown.id);
  approve(anew);
  release(mark);
  const done = await card(mark, 'Done on db1');
  expect(done.id).toBe(anew.id);
  expect(effectsIn(mark)).toBe(1);
});
