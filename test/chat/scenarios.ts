import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decideMs } from '../../src/core/limits.ts';
import type { ChatDriver } from './chat-driver.ts';
import { approve, type ChatScene } from './chat-scene.ts';
import { ChatWorld } from './chat-world.ts';

/** One scenario: what it shows, and how it is played. */
type Scenario = readonly [name: string, play: (scene: ChatScene) => Promise<void>];

const decisions: readonly Scenario[] = [
  [
    'from a mention to an answer in the thread, with a real script on a real machine',
    async (scene) => {
      const task = await scene.asks('dan', `mark the file ${scene.mark} on db1`);
      const card = await scene.proposed(task);
      for (const words of [scene.mark, 'db1', 'dan', 'echo ran']) expect(card.text).toContain(words);
      expect(card.buttons.join()).toMatch(/approve.*reject.*edit/i);
      expect(scene.effects).toBe(0);
      await scene.clicks('bob', card, approve);
      const answer = await scene.answer(task, /Marked 1 times/);
      expect(answer.text).toContain('marked 1');
      const done = await scene.card(task, ({ text }) => /Done/.test(text));
      for (const words of ['Done on db1', 'bob']) expect(done.text).toContain(words);
      expect(done.buttons.some((label) => approve.test(label))).toBe(false);
      expect(scene.effects).toBe(1);
      expect(scene.cards(task)).toHaveLength(1);
    },
  ],
  [
    'a no with its reason',
    async (scene) => {
      const task = await scene.asks('dan', `mark the file ${scene.mark} on db1`);
      await scene.clicks('bob', await scene.proposed(task), /^reject/i);
      await scene.form('bob');
      expect(await scene.submits('bob', { why: 'That is the wrong file.' })).toBe('');
      const card = await scene.card(task, ({ text }) => text.includes('That is the wrong file.'));
      expect(card.text).toMatch(/rejected by bob/i);
      expect(card.buttons).toEqual([]);
      expect(scene.effects).toBe(0);
    },
  ],
  [
    'an edit is decided anew, and runs as it was edited',
    async (scene) => {
      const task = await scene.asks('dan', `mark the file ${scene.mark} on db1`);
      const first = await scene.proposed(task);
      await scene.clicks('ada', first, /^edit/i);
      const form = await scene.form('ada');
      expect(Object.values(form.fields).join()).toContain('echo ran');
      expect(
        await scene.submits('ada', { bash: `echo ran >> ${scene.mark}\necho ran >> ${scene.mark}` }),
      ).toBe('');
      const second = await scene.card(task, ({ text }) => /revision 2/.test(text));
      // The older card can't approve the newer text.
      await scene.clicks('bob', first, approve);
      await scene.whisper('bob', /changed/i);
      expect(scene.effects).toBe(0);
      await scene.clicks('bob', second, approve);
      await scene.ended(task);
      expect(scene.effects).toBe(2);
    },
  ],
  [
    'two people who click at once run it once',
    async (scene) => {
      const task = await scene.asks('dan', `mark the file ${scene.mark} on db1`);
      const card = await scene.proposed(task);
      await Promise.all([scene.clicks('ada', card, approve), scene.clicks('bob', card, approve)]);
      await scene.card(task, ({ text }) => /Done/.test(text));
      expect(scene.effects).toBe(1);
      expect((await scene.ended(task)).votes).toHaveLength(1);
      const late = await scene.until(() =>
        [...scene.sees('ada'), ...scene.sees('bob')].find((m) => m.isPrivate),
      );
      expect(late.text).toMatch(/already|decided|changed/i);
    },
  ],
  [
    'who may not decide is told so alone, with who may',
    async (scene) => {
      const task = await scene.asks('dan', `mark the file ${scene.mark} on db1`);
      await scene.clicks('eve', await scene.proposed(task), approve);
      const refusal = await scene.whisper('eve', /approve/i);
      expect(refusal.text).toMatch(/ada|bob|approver/i);
      expect(scene.sees('ada').some((m) => m.isPrivate)).toBe(false);
      expect(scene.effects).toBe(0);
      await scene.proposed(task);
    },
  ],
  [
    'something dangerous takes the typed number, and somebody else',
    async (scene) => {
      const task = await scene.asks('ada', `burn the file ${scene.mark} on db1`);
      const card = await scene.proposed(task);
      expect(card.text).toMatch(/dangerous/i);
      await scene.clicks('bob', card, approve);
      await scene.form('bob');
      expect(await scene.submits('bob', { [`${task}`]: String(task + 1) })).toContain(String(task));
      expect(scene.effects).toBe(0);
      expect(await scene.submits('bob', { [`${task}`]: String(task) })).toBe('');
      await scene.card(task, ({ text }) => /Done/.test(text));
      expect(scene.effects).toBe(1);
    },
  ],
];

