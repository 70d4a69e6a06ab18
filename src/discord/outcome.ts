import { DiscordAPIError, HTTPError, RateLimitError, RESTJSONErrorCodes } from 'discord.js';
import { sentence } from '../core/sentences.ts';
import type { PostOutcome } from '../ports/chat.ts';
import { failedRetryMs, oldEditRetryMs } from './limits.ts';

/** Discord's own code of a refusal; null for any other error. */
export const codeOf = (err: unknown): number | null =>
  err instanceof DiscordAPIError && typeof err.code === 'number' ? err.code : null;

/** True where nobody answered, or not in time: the request may be tried again. */
const isUnanswered = (err: unknown): boolean =>
  err instanceof Error && (err.name === 'AbortError' || ('code' in err && typeof err.code === 'string'));

const later = (retryAfterMs: number, reason: string): PostOutcome => ({
  kind: 'later',
  retryAfterMs,
  reason,
});

/** It may have been done all the same. */
const unsure = (reason: string): PostOutcome => ({
  ...{ kind: 'later', retryAfterMs: failedRetryMs, reason, isUnsure: true },
});

/**
 * What a failed call means for a post. Rethrows what is no answer of Discord's: a fault of ours.
 *
 * Source of the codes: https://docs.discord.com/developers/topics/opcodes-and-status-codes#json
 */
export const outcomeOf = (err: unknown): PostOutcome => {
  // A limit that is not told to be short is taken for the library's usual one.
  if (err instanceof RateLimitError)
    return later(Math.max(err.retryAfter, err.timeToReset, 1), 'the rate limit of Discord');
  if (err instanceof HTTPError) return unsure(`Discord answered ${err.status}`);
  if (err instanceof DiscordAPIError) return refusalOf(err);
  if (isUnanswered(err)) return unsure('Discord did not answer');
  throw err;
};

const refusalOf = (err: DiscordAPIError): PostOutcome => {
  switch (codeOf(err)) {
    case RESTJSONErrorCodes.UnknownMessage:
      return { kind: 'missing' };
    case RESTJSONErrorCodes.MaximumNumberOfEditsToMessagesOlderThanOneHourReached:
      return later(oldEditRetryMs, 'Discord takes few edits of a message older than an hour');
    case RESTJSONErrorCodes.UnknownChannel:
    case RESTJSONErrorCodes.UnknownGuild:
    case RESTJSONErrorCodes.MissingAccess:
      return { kind: 'gone', reason: sentence('discord_channel_gone', {}) };
    case RESTJSONErrorCodes.MissingPermissions:
      return { kind: 'gone', reason: sentence('discord_permission_missing', {}) };
    case RESTJSONErrorCodes.ThreadLocked:
    case RESTJSONErrorCodes.InvalidActionOnArchivedThread:
      return { kind: 'gone', reason: sentence('discord_thread_locked', {}) };
    case RESTJSONErrorCodes.CannotSendMessagesToThisUser:
      return { kind: 'gone', reason: sentence('discord_person_closed', {}) };
    default:
      // A token that was reset works again once the server has the new one.
      return err.status === 401
        ? later(oldEditRetryMs, 'Discord refuses the token')
        : {
            kind: 'gone',
            reason: sentence('discord_post_refused', { reason: `${err.code}: ${err.message}` }),
          };
  }
};
