import type { AlertDesk } from '../../src/flow/alert-desk.ts';
import type { ChatAdapter } from '../../src/flow/chat-adapter.ts';
import type { Heard, HeardOutcome, Hearing } from '../../src/flow/hear.ts';
import type { PostedMessage } from '../../src/ports/chat.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Log } from '../../src/ports/log.ts';
import { slackSurface } from '../../src/slack/app.ts';
import { SystemClock } from '../../src/system/system-clock.ts';
import { fixedRunbooks } from '../fakes/runbooks.ts';
import { SlackWorkspace, type SlackWorkspaceOptions } from '../fakes/slack-workspace.ts';
import type { SlackMessage } from '../fakes/slack-workspace-record.ts';
import { FakeDesk } from '../web/fake-desk.ts';
import { manifest } from './manifest-file.ts';

/** Remembers what was logged. */
export class KeptLog implements Log {
  readonly lines: { level: string; fields: object; message: string }[] = [];
  debug = (fields: object, message: string): void => this.#keep('debug', fields, message);
  info = (fields: object, message: string): void => this.#keep('info', fields, message);
  warn = (fields: object, message: string): void => this.#keep('warn', fields, message);
  error = (fields: object, message: string): void => this.#keep('error', fields, message);

  #keep(level: string, fields: object, message: string): void {
    this.lines.push({ level, fields, message });
  }
}

/** Hears for a desk in memory: everything is a request, but what `answer` says otherwise. */
export class FakeHearing implements Hearing {
  readonly heard: Heard[] = [];
  readonly threads = new Set<string>();
  answer: ((heard: Heard) => HeardOutcome | null) | null = null;
  /** Set by tests: what a commit waits for. */
  commit: () => Promise<void> = async () => {};
  readonly #desk: FakeDesk;

  constructor(desk: FakeDesk) {
    this.#desk = desk;
  }

  async hear(heard: Heard): Promise<HeardOutcome> {
    await this.commit();
    this.heard.push(heard);
    const answer = this.answer?.(heard);
    if (answer) return answer;
    const outcome = await this.#desk.ask({
      ...{ request: heard.text, on: heard.on, asker: heard.by, eventId: heard.eventId },
      place: { surface: heard.surface, channel: heard.channel, thread: heard.under },
    });
    return outcome.kind === 'done' ? { kind: 'asked', card: outcome.card } : outcome;
  }

  /** Channels that we were let into. */
  readonly letInto: string[] = [];

  async letIn(_surface: string, channel: string): Promise<void> {
    this.letInto.push(channel);
  }

  async messageGone(): Promise<void> {}

  async threadGone(): Promise<void> {}

  async isOurThread(_surface: string, channel: string, under: string): Promise<boolean> {
    return this.threads.has(`${channel} ${under}`);
  }
}

/** Posts a task's card, and what it shows then, as the publisher does. */
const cardsIn = ({ chat, desk, workspace }: Pick<Scene, 'chat' | 'desk' | 'workspace'>, clock: Clock) => {
  const posted = new Map<number, PostedMessage>();
  return async (task: number): Promise<SlackMessage> => {
    const card = await desk.card(task);
    if (!card) throw new Error(`no task ${task}`);
    const { channel, thread } = card.place;
    const under = thread?.includes('.') ? thread : null;
    const content = { kind: 'card' as const, card, isAnew: false };
    for (;;) {
      const known = posted.get(task);
      const { signal } = new AbortController();
      const outcome = known
        ? await chat.surface.update(known, content, signal)
        : await chat.surface.post(`card-${task}`, { channel, under }, content, signal);
      if (outcome.kind === 'later') {
        await new Promise<void>((resolve) => clock.after(outcome.retryAfterMs, resolve));
        continue;
      }
      if (outcome.kind !== 'posted') throw new Error(JSON.stringify(outcome));
      posted.set(task, outcome.message);
      const { messages } = workspace.record.channelNamed(outcome.message.channel);
      const shown = messages.find(({ ts }) => ts === outcome.message.id);
      if (!shown) throw new Error('Slack does not have what it took');
      return shown;
    }
  };
};

export interface Scene {
  workspace: SlackWorkspace;
  chat: ChatAdapter;
  desk: FakeDesk;
  hearing: FakeHearing;
  log: KeptLog;
  /** Shows the card of a task as it stands. @returns the message. */
  show(task: number): Promise<SlackMessage>;
  stop(): Promise<void>;
}

/** Slack as it is, our adapter, and a desk in memory. */
export const openScene = async (
  options: Partial<SlackWorkspaceOptions> & {
    clock?: Clock;
    workspace?: SlackWorkspace;
    alerts?: AlertDesk;
  } = {},
): Promise<Scene> => {
  const { clock = new SystemClock(), workspace: made, alerts = null, ...rest } = options;
  const workspace =
    made ??
    new SlackWorkspace({
      scopes: manifest.oauth_config.scopes.bot,
      events: manifest.settings.event_subscriptions.bot_events,
      people: ['ada', 'bob'],
      channels: ['ops'],
      ...rest,
    });
  await workspace.start();
  const desk = new FakeDesk(clock);
  const hearing = new FakeHearing(desk);
  const log = new KeptLog();
  const { botToken, appToken } = workspace.access;
  const make = slackSurface({ botToken, appToken, signingSecret: null, apiUrl: workspace.apiUrl });
  const chat = make({ desk, hearing, alerts, runbooks: fixedRunbooks(), groups: [], clock, log });
  await chat.connection.start();
  const stop = async (): Promise<void> => {
    await chat.connection.stop();
    await workspace.stop();
  };
  const show = cardsIn({ chat, desk, workspace }, clock);
  return { workspace, chat, desk, hearing, log, show, stop };
};