const talk: readonly Scenario[] = [
  [
    'where no machine was named, a choice of them',
    async (scene) => {
      const task = await scene.asks('dan', `mark the file ${scene.mark}`);
      const question = await scene.card(task, ({ text }) => /which/i.test(text));
      expect([...question.buttons, ...question.options]).toEqual(expect.arrayContaining(['db1', 'web1']));
      await scene.driver.picks('dan', question, 'web1');
      const card = await scene.proposed(task);
      expect(card.text).toContain('web1');
      expect(card.text).not.toContain('db1');
    },
  ],
  [
    'a reply in the thread needs no mention and no machine',
    async (scene) => {
      const first = await scene.asks('dan', 'uptime on web1');
      await scene.clicks('bob', await scene.proposed(first), approve);
      await scene.until(() => scene.answers(first)[0]);
      const [card] = scene.cards(first);
      if (!card) throw new Error('no card');
      await scene.driver.says('dan', scene.channel, 'and the disk usage?', card);
      const second = await scene.nextTask([first]);
      const next = await scene.proposed(second);
      expect(next.text).toContain('web1');
      expect(next.under).not.toBe(null);
    },
  ],
  [
    'commands list machines, tasks and help, and show a task',
    async (scene) => {
      const { driver } = scene;
      await driver.commands('ada', scene.channel, 'agents');
      const agents = await scene.until(() => scene.sees().find((m) => m.isOurs && m.text.includes('web1')));
      expect(agents.text).toContain('db1');
      await driver.commands('ada', scene.channel, 'help');
      await scene.until(() => scene.sees().find((m) => m.isOurs && /help|ask/i.test(m.text) && m !== agents));
      const task = await scene.asks('dan', `mark the file ${scene.mark} on db1`);
      await driver.commands('ada', scene.channel, 'tasks');
      await scene.until(() => scene.sees().find((m) => m.isPrivate && m.text.includes(`#${task}`)));
      await driver.commands('ada', scene.channel, `task ${task}`);
      await scene.proposed(task);
      await driver.says('ada', scene.channel, `${driver.mention} agents`, null);
      await scene.until(() => scene.sees().filter((m) => m.isOurs && m.text.includes('web1'))[1]);
    },
  ],
  [
    'an event that comes twice acts once',
    async (scene) => {
      const task = await scene.asks('dan', `mark the file ${scene.mark} on db1`);
      await scene.proposed(task);
      await scene.driver.repeatsLastEvent();
      const second = await scene.asks('dan', `mark the file ${scene.mark} on web1`);
      await scene.proposed(second);
      expect(scene.tasks()).toEqual([task, second]);
    },
  ],
  [
    'what a machine prints stays dead text',
    async (scene) => {
      const nasty = [
        ...['held nothing', '<!channel> <!here> @everyone @here', '<@U00ADA> <@&123> <#C1>'],
        ...[
          '<https://evil.example|your bank> [your bank](https://evil.example)',
          'https://evil.example/x',
          '```',
        ],
        ...['*bold* _it_ ~no~ `tick`', '&lt;!channel&gt; :rotating_light:', '\u202Eabc\u202C \u001b[31mred'],
      ];
      writeFileSync(scene.mark, `${nasty.join('\n')}\n`);
      const task = await scene.asks('dan', `peek into the file ${scene.mark} on db1`);
      await scene.clicks('bob', await scene.proposed(task), approve);
      await scene.until(() => scene.answers(task)[0]);
      await scene.card(task, ({ text }) => /Done/.test(text));
      const live = scene.sees().flatMap((m) => (m.isOurs ? m.live : []));
      expect(live).toEqual([]);
    },
  ],
  [
    'a card that somebody deleted is posted anew, and says so',
    async (scene) => {
      const task = await scene.asks('dan', `hold the file ${scene.mark} on db1`);
      const card = await scene.proposed(task);
      await scene.driver.deletes('ada', card);
      await scene.world.server.call((client) =>
        client.act(task, 'reject', { reason: 'Nobody saw it.' }, randomUUID()),
      );
      const anew = await scene.card(task, ({ text }) => text.includes('Nobody saw it.'));
      expect(anew.id).not.toBe(card.id);
      expect(anew.text).toContain('was deleted');
    },
  ],
];

