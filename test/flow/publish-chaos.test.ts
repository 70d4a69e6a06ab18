import fc from 'fast-check';
import { expect, it } from 'vitest';
import { publishFaultRetryMs } from '../../src/flow/limits.ts';
import { Publisher } from '../../src/flow/publish.ts';
import type { PostOutcome } from '../../src/ports/chat.ts';
import type { Post, Store } from '../../src/ports/store.ts';
import { FakeChat } from './fake-chat.ts';
import { askIn, makePublishRig, nudge, owed, placeIn } from './publish-rig.ts';
import { act, type Rig, turns } from './rig.ts';

/** How a call to the chat goes. */
const troubles = [
  'later',
  'throws',
  'does and throws',
  'does and is unsure',
  'is not done and unsure',
] as const;
type Trouble = (typeof troubles)[number];

type Step =
  | { do: 'ask'; channel: number; inThread: boolean }
  | { do: 'nudge' | 'cancel' | 'delete'; which: number }
  | { do: 'trouble'; with: Trouble }
  | { do: 'restart' | 'kill' }
  | { do: 'wait'; seconds: number };

const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('ask' as const), channel: fc.nat(1), inThread: fc.boolean() }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constantFrom('nudge' as const, 'cancel' as const), which: fc.nat(9) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('delete' as const), which: fc.nat(9) }) },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('trouble' as const), with: fc.constantFrom(...troubles) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('restart' as const, 'kill' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 40 }) }),
  },
);

const later = (isUnsure: boolean): PostOutcome => ({
  kind: 'later',
  retryAfterMs: 2_000,
  reason: 'x',
  isUnsure,
});

/** A chat whose calls go as the steps say, each trouble once. */
class TroubledChat extends FakeChat {
  readonly coming: Trouble[] = [];

  constructor() {
    super();
    let after: () => PostOutcome | undefined = () => undefined;
    this.always = () => {
      const trouble = this.coming.shift();
      after = () => {
        if (trouble === 'does and throws') throw new Error('broken off');
        return trouble === 'does and is unsure' ? later(true) : undefined;
      };
      if (trouble === 'throws') throw new Error('a bug');
      if (trouble === 'later') return later(false);
      return trouble === 'is not done and unsure' ? later(true) : undefined;
    };
    this.afterwards = () => after();
  }
}

/** One server after another on the same rows; a killed one writes nothing any more, whatever it had under way. */
class Lives {
  #current: { publisher: Publisher; kill: () => void } | null = null;

  readonly #rig: Rig;
  readonly #chat: FakeChat;

  constructor(rig: Rig, chat: FakeChat) {
    this.#rig = rig;
    this.#chat = chat;
  }

  async begin(): Promise<void> {
    let isDead = false;
    const store = new Proxy(this.#rig.store, {
      get: (target: Store, name: keyof Store) => {
        const part = target[name] as (...args: unknown[]) => unknown;
        return (...args: unknown[]) =>
          isDead && name === 'change' ? Promise.reject(new Error('killed')) : part.apply(target, args);
      },
    });
    const { terms, clock, log } = this.#rig;
    const surfaces = new Map([['chat', this.#chat]]);
    const publisher = new Publisher({ store, terms, clock, log, incidentCard: async () => null, surfaces });
    clock.step(1);
    await publisher.start();
    const kill = (): void => {
      isDead = true;
    };
    this.#current = { publisher, kill };
  }

  async end(isKilled: boolean): Promise<void> {
    if (isKilled) this.#current?.kill();
    await this.#current?.publisher.stop();
  }
}

const take = async (
  rig: Rig,
  chat: TroubledChat,
  lives: Lives,
  tasks: number[],
  step: Step,
): Promise<void> => {
  const of = (which: number): number => tasks[which % tasks.length] ?? 0;
  switch (step.do) {
    case 'ask': {
      const thread = step.inThread && tasks.length > 0 ? String(tasks[0]) : null;
      tasks.push(await askIn(rig, placeIn(`C${step.channel}`, thread)));
      return;
    }
    case 'nudge':
      await nudge(rig, of(step.which));
      return;
    case 'cancel':
      await rig.desk.cancel(of(step.which), act);
      return;
    case 'delete': {
      const ids = [...chat.messages.keys()];
      chat.messages.delete(ids[step.which % ids.length] ?? '');
      return;
    }
    case 'trouble':
      chat.coming.push(step.with);
      return;
    case 'restart':
    case 'kill':
      await lives.end(step.do === 'kill');
      await lives.begin();
      return;
    case 'wait':
      rig.clock.step(step.seconds * 1_000);
  }
};

/** All is well again, and long enough. */
const settle = async (rig: Rig): Promise<void> => {
  for (let i = 0; i < 6; i++) {
    rig.clock.step(publishFaultRetryMs / 2);
    await turns(30);
  }
  for (let i = 0; i < 6; i++) {
    rig.clock.step(1_000);
    await turns(30);
  }
};

const postsOf = async (rig: Rig, tasks: readonly number[]): Promise<Post[]> =>
  (await Promise.all(tasks.map((number) => rig.store.listPosts({ kind: 'task', number })))).flat();

it('whatever fails, and whenever the server dies: each post ends as one message, which shows what is true', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { minLength: 5, maxLength: 40 }), async (script) => {
      const rig = await makePublishRig();
      try {
        const chat = new TroubledChat();
        const lives = new Lives(rig, chat);
        await lives.begin();
        const tasks: number[] = [];
        for (const step of script) {
          await take(rig, chat, lives, tasks, step);
          await turns(6);
        }
        chat.coming.length = 0;
        for (const task of tasks) await nudge(rig, task);
        await settle(rig);
        await lives.end(false);
        expect(await owed(rig)).toEqual([]);
        for (const post of await postsOf(rig, tasks)) {
          if (post.gone !== null) continue;
          const mine = [...chat.messages].filter(([, { postId }]) => postId.startsWith(post.id));
          expect(mine.map(([id]) => id)).toEqual([post.messageId]);
          const record = await rig.store.getTask(post.subject.number);
          const { state, revision } = record?.task ?? {};
          expect(mine[0]?.[1].content).toMatchObject({ kind: 'card', card: { state, revision } });
        }
        expect(chat.overlaps).toBe(0);
      } finally {
        await rig.dispose();
      }
    }),
    { numRuns: 30 },
  );
});
