import type { SlackMethod, SlackMethodParts } from './slack-workspace-methods.ts';
import { botUser, type Json, type SlackFile, SlackRefusal } from './slack-workspace-record.ts';

/** Files in their three steps: an address, the bytes, and where they are shown. */
export class SlackFiles {
  readonly #asked = new Map<string, { file: SlackFile; length: number; isComplete: boolean }>();

  /** Takes the bytes that were posted to the file's address. @returns false where nobody asked for it, or it is another length. */
  receive(id: string, bytes: Buffer): boolean {
    const asked = this.#asked.get(id);
    if (!asked || bytes.length !== asked.length) return false;
    asked.file.bytes = bytes;
    return true;
  }

  methods({ record, url, pace }: SlackMethodParts): Record<string, SlackMethod> {
    const complete = ({ id, title }: Json): SlackFile => {
      const asked = this.#asked.get(String(id ?? ''));
      if (!asked || asked.isComplete || asked.file.bytes.length !== asked.length) {
        throw new SlackRefusal('file_not_found');
      }
      if (title !== undefined) asked.file.title = String(title);
      return asked.file;
    };
    return {
      'files.getUploadURLExternal': (args) => {
        const length = Number(args.length);
        const name = String(args.filename ?? '');
        if (!Number.isInteger(length) || length <= 0 || name === '')
          throw new SlackRefusal('invalid_arguments');
        const id = record.makeId('F');
        const file = { id, name, title: name, bytes: Buffer.alloc(0) };
        this.#asked.set(id, { file, length, isComplete: false });
        return { upload_url: `${url()}/upload/${id}`, file_id: id };
      },
      'files.completeUploadExternal': (args) => {
        const files = (Array.isArray(args.files) ? (args.files as Json[]) : []).map(complete);
        if (files.length === 0) throw new SlackRefusal('invalid_arguments');
        if (args.channel_id !== undefined) {
          const channel = record.channelForBot(args.channel_id);
          if (channel.isArchived) throw new SlackRefusal('is_archived');
          if (!channel.members.has(botUser)) throw new SlackRefusal('not_in_channel');
          const threadTs = args.thread_ts === undefined ? null : String(args.thread_ts);
          const text = String(args.initial_comment ?? '');
          pace.takeMessage(channel.id);
          record.add({ channel: channel.id, user: botUser, text, threadTs, files });
        }
        for (const { id } of files) {
          const asked = this.#asked.get(id);
          if (asked) asked.isComplete = true;
        }
        return { files: files.map(({ id, name, title }) => ({ id, name, title })) };
      },
      'files.info': (args) => {
        const asked = this.#asked.get(String(args.file ?? ''));
        if (!asked?.isComplete) throw new SlackRefusal('file_not_found');
        const { id, name, title, bytes } = asked.file;
        const shares = [...record.channels.values()].flatMap((channel) =>
          channel.messages
            .filter((m) => m.files.some((file) => file.id === id))
            .map((m) => [channel.id, [{ ts: m.ts, thread_ts: m.threadTs ?? undefined }]] as const),
        );
        const file = { id, name, title, size: bytes.length, shares: { public: Object.fromEntries(shares) } };
        return { file };
      },
    };
  }
}
