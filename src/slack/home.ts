import type { App } from '@slack/bolt';
import { z } from 'zod';
import type { Agent } from '../core/agent.ts';
import type { Card } from '../core/card.ts';
import { spanWords } from '../core/figure-words.ts';
import type { Actor, Instant } from '../core/task.ts';
import type { Desk, Usage } from '../flow/desk.ts';
import type { ChatConnection } from '../ports/chat.ts';
import type { Clock } from '../ports/clock.ts';
import type { Service } from '../ports/service.ts';
import type { Errands } from './errands.ts';
import { busyFraction, homeEveryMs, homeOpenMs, homesMax, homeTasksMax } from './limits.ts';
import type { People } from './people.ts';
import { type HomeView, renderHome, renderShutHome } from './render-home.ts';
import type { SlackWeb } from './web.ts';

export interface HomeParts {
  desk: Desk;
  web: SlackWeb;
  people: People;
  errands: Errands;
  clock: Clock;
  trouble: ChatConnection['trouble'];
}

const openedShape = z.object({ user: z.string(), tab: z.string() });
const anything = z.object({});

interface OpenHome {
  openedAt: Instant;
  /** Something has changed since it was published, and a publishing is due. */
  cancel: (() => void) | null;
}

/** The App Home: published when it is opened, and while it may be looked at whenever there is news, at a calm pace. */
export class Home implements Service {
  readonly name = 'slack-home';
  readonly #parts: HomeParts;
  readonly #open = new Map<string, OpenHome>();
  #unwatch: () => void = () => {};

  constructor(parts: HomeParts) {
    this.#parts = parts;
  }

  take(app: App): void {
    app.event('app_home_opened', async ({ event }) => {
      const opened = openedShape.safeParse(event);
      if (opened.success && opened.data.tab === 'home') this.#opened(opened.data.user);
    });
  }

  async start(): Promise<void> {
    this.#unwatch = this.#parts.desk.watch((news) => {
      if (news.tasks.size > 0 || news.agents.size > 0) this.#onNews();
    });
  }

  async stop(): Promise<void> {
    this.#unwatch();
    for (const { cancel } of this.#open.values()) cancel?.();
    this.#open.clear();
  }

  #opened(user: string): void {
    this.#open.get(user)?.cancel?.();
    this.#open.delete(user);
    this.#open.set(user, { openedAt: this.#parts.clock.now(), cancel: null });
    for (const oldest of this.#open.keys()) {
      if (this.#open.size <= homesMax) break;
      this.#forget(oldest);
    }
    this.#publish(user);
  }

  #onNews(): void {
    const { clock } = this.#parts;
    for (const [user, home] of this.#open) {
      if (home.openedAt + homeOpenMs < clock.now()) this.#forget(user);
      else
        home.cancel ??= clock.after(homeEveryMs, () => {
          home.cancel = null;
          this.#publish(user);
        });
    }
  }

  #forget(user: string): void {
    this.#open.get(user)?.cancel?.();
    this.#open.delete(user);
  }

  #publish(user: string): void {
    const { desk, web, people, errands } = this.#parts;
    errands.run('the App Home', async (signal) => {
      const no = desk.lookRefusal({ surface: 'slack', id: user });
      const view = no ? renderShutHome(no) : renderHome(await this.#viewOf(await people.actor(user)));
      await web.call('views.publish', { user_id: user, view }, anything, signal);
    });
  }

  async #viewOf(who: Actor): Promise<HomeView> {
    const { desk, trouble } = this.#parts;
    const [waiting, latest, usage, agents] = await Promise.all([
      desk.awaits(who, homeTasksMax * 2),
      desk.cards({ limit: homeTasksMax * 5 }),
      desk.usage(who),
      desk.agents(),
    ]);
    return {
      waiting,
      asked: latest.filter((card) => isOf(card, who)).slice(0, homeTasksMax),
      machines: agents.map((agent) => ({ name: agent.name, online: agent.online, busy: busyWords(agent) })),
      usage: usageWords(usage),
      trouble: trouble()?.text ?? null,
    };
  }
}

const isOf = ({ asker }: Card, who: Actor): boolean => asker.surface === who.surface && asker.id === who.id;

const busyWords = ({ load, online }: Agent): string | null => {
  if (!online || load === null) return null;
  const percent = (fraction: number): string => `${Math.round(fraction * 100)} %`;
  const parts: [string, number][] = [
    ['CPU', load.cpuFraction],
    ['memory', load.memoryUsedBytes / load.memoryTotalBytes],
    ['disk', load.diskUsedBytes / load.diskTotalBytes],
  ];
  const busy = parts.filter(([, fraction]) => fraction >= busyFraction);
  return busy.length === 0 ? null : busy.map(([what, fraction]) => `${what} ${percent(fraction)}`).join(', ');
};

const usageWords = ({ windowMs, asked, askedByThem, answered }: Usage): HomeView['usage'] => [
  { label: `asked in the last ${spanWords(windowMs)}`, value: String(asked) },
  { label: 'by you', value: String(askedByThem) },
  { label: 'answered', value: String(answered) },
];
