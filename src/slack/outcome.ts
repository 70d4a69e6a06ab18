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
  'channel_is_limited_access',
  'channel_not_found',
  'channel_type_not_supported',
  'edit_window_closed',
  'invalid_channel',
  'is_archived',
  'messages_tab_disabled',
  'no_permission',
  'not_in_channel',
  'restricted_action',
  'restricted_action_non_threadable_channel',
  'restricted_action_read_only_channel',
  'restricted_action_thread_locked',
  'restricted_action_thread_only_channel',
  'thread_not_found',
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

const missing: readonly string[] = ['cant_update_message', 'message_not_found'];

export const isTrouble = (error: string): boolean => troubles.includes(error);
export const isUnshowable = (error: string): boolean => unshowable.includes(error);

/** An unknown error is tried again at a calm pace: a new name for "not now" is likelier than one for "never". */
export const outcomeOf = ({ error, retryAfterMs, needed }: CallFailure): PostOutcome => {
  if (missing.includes(error)) return { kind: 'missing' };
  if (gone.includes(error)) return { kind: 'gone', reason: sentence('slack_channel_gone', { error }) };
  if (unshowable.includes(error)) {
    return { kind: 'gone', reason: sentence('slack_message_refused', { error }) };
  }
  if (isTrouble(error)) {
    const reason = needed === null ? error : `${error}: ${needed}`;
    return { kind: 'later', retryAfterMs: retryAfterMs ?? retryTroubleMs, reason };
  }
  const isUnsure = unsure.includes(error);
  return { kind: 'later', retryAfterMs: retryAfterMs ?? retryDefaultMs, reason: error, isUnsure };
};
