import { z } from 'zod';
import type { OutputFile, PostOutcome, PostTarget } from '../ports/chat.ts';
import type { Health } from './health.ts';
import { retryDefaultMs, uploadTimeoutMs } from './limits.ts';
import { outcomeOf } from './outcome.ts';
import type { SlackWeb } from './web.ts';

const ticket = z.object({ upload_url: z.url(), file_id: z.string() });
const completed = z.object({});

/**
 * Uploads a file into a channel or thread: asks where to, sends the bytes, and shares it. What broke off before the last
 * step is seen by nobody. https://docs.slack.dev/messaging/working-with-files#uploading_files
 */
export const uploadFile = async (
  { web, health }: { web: SlackWeb; health: Health },
  to: PostTarget,
  file: OutputFile,
  signal: AbortSignal,
): Promise<PostOutcome> => {
  const asked = { filename: file.name, length: file.bytes.length };
  const where = await web.call('files.getUploadURLExternal', asked, ticket, signal);
  health.note(where);
  if (where.kind === 'failed') return outcomeOf(where);
  const { upload_url: url, file_id: id } = where.result;
  const problem = await send(url, file.bytes, signal);
  if (problem !== null) return { kind: 'later', retryAfterMs: retryDefaultMs, reason: problem };
  const shared = {
    files: [{ id, title: file.title }],
    channel_id: to.channel,
    ...(to.under === null ? {} : { thread_ts: to.under }),
  };
  const done = await web.call('files.completeUploadExternal', shared, completed, signal);
  health.note(done);
  if (done.kind === 'failed') return outcomeOf(done);
  return { kind: 'posted', message: { channel: to.channel, id } };
};

/** @returns why not, or null once Slack has the bytes. */
const send = async (url: string, bytes: Buffer, signal: AbortSignal): Promise<string | null> => {
  try {
    const response = await fetch(url, {
      method: 'POST',
      body: new Uint8Array(bytes),
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(uploadTimeoutMs)]),
    });
    await response.arrayBuffer();
    return response.ok ? null : `upload answered ${response.status}`;
  } catch (err) {
    if (signal.aborted) throw signal.reason;
    return err instanceof Error ? err.message : 'upload failed';
  }
};
