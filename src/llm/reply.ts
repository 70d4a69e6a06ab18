import { type BaseMessage, isAIMessage } from '@langchain/core/messages';
import type { ChatGeneration } from '@langchain/core/outputs';

/** How a reply ended: `unknown` while or where the far end doesn't say. */
export type ReplyEnd = 'whole' | 'cut' | 'filtered' | 'unknown';

export interface Reply {
  text: string;
  /** The arguments of the first tool call, parsed or as text where they don't parse; null without a call. */
  toolArguments: unknown;
  refusal: string | null;
  end: ReplyEnd;
  usage: { promptTokens: number; completionTokens: number } | null;
}

/** What is in a whole reply, of the Chat Completions or the Responses API. */
export const replyOf = (generation: ChatGeneration | undefined): Reply => {
  if (!generation) return { text: '', toolArguments: null, refusal: null, end: 'unknown', usage: null };
  const { message } = generation;
  const call = isAIMessage(message)
    ? (message.tool_calls?.[0]?.args ?? message.invalid_tool_calls?.[0]?.args ?? null)
    : null;
  return {
    text: message.text,
    toolArguments: call,
    refusal: refusalOf(message),
    end: endOf(generation),
    usage: usageOf(message),
  };
};

/**
 * How a reply or a piece of a stream ended: `finish_reason` of Chat Completions, `status` of Responses
 * (https://platform.openai.com/docs/api-reference). Servers have reasons of their own for a normal end, so any
 * that isn't a known bad one counts as the whole.
 */
export const endOf = (generation: ChatGeneration | undefined): ReplyEnd => {
  const metadata = generation?.message.response_metadata;
  const reason: unknown = generation?.generationInfo?.finish_reason ?? metadata?.finish_reason;
  const status: unknown = metadata?.status;
  if (reason === 'length' || status === 'incomplete' || status === 'failed') return 'cut';
  if (reason === 'content_filter') return 'filtered';
  if (status === 'completed' || (typeof reason === 'string' && reason !== '')) return 'whole';
  return 'unknown';
};

/** The tokens of a message, null where the far end doesn't count them. */
export const usageOf = (message: BaseMessage): Reply['usage'] => {
  const usage = isAIMessage(message) || 'usage_metadata' in message ? message.usage_metadata : undefined;
  if (!isUsage(usage)) return null;
  return { promptTokens: usage.input_tokens, completionTokens: usage.output_tokens };
};

const isUsage = (usage: unknown): usage is { input_tokens: number; output_tokens: number } =>
  typeof usage === 'object' &&
  usage !== null &&
  'input_tokens' in usage &&
  'output_tokens' in usage &&
  typeof usage.input_tokens === 'number' &&
  typeof usage.output_tokens === 'number';

const refusalOf = (message: BaseMessage): string | null => {
  const { refusal, __raw_response: raw } = message.additional_kwargs as {
    refusal?: unknown;
    __raw_response?: { choices?: { message?: { refusal?: unknown } }[] };
  };
  const words = refusal ?? raw?.choices?.[0]?.message?.refusal;
  return typeof words === 'string' && words !== '' ? words : null;
};
