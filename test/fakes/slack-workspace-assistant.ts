import { promptsMax } from './slack-workspace-limits.ts';
import type { SlackMethod, SlackMethodParts } from './slack-workspace-methods.ts';
import { type Json, SlackRefusal } from './slack-workspace-record.ts';

/** What the assistant's pane shows beside the messages, by thread. */
export interface AssistantThread {
  status: string;
  title: string;
  prompts: Json[];
}

/** The methods of the assistant's pane. */
export const assistantMethods = (
  { record }: SlackMethodParts,
  threads: Map<string, AssistantThread>,
): Record<string, SlackMethod> => {
  const threadOf = (args: Json): AssistantThread => {
    const channel = record.channelForBot(args.channel_id);
    const ts = String(args.thread_ts ?? '');
    if (!channel.messages.some((m) => m.ts === ts)) throw new SlackRefusal('thread_not_found');
    const thread = threads.get(ts) ?? { status: '', title: '', prompts: [] };
    threads.set(ts, thread);
    return thread;
  };
  const set = (args: Json, fields: Partial<AssistantThread>): Json => {
    Object.assign(threadOf(args), fields);
    record.changed();
    return {};
  };
  return {
    'assistant.threads.setStatus': (args) => set(args, { status: String(args.status ?? '') }),
    'assistant.threads.setTitle': (args) => set(args, { title: String(args.title ?? '') }),
    'assistant.threads.setSuggestedPrompts': (args) => {
      const prompts = Array.isArray(args.prompts) ? (args.prompts as Json[]) : [];
      const isBroken = prompts.some(({ title, message }) => !title || !message);
      if (prompts.length === 0 || prompts.length > promptsMax || isBroken)
        throw new SlackRefusal('invalid_arguments');
      return set(args, { prompts });
    },
  };
};
