import { z } from 'zod';
import type { Sentence } from '../core/sentences.ts';
import type { Actor } from '../core/task.ts';
import type { ChatContent, ChatSurface, PostedMessage, PostOutcome, PostTarget } from '../ports/chat.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Echoes } from './echoes.ts';
import { findPost } from './find-post.ts';
import type { Health } from './health.ts';
import { editEveryMs, messageTextCharsMax, postBurstMax, postEveryMs } from './limits.ts';
import { isUnshowable, outcomeOf } from './outcome.ts';
import type { Rate } from './pace.ts';
import { postMetadata } from './post-metadata.ts';
import { renderMessage } from './render.ts';
import type { Say } from './say.ts';
import type { Streams } from './streams.ts';
import { uploadFile } from './upload.ts';
import { type Called, SlackWeb } from './web.ts';

export interface SlackSurfaceParts {
  web: SlackWeb;
  streams: Streams;
  say: Say;
  health: Health;
  echoes: Echoes;
  clock: Clock;
  log: Log;
  /** Our own bot's id, once it is known. */
  bot: () => string | null;
}

const posted = z.object({ channel: z.string(), ts: z.string() });
const updated = z.object({ ts: z.string() });

/** Messages in Slack: translates and sends. A post that would be too soon is `later` at once, never a wait. */
export class SlackSurface implements ChatSurface {
  readonly surface = 'slack';
  readonly #parts: SlackSurfaceParts;

  constructor(parts: SlackSurfaceParts) {
    this.#parts = parts;
  }

  async post(
    postId: string,
    to: PostTarget,
    content: ChatContent,
    signal: AbortSignal,
  ): Promise<PostOutcome> {
    const { web, clock, streams } = this.#parts;
    const wait = web.pace.take(clock.now(), [[`post ${to.channel}`, postRate]]);
    if (wait > 0) return tooSoon(wait);
    if (content.kind === 'output') return uploadFile(this.#parts, to, content.file, signal);
    if (content.kind === 'words') {
      const begun = await streams.begin(to, content, signal);
      if (begun !== null) return begun;
    }
    const { text, blocks } = renderMessage(content);
    const message = {
      channel: to.channel,
      ...(to.under === null ? {} : { thread_ts: to.under }),
      text,
      metadata: postMetadata(postId),
      ...quiet,
    };
    const called = await web.call('chat.postMessage', { ...message, blocks }, posted, signal);
    const outcome = await this.#outcome(
      called,
      (result) => ({ channel: result.channel, id: result.ts }),
      () => web.call('chat.postMessage', { ...message, text: inShort(text) }, posted, signal),
    );
    if (outcome.kind === 'gone') await this.#echo(to.channel, outcome.reason);
    return outcome;
  }

  async update(message: PostedMessage, content: ChatContent, signal: AbortSignal): Promise<PostOutcome> {
    // A file stays as it was uploaded.
    if (content.kind === 'output') return { kind: 'posted', message };
    const { web, clock, streams } = this.#parts;
    if (content.kind === 'words') {
      const appended = await streams.append(message, content.text, signal);
      if (appended !== null) return appended;
    } else {
      const left = await streams.end(message, signal);
      if (left !== null) return left;
    }
    const edit: [string, Rate] = [`edit ${message.channel} ${message.id}`, editRate];
    const wait = web.pace.take(clock.now(), [edit, ...SlackWeb.rateOf('chat.update')]);
    if (wait > 0) return tooSoon(wait);
    const { text, blocks } = renderMessage(content);
    const change = { channel: message.channel, ts: message.id, text };
    const edited = () => web.call('chat.update', { ...change, blocks }, updated, signal);
    let called = await edited();
    if (called.kind === 'failed' && called.error === 'streaming_state_conflict') {
      // The server that began this stream is gone.
      const left = await streams.stop(message, signal);
      if (left !== null) return left;
      called = await edited();
    }
    return this.#outcome(
      called,
      () => message,
      () => web.call('chat.update', { ...change, text: inShort(text), blocks: [] }, updated, signal),
    );
  }

  find(
    postId: string,
    to: PostTarget,
    content: ChatContent,
    signal: AbortSignal,
  ): Promise<PostedMessage | null> {
    const { web, bot } = this.#parts;
    const fileName = content.kind === 'output' ? content.file.name : null;
    const isStreamed = content.kind === 'words' || content.kind === 'answer';
    return findPost(web, { postId, fileName, isStreamed, bot: bot() }, to, signal);
  }

  whisper(to: PostTarget, person: Actor, said: Sentence, signal: AbortSignal): Promise<void> {
    return this.#parts.say.whisper(to, person.id, said, signal);
  }

  /** Whoever asked by a command in a channel where we can't post is told by the command's own way. */
  async #echo(channel: string, reason: Sentence): Promise<void> {
    const { echoes, log } = this.#parts;
    await echoes
      .take(channel)?.(reason)
      .catch((err: unknown) => log.debug({ err }, 'no way back'));
  }

  /** @param again what is tried once where Slack can't take the message as it is: its words alone. */
  async #outcome<T>(
    called: Called<T>,
    messageOf: (result: T) => PostedMessage,
    again: () => Promise<Called<T>>,
  ): Promise<PostOutcome> {
    const { health, log } = this.#parts;
    let last = called;
    if (last.kind === 'failed' && isUnshowable(last.error)) {
      log.error({ surface: 'slack', error: last.error }, 'Slack can not take a message as it was rendered');
      last = await again();
    }
    health.note(last);
    return last.kind === 'ok' ? { kind: 'posted', message: messageOf(last.result) } : outcomeOf(last);
  }
}

/** Nothing in a message of ours is unfurled, and names in it call nobody: it quotes machines and models. */
const quiet = { unfurl_links: false, unfurl_media: false, parse: 'none', link_names: false } as const;
const postRate: Rate = { everyMs: postEveryMs, burst: postBurstMax };
const editRate: Rate = { everyMs: editEveryMs, burst: 1 };

const tooSoon = (retryAfterMs: number): PostOutcome => ({ kind: 'later', retryAfterMs, reason: 'pace' });

const inShort = (text: string): string => text.slice(0, messageTextCharsMax);
