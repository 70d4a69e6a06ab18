import { z } from 'zod';
import type { ChatContent, PostedMessage, PostOutcome, PostTarget } from '../ports/chat.ts';
import type { Clock } from '../ports/clock.ts';
import { escapeMarkdown } from './escape-markdown.ts';
import { appendEveryMs, streamCharsMax, streamsMax } from './limits.ts';
import { outcomeOf } from './outcome.ts';
import type { Rate } from './pace.ts';
import { SlackWeb } from './web.ts';

type WordsContent = Extract<ChatContent, { kind: 'words' }>;

const started = z.object({ channel: z.string(), ts: z.string() });
const anything = z.object({});
const appendRate: Rate = { everyMs: appendEveryMs, burst: 1 };

/** This workspace or token has no streams at all; other errors are of one message. */
const hasNone: readonly string[] = [
  'feature_not_enabled',
  'invalid_arguments',
  'method_deprecated',
  'missing_scope',
  'not_allowed_token_type',
  'team_not_found',
  'unknown_method',
];

/**
 * Words that appear while they are written (chat.startStream and its fellows), in workspaces that have it. Each method
 * answers null where there is no stream: the words are a message then that is edited.
 *
 * A stream that a crash leaves open refuses every edit until it is stopped, by whoever edits it next. One that nobody
 * noted carries no metadata, and is known by being ours and still open (find-post.ts).
 */
export class Streams {
  readonly #web: SlackWeb;
  readonly #clock: Clock;
  readonly #team: () => string | null;
  readonly #sent = new Map<string, string>();
  #isThere = true;

  /** @param parts.team the workspace's id, once it is known. */
  constructor(parts: { web: SlackWeb; clock: Clock; team: () => string | null }) {
    this.#web = parts.web;
    this.#clock = parts.clock;
    this.#team = parts.team;
  }

  async begin(to: PostTarget, content: WordsContent, signal: AbortSignal): Promise<PostOutcome | null> {
    const team = this.#team();
    const isHere = content.asker.surface === 'slack' && content.asker.kind === 'person';
    // Words that call somebody are a message: whether a name in a stream calls its person, Slack doesn't say.
    if (!this.#isThere || to.under === null || team === null || !isHere || content.callsAsker) return null;
    if (content.text.length > streamCharsMax || this.#sent.size >= streamsMax) return null;
    if (this.#web.pace.take(this.#clock.now(), SlackWeb.rateOf('chat.startStream')) > 0) return null;
    const called = await this.#web.call(
      'chat.startStream',
      {
        channel: to.channel,
        thread_ts: to.under,
        recipient_team_id: team,
        recipient_user_id: content.asker.id,
        markdown_text: escapeMarkdown(content.text),
      },
      started,
      signal,
    );
    if (called.kind === 'failed') {
      if (hasNone.includes(called.error)) this.#isThere = false;
      return null;
    }
    const message = { channel: called.result.channel, id: called.result.ts };
    this.#sent.set(keyOf(message), content.text);
    return { kind: 'posted', message };
  }

  async append(message: PostedMessage, text: string, signal: AbortSignal): Promise<PostOutcome | null> {
    const key = keyOf(message);
    const sent = this.#sent.get(key);
    if (sent === undefined) return null;
    const more = text.startsWith(sent) ? text.slice(sent.length, sent.length + streamCharsMax) : null;
    // The words were begun anew: a stream can't take back.
    if (more === null) return this.end(message, signal);
    if (more === '') return { kind: 'posted', message };
    const keys: [string, Rate][] = [[`append ${key}`, appendRate], ...SlackWeb.rateOf('chat.appendStream')];
    const wait = this.#web.pace.take(this.#clock.now(), keys);
    if (wait > 0) return { kind: 'later', retryAfterMs: wait, reason: 'pace' };
    const args = { channel: message.channel, ts: message.id, markdown_text: escapeMarkdown(more) };
    const called = await this.#web.call('chat.appendStream', args, anything, signal);
    if (called.kind === 'ok') {
      this.#sent.set(key, sent + more);
      return { kind: 'posted', message };
    }
    if (called.retryAfterMs !== null) return outcomeOf(called);
    // Slack ended it by itself: from here on it is a message like any other.
    this.#sent.delete(key);
    return null;
  }

  /** Ends the stream, so that the message can be edited. @returns null once that is so, or why not yet. */
  async end(message: PostedMessage, signal: AbortSignal): Promise<PostOutcome | null> {
    return this.#sent.has(keyOf(message)) ? this.stop(message, signal) : null;
  }

  /** The same of one that an earlier life may have begun. */
  async stop(message: PostedMessage, signal: AbortSignal): Promise<PostOutcome | null> {
    const key = keyOf(message);
    const args = { channel: message.channel, ts: message.id };
    const called = await this.#web.call('chat.stopStream', args, anything, signal);
    if (called.kind === 'failed' && called.retryAfterMs !== null) return outcomeOf(called);
    this.#sent.delete(key);
    return null;
  }
}

const keyOf = ({ channel, id }: PostedMessage): string => `${channel} ${id}`;
