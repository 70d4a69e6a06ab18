import { sentence } from '../core/sentences.ts';
import type { PostOutcome } from '../ports/chat.ts';
import { retryDefaultMs, retryTroubleMs } from './limits.ts';
import type { CallFailure } from './web.ts';

/**
 * What Slack's errors mean for a post. Their names stand on each method's page, e.g.
 * https://docs.slack.dev/reference/methods/chat.postMessage
 */
const gone: readonly string[] = [
  'cannot_reply_to_message',
  'channel_type_not_supported',
  'edit_window_closed',
  'invalid_channel',
  'messages_tab_disabled',
  'no_permission',
  'restricted_action',
  'restricted_action_non_threadable_channel',
  'restricted_action_read_only_channel',
  'restricted_action_thread_locked',
  'restricted_action_thread_only_channel',
  'thread_not_found',
];

/** We are not let into the channel, or not any more; Slack says when we are (`member_joined_channel`). */
const shut: readonly string[] = [
  'channel_is_limited_access',
  'channel_not_found',
  'is_archived',
  'not_in_channel',
];

/** Our token is no good any more, or lacks a scope: nothing can be posted anywhere until somebody mends it. */
const troubles: readonly string[] = [
  'access_denied',
  'account_inactive',
  'app_missing_action_url',
  'enterprise_is_restricted',
  'invalid_auth',
  'missing_scope',
  'no_authorization',
  'not_allowed_token_type',
  'not_authed',
  'org_login_required',
  'team_access_not_granted',
  'token_expired',
  'token_revoked',
];

/** The message itself is what Slack can't take: our fault, and trying again changes nothing. */
const unshowable: readonly string[] = [
  'invalid_blocks',
  'invalid_blocks_format',
  'invalid_metadata_format',
  'invalid_metadata_schema',
  'metadata_too_large',
  'msg_blocks_too_long',
  'msg_too_long',
  'no_text',
];

/**
 * The call may have been done all the same: no answer came, or one that says so. Of `fatal_error` and `internal_error`:
 * "It's possible some aspect of the operation succeeded before the error was raised."
 * https://docs.slack.dev/reference/methods/chat.postMessage#errors
 */
const unsure: readonly string[] = [
  'fatal_error',
  'internal_error',
  'request_timeout',
  'service_unavailable',
  'unreachable',
  'unreadable_answer',
];

/** Nothing is posted now, whatever it is. */
const notNow: readonly string[] = [
  'ekm_access_denied',
  'rate_limited',
  'ratelimited',
  'request_timeout',
  'service_unavailable',
  'team_added_to_org',
  'unreachable',
  'unreadable_answer',
];

const missing: readonly string[] = ['cant_update_message', 'message_not_found'];

export const isTrouble = (error: string): boolean => troubles.includes(error);
export const isUnshowable = (error: string): boolean => unshowable.includes(error);

/**
 * An unknown error is tried again at a calm pace: a new name for "not now" is likelier than one for "never". As it may be
 * said of this message alone, and so may an error of Slack's own that stays, it doesn't hold up the others for long.
 */
export const outcomeOf = ({ error, retryAfterMs, needed }: CallFailure): PostOutcome => {
  if (missing.includes(error)) return { kind: 'missing' };
  if (gone.includes(error)) return { kind: 'gone', reason: sentence('slack_channel_gone', { error }) };
  if (shut.includes(error)) {
    return { kind: 'gone', reason: sentence('slack_channel_gone', { error }), isShut: true };
  }
  if (unshowable.includes(error)) {
    return { kind: 'gone', reason: sentence('slack_message_refused', { error }) };
  }
  if (isTrouble(error)) {
    const reason = needed === null ? error : `${error}: ${needed}`;
    return { kind: 'later', retryAfterMs: retryAfterMs ?? retryTroubleMs, reason };
  }
  const isUnsure = unsure.includes(error);
  const later = {
    kind: 'later' as const,
    retryAfterMs: retryAfterMs ?? retryDefaultMs,
    reason: error,
    isUnsure,
  };
  return notNow.includes(error) ? later : { ...later, refusal: sentence('slack_post_refused', { error }) };
};
