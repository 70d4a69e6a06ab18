import type { KnownBlock } from '@slack/types';
import { z } from 'zod';
import type { Sentence } from '../core/sentences.ts';
import type { PostTarget } from '../ports/chat.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import { escapeText, shown } from './escape.ts';
import { messageTextCharsMax, postBurstMax, postEveryMs, sayTriesMax, textCharsMax } from './limits.ts';
import type { SlackMethod } from './method-scopes.ts';
import type { SlackWeb } from './web.ts';

export interface Words {
  text: string;
  blocks: KnownBlock[];
}

/** A sentence as a message: plain text, which Slack doesn't read. */
export const sentenceWords = ({ text }: Sentence): Words => ({
  text: escapeText(shown(text, messageTextCharsMax / 2)),
  blocks: [
    {
      type: 'section',
      text: { type: 'plain_text', text: shown(text, textCharsMax), emoji: false },
    },
  ],
});

/**
 * Direct messages are a person and us alone: what is told there needs no hiding. A person's own id (U, W) is a way to
 * them as well. https://docs.slack.dev/reference/methods/chat.postMessage#channels
 */
export const isDirect = (channel: string): boolean => /^[DUW]/.test(channel);

const anything = z.object({});

/** What is said once and kept up to date by nobody: lists, and words for one person alone. At most once, a few tries. */
export class Say {
  readonly #web: SlackWeb;
  readonly #clock: Clock;
  readonly #log: Log;

  constructor(parts: { web: SlackWeb; clock: Clock; log: Log }) {
    this.#web = parts.web;
    this.#clock = parts.clock;
    this.#log = parts.log;
  }

  async whisper(to: PostTarget, user: string, said: Sentence, signal: AbortSignal): Promise<void> {
    await this.whisperWords(to, user, sentenceWords(said), signal);
  }

  async whisperWords(to: PostTarget, user: string, words: Words, signal: AbortSignal): Promise<void> {
    if (isDirect(to.channel)) await this.post(to, words, signal);
    else await this.#send('chat.postEphemeral', { ...target(to), user, ...words }, signal);
  }

  async post(to: PostTarget, words: Words, signal: AbortSignal): Promise<void> {
    const rate = { everyMs: postEveryMs, burst: postBurstMax };
    const waitMs = this.#web.pace.take(this.#clock.now(), [[`post ${to.channel}`, rate]]);
    if (waitMs > 0) {
      await this.#rest(waitMs, signal);
      await this.post(to, words, signal);
      return;
    }
    const args = { ...target(to), ...words, unfurl_links: false, unfurl_media: false };
    await this.#send('chat.postMessage', args, signal);
  }

  async #send(method: SlackMethod, args: Record<string, unknown>, signal: AbortSignal): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      const called = await this.#web.call(method, args, anything, signal);
      if (called.kind === 'ok') return;
      // Where nothing came back it may have been said: better once too seldom than twice.
      if (called.error !== 'ratelimited' || called.retryAfterMs === null || tries >= sayTriesMax) {
        this.#log.warn({ surface: 'slack', method, error: called.error }, 'something could not be said');
        return;
      }
      await this.#rest(called.retryAfterMs, signal);
    }
  }

  #rest(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const onAbort = (): void => {
        cancel();
        reject(signal.reason);
      };
      const cancel = this.#clock.after(ms, () => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      });
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }
}

const target = ({ channel, under }: PostTarget): Record<string, string> =>
  under === null ? { channel } : { channel, thread_ts: under };
