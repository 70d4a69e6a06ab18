import { RunState } from '../../src/core/run.ts';
import { TaskState } from '../../src/core/task.ts';
import { LiveHub } from '../../src/web/live.ts';
import { renderFragment } from '../../src/web/render.tsx';
import { Threads } from '../../src/web/threads.ts';
import { FakeAlerts } from './fake-alerts.ts';
import { FakeClock } from './fake-clock.ts';
import { agentOf, consoleThread, FakeDesk, you } from './fake-desk.ts';
import { memoryLog } from './harness.ts';

/** One task and its rendering, without a server. */
export class Scene {
  readonly clock = new FakeClock();
  readonly desk = new FakeDesk(this.clock);
  readonly threads = new Threads(this.desk);
  readonly hub = new LiveHub({
    desk: this.desk,
    alerts: new FakeAlerts(this.desk),
    threads: this.threads,
    clock: this.clock,
    log: memoryLog(),
  });
  task = 0;

  constructor(machines: string[] = ['db1']) {
    this.desk.agentList = machines.map((name) => agentOf(name));
  }

  async ask(request: string, thread: number | null = null): Promise<number> {
    const outcome = await this.desk.ask({
      request,
      on: null,
      asker: you,
      place: consoleThread(thread),
      eventId: null,
    });
    if (outcome.kind === 'refused') throw new Error(outcome.sentence.text);
    this.task = outcome.card.task;
    return this.task;
  }

  async proposed(text = 'free -m\n'): Promise<this> {
    await this.ask('check memory');
    const on = this.desk.agentList.map((a) => a.name);
    this.desk.propose(this.task, { texts: [{ text, platforms: ['linux'] }], on });
    return this;
  }

  async approved(canary = false): Promise<this> {
    await this.proposed();
    const card = await this.desk.card(this.task);
    await this.desk.approve(this.task, {
      by: you,
      eventId: null,
      proposal: card?.proposal?.revision ?? 0,
      digest: card?.proposal?.digest ?? '',
      canary,
      confirm: card?.terms?.confirmation?.text ?? null,
    });
    return this;
  }

  start(name: string): void {
    this.desk.run(this.task, name, { state: RunState.running });
  }

  end(name: string, state: RunState = RunState.succeeded, exitCode: number | null = 0): void {
    this.desk.run(this.task, name, { state, exitCode });
  }

  answer(words: string): void {
    this.desk.change(this.task, {
      state: TaskState.done,
      answer: {
        words,
        hosts: this.desk.agentList.map((a) => ({
          agentName: a.name,
          words: `${a.name} is fine.`,
          facts: [{ label: 'Used', value: '71 %' }],
          evidence: [`Mem: 1 of ${a.name}`],
          ok: true,
        })),
        followUps: [{ label: 'And the disk?', request: 'disk usage on db1' }],
        language: 'en',
        reader: 'runbook',
      },
    });
  }

  async html(): Promise<string> {
    const card = await this.desk.card(this.task);
    if (!card) throw new Error('no card');
    return renderFragment.task(await this.hub.view(card));
  }

  /** What a reader sees: the text without its tags. */
  async text(): Promise<string> {
    return textOf(await this.html());
  }
}

export const textOf = (html: string): string =>
  html
    .replace(/<(\/?)(p|li|tr|div|section|header|summary|button|pre|label|th|td|ul|details)\b[^>]*>/g, '\n')
    .replace(/<[^>]+>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .replace(/\n+/g, '\n');

/** The buttons that a card offers, by what is written on them. */
export const buttonsOf = (html: string): string[] =>
  [...html.matchAll(/<button[^>]*>(.*?)<\/button>/gs)].map(([, inside]) => textOf(inside ?? '').trim());