const decidedPoint = /^store\.change\[task\.approve.* after$/;
/** Where the server dies, by what it has done and what not: a store's change is named by what it writes to the log. */
const stepsAfterYes: Readonly<Record<string, readonly RegExp[]>> = {
  'the decision, with nothing sent yet': [decidedPoint],
  "the card's change, which nobody noted": [decidedPoint, /^chat\.update#\d+ after$/],
  "the run's end, with no answer yet": [decidedPoint, /^store\.change\[run\.finish.* after$/],
  "the answer's post, which nobody noted": [decidedPoint, /^chat\.post#\d+ after$/],
};

const killedAt = (step: string, points: readonly RegExp[]): Scenario => [
  `a server that is killed after ${step}: one message, one run, one answer, and the right card`,
  async (scene) => {
    const task = await scene.asks('dan', `mark the file ${scene.mark} on db1`);
    const card = await scene.proposed(task);
    const death = scene.world.diesAt(points);
    // A server that dies before it acknowledges leaves the person without a word.
    void scene.clicks('bob', card, approve).catch(() => {});
    expect(await death).toBe('SIGKILL');
    await scene.ended(task);
    const done = await scene.card(task, ({ text }) => /Done/.test(text));
    await scene.answer(task, /Marked 1 times/);
    expect(done.id).toBe(card.id);
    expect(done.buttons.filter((label) => approve.test(label))).toEqual([]);
    expect(scene.cards(task)).toHaveLength(1);
    expect(scene.answers(task)).toHaveLength(1);
    expect(scene.effects).toBe(1);
  },
];

/** These end connections and servers, so they are played one after the other. */
const faults: readonly Scenario[] = [
  [
    'a connection that is cut in mid-task: the card catches up, and we hear again',
    async (scene) => {
      const task = await scene.asks('dan', `hold the file ${scene.mark} on db1`);
      await scene.clicks('bob', await scene.proposed(task), approve);
      await scene.running(task);
      scene.driver.cutConnection();
      scene.release();
      await scene.card(task, ({ text }) => /Done/.test(text));
      const second = await scene.asks('dan', `mark the file ${scene.mark} on db1`);
      await scene.proposed(second);
    },
  ],
  [
    'a server that is killed after the yes: one card that catches up, one answer, one effect',
    async (scene) => {
      const task = await scene.asks('dan', `hold the file ${scene.mark} on db1`);
      await scene.clicks('bob', await scene.proposed(task), approve);
      await scene.running(task);
      await scene.world.server.kill();
      scene.release();
      await scene.ended(task);
      await scene.card(task, ({ text }) => /Done/.test(text));
      await scene.answer(task, /Marked 1 times/);
      expect(scene.cards(task)).toHaveLength(1);
      expect(scene.answers(task).filter(({ text }) => /Marked 1 times/.test(text))).toHaveLength(1);
      expect(scene.effects).toBe(1);
    },
  ],
  ...Object.entries(stepsAfterYes).map(([step, points]) => killedAt(step, points)),
  [
    'we are removed from the channel in mid-task: the task goes on',
    async (scene) => {
      const task = await scene.asks('dan', `hold the file ${scene.mark} on db1`);
      await scene.clicks('bob', await scene.proposed(task), approve);
      await scene.running(task);
      scene.driver.removeUs(scene.channel);
      scene.release();
      expect(await scene.ended(task)).toMatchObject({ state: 'done' });
      await scene.world.askedUntil(task, ({ notices }) =>
        notices.some(({ text }) => /not shown in/.test(text)),
      );
      expect(scene.effects).toBe(1);
    },
  ],
  [
    'we are removed and let in again: the card catches up where it stands, and the answer comes',
    async (scene) => {
      const task = await scene.asks('dan', `hold the file ${scene.mark} on db1`);
      const card = await scene.proposed(task);
      await scene.clicks('bob', card, approve);
      await scene.running(task);
      scene.driver.removeUs(scene.channel);
      scene.release();
      await scene.ended(task);
      await scene.world.askedUntil(task, ({ notices }) => notices.length > 0);
      scene.driver.letsUsIn(scene.channel);
      const done = await scene.card(task, ({ text }) => /Done/.test(text));
      expect(done.id).toBe(card.id);
      await scene.answer(task, /Marked 1 times/);
      expect(scene.cards(task)).toHaveLength(1);
    },
  ],
  [
    'the channel is archived in mid-task: the task goes on',
    async (scene) => {
      const task = await scene.asks('dan', `hold the file ${scene.mark} on db1`);
      await scene.clicks('bob', await scene.proposed(task), approve);
      await scene.running(task);
      scene.driver.archive(scene.channel);
      scene.release();
      expect(await scene.ended(task)).toMatchObject({ state: 'done' });
      await scene.world.askedUntil(task, ({ notices }) => notices.some(({ text }) => /archived/i.test(text)));
    },
  ],
  [
    'a click after the time to decide is over does nothing, and says so',
    async (scene) => {
      const task = await scene.asks('dan', `mark the file ${scene.mark} on db1`);
      const card = await scene.proposed(task);
      await scene.world.serveLater(decideMs + 60_000);
      await scene.card(task, ({ text }) => /expired|nobody decided/i.test(text));
      await scene.clicks('bob', card, approve);
      await scene.whisper('bob', /over|expired|decided/i);
      expect(scene.effects).toBe(0);
    },
  ],
];

const crowdCount = 170;
/** Of each machine: accepted, started, ended. */
const newsMin = 500;
/** At a change a second nobody would see more of it; the burst itself takes no longer than this many. */
const changesMax = 40;

const storms: readonly Scenario[] = [
  [
    'hundreds of changes at once stay within the pace of the platform, and end on what is true',
    async (scene) => {
      await scene.world.crowds(crowdCount);
      const task = await scene.asks('dan', `mark the file ${scene.mark} on crowd*`);
      await scene.clicks('bob', await scene.proposed(task), approve);
      const form = await scene.form('bob');
      expect(`${form.title} ${form.text}`).toContain(String(crowdCount));
      const count = String(crowdCount);
      expect(await scene.submits('bob', { [count]: count })).toBe('');
      const done = await scene.ended(task);
      expect(done.revision).toBeGreaterThan(newsMin);
      const card = await scene.card(task, ({ text }) => text.includes(`Done on ${count} machines`));
      expect(card.buttons.some((label) => approve.test(label))).toBe(false);
      expect(scene.driver.refusals()).not.toContain('ratelimited');
      expect(scene.driver.changes(scene.channel)).toBeLessThan(changesMax);
    },
  ],
];

/** Plays every scenario on a platform; one that it can't be played on says why in its driver. */
export const playScenarios = (makeDriver: () => ChatDriver): void => {
  const played = new Set<string>();
  const group = (
    name: string,
    agents: readonly string[],
    scenarios: readonly Scenario[],
    isAtOnce: boolean,
  ) =>
    describe(name, { concurrent: isAtOnce }, () => {
      const driver = makeDriver();
      let world: ChatWorld | null = null;
      beforeAll(async () => {
        world = await ChatWorld.open([driver], agents);
      });
      afterAll(() => world?.close());
      for (const [what, play] of scenarios) {
        const why = driver.cannot[what];
        played.add(what);
        it(why === undefined ? what : `${what}: not here. ${why}`, async ({ onTestFailed }) => {
          if (why !== undefined || !world) return;
          const scene = world.scene(driver);
          onTestFailed(() => console.error(scene.story()));
          await play(scene);
        });
      }
    });
  group('deciding', ['db1'], decisions, true);
  group('talking', ['db1', 'web1'], talk, true);
  group('when something fails', ['db1'], faults, false);
  group('in a storm', [], storms, false);
  it('a driver excuses itself only from scenarios that there are', () => {
    expect(Object.keys(makeDriver().cannot).filter((name) => !played.has(name))).toEqual([]);
  });
};
