import type { App } from '@slack/bolt';
import { z } from 'zod';
import type { RunbookDesk } from '../flow/runbook-desk.ts';
import type { Errands } from './errands.ts';
import { shown } from './escape.ts';
import { assistantThreadsMax, promptsMax, threadTitleCharsMax } from './limits.ts';
import type { SlackWeb } from './web.ts';

const startedShape = z.object({
  assistant_thread: z.object({ channel_id: z.string(), thread_ts: z.string() }),
});
const anything = z.object({});

/** What a new thread offers, where there are no runbooks to take it from. */
const examples = ['check memory on db1', 'is the disk filling up?', 'which services have failed?'];

/**
 * The assistant's pane: a new thread offers what can be asked, and is called by what was asked first. What is said there
 * comes as direct messages.
 */
export class Assistant {
  readonly #web: SlackWeb;
  readonly #errands: Errands;
  readonly #runbooks: Pick<RunbookDesk, 'summaries'>;
  /** Threads that have no title yet. */
  readonly #untitled = new Set<string>();

  constructor(parts: { web: SlackWeb; errands: Errands; runbooks: Pick<RunbookDesk, 'summaries'> }) {
    this.#web = parts.web;
    this.#errands = parts.errands;
    this.#runbooks = parts.runbooks;
  }

  take(app: App): void {
    for (const event of ['assistant_thread_started', 'assistant_thread_context_changed'] as const) {
      app.event(event, async ({ event: told }) => {
        const started = startedShape.safeParse(told);
        if (!started.success) return;
        const { channel_id: channel, thread_ts: thread } = started.data.assistant_thread;
        if (event === 'assistant_thread_started') this.#remember(channel, thread);
        const offer = { channel_id: channel, thread_ts: thread, prompts: this.#prompts() };
        this.#errands.run('offering prompts', (signal) =>
          this.#web.call('assistant.threads.setSuggestedPrompts', offer, anything, signal),
        );
      });
    }
  }

  /** A direct message came: the first of an assistant's thread is its title, and somebody waits there. */
  onDirect({ channel, under, text }: { channel: string; under: string | null; text: string }): void {
    if (under === null || !this.#untitled.delete(`${channel} ${under}`)) return;
    const title = { channel_id: channel, thread_ts: under, title: shown(text, threadTitleCharsMax) };
    this.#errands.run('the title of a thread', (signal) =>
      this.#web.call('assistant.threads.setTitle', title, anything, signal),
    );
    const status = { channel_id: channel, thread_ts: under, status: 'is looking for a script' };
    this.#errands.run('the status of a thread', (signal) =>
      this.#web.call('assistant.threads.setStatus', status, anything, signal),
    );
  }

  #prompts(): { title: string; message: string }[] {
    const asked = this.#runbooks.summaries().flatMap(({ examples: [first] }) => first ?? []);
    return (asked.length > 0 ? asked : examples)
      .slice(0, promptsMax)
      .map((message) => ({ title: message, message }));
  }

  #remember(channel: string, thread: string): void {
    this.#untitled.add(`${channel} ${thread}`);
    for (const oldest of this.#untitled) {
      if (this.#untitled.size <= assistantThreadsMax) return;
      this.#untitled.delete(oldest);
    }
  }
}
