import { setTimeout as delay } from 'node:timers/promises';
import { type BaseMessage, HumanMessage, SystemMessage } from '@langchain/core/messages';
import type { ChatOpenAI } from '@langchain/openai';
import { type ModelSettings, makeChatOpenAI, type StructuredOutput } from './chat-model.ts';
import { answerCharsMax } from './limits.ts';
import { faultOf, ModelFault, ModelFaultKind } from './model-fault.ts';
import { endOf, type Reply, type ReplyEnd, replyOf, usageOf } from './reply.ts';
import { type Wait, withRetries } from './with-retries.ts';

/** What a call was for, so that its cost can be told apart. */
export type Purpose = 'draft' | 'repair' | 'answer';

export interface ModelHooks {
  /** Called once for every reply that says what it cost. */
  onUsage?: (usage: {
    promptTokens: number;
    completionTokens: number;
    model: string;
    purpose: Purpose;
  }) => void;
  /** Called when a call is given up, before the fallback; for the log and the metrics. */
  onFault?: (fault: ModelFault, purpose: Purpose) => void;
  /** Waits between tries; the tests put their own in its place. */
  wait?: Wait;
}

export interface Prompt {
  system: string;
  user: string;
}

/** The form of a structured reply. */
export interface ReplyForm<T> {
  name: string;
  description: string;
  /** JSON Schema in the subset that OpenAI's strict mode takes. */
  schema: Record<string, unknown>;
  /** What is in a reply, null when it isn't in the form. Not every mode and server holds a model to the schema. */
  read: (reply: Reply) => T | null;
}

type CallOptions = Parameters<ChatOpenAI['_generate']>[1];

/**
 * Talks to one model; holds no state between calls.
 *
 * It calls the two methods that lie below LangChain's callbacks, `_generate` and `_streamResponseChunks`. `invoke`
 * and `stream` look up LANGCHAIN_TRACING_V2, LANGSMITH_TRACING and LANGCHAIN_VERBOSE by themselves and then send
 * every prompt, machines' output included, to LangSmith or print it; there is no per-call way to say no
 * (Python's LangChain has the same open wish: langchain-ai/langchain #34380). A test proves both.
 *
 * Every method rejects with a ModelFault and nothing else, also when `signal` aborts (kind `late`): the caller
 * knows its own signal and looks at it first.
 */
export class ModelClient {
  readonly #settings: ModelSettings;
  readonly #hooks: ModelHooks;
  readonly #chat: ChatOpenAI;

  constructor(settings: ModelSettings, hooks: ModelHooks = {}) {
    this.#settings = settings;
    this.#hooks = hooks;
    this.#chat = makeChatOpenAI(settings);
  }

  /** A reply in the form. */
  fill<T>(purpose: Purpose, prompt: Prompt, form: ReplyForm<T>, signal: AbortSignal): Promise<T> {
    const options = formOptions(this.#settings.structuredOutput, form);
    return this.#patiently(purpose, signal, async (inTime) => {
      const result = await this.#chat._generate(messagesOf(prompt), { ...options, signal: inTime.signal });
      inTime.signal.throwIfAborted();
      const reply = replyOf(result.generations[0]);
      this.#tellUsage(purpose, reply.usage);
      if (reply.refusal !== null) throw new ModelFault(ModelFaultKind.refused, { words: reply.refusal });
      if (reply.end === 'filtered') throw new ModelFault(ModelFaultKind.refused);
      if (reply.end === 'cut') throw new ModelFault(ModelFaultKind.too_long);
      const read = form.read(reply);
      if (read === null) throw new ModelFault(ModelFaultKind.garbage);
      return read;
    });
  }

  /**
   * Free text. `onText` gets the whole text so far; the returned text is the whole text. A stream that ends
   * without the model's own sign of the end, or at a length limit, is a fault: part of an answer must not
   * pass for all of it. Only what fails before its first word is tried again. `onText` must not throw.
   */
  speak(
    purpose: Purpose,
    prompt: Prompt,
    onText: (text: string) => void,
    signal: AbortSignal,
  ): Promise<string> {
    return this.#patiently(purpose, signal, async (inTime) => {
      let text = '';
      const onPiece = (piece: string): void => {
        text += piece;
        if (text.length > answerCharsMax) throw new ModelFault(ModelFaultKind.too_long);
        onText(text);
      };
      try {
        await this.#stream(purpose, prompt, inTime, onPiece);
      } catch (error) {
        throw text === '' ? error : new GivenUp(faultOf(error, inTime.signal.aborted));
      }
      if (text.trim() === '') throw new ModelFault(ModelFaultKind.garbage);
      return text;
    });
  }

  async #stream(
    purpose: Purpose,
    prompt: Prompt,
    inTime: Deadline,
    onPiece: (piece: string) => void,
  ): Promise<void> {
    let end: ReplyEnd = 'unknown';
    const options: CallOptions = { signal: inTime.signal };
    for await (const chunk of this.#chat._streamResponseChunks(messagesOf(prompt), options)) {
      inTime.restart();
      this.#tellUsage(purpose, usageOf(chunk.message));
      const said = endOf(chunk);
      if (said !== 'unknown') end = said;
      if (chunk.message.text !== '') onPiece(chunk.message.text);
    }
    // The SDK ends an aborted stream without an error, as if it were whole.
    inTime.signal.throwIfAborted();
    if (end === 'filtered') throw new ModelFault(ModelFaultKind.refused);
    if (end === 'cut') throw new ModelFault(ModelFaultKind.too_long);
    if (end === 'unknown') throw new ModelFault(ModelFaultKind.broken_off);
  }

  async #patiently<T>(
    purpose: Purpose,
    signal: AbortSignal,
    call: (inTime: Deadline) => Promise<T>,
  ): Promise<T> {
    const attempt = async (): Promise<T> => {
      const inTime = new Deadline(this.#settings.timeoutMs, signal);
      try {
        return await call(inTime);
      } catch (error) {
        throw error instanceof GivenUp ? error : faultOf(error, inTime.signal.aborted);
      } finally {
        inTime.stop();
      }
    };
    const wait: Wait = this.#hooks.wait ?? ((ms, s) => delay(ms, undefined, { signal: s }));
    try {
      return await withRetries(attempt, { retriesMax: this.#settings.retriesMax, wait, signal });
    } catch (error) {
      const fault = error instanceof GivenUp ? error.fault : faultOf(error, signal.aborted);
      // A person who cancels is no fault of the model's; its total time running out is.
      if (!signal.aborted || isTimeout(signal.reason)) this.#hooks.onFault?.(fault, purpose);
      throw fault;
    }
  }

  #tellUsage(purpose: Purpose, usage: Reply['usage']): void {
    if (usage) this.#hooks.onUsage?.({ ...usage, model: this.#settings.model, purpose });
  }
}

/** Carries a fault past the retries: words were already shown, and a second answer would start over under them. */
class GivenUp extends Error {
  readonly fault: ModelFault;
  constructor(fault: ModelFault) {
    super(fault.message, { cause: fault });
    this.fault = fault;
  }
}

/** Aborts with the caller's signal, or when its time has passed since the start or the last restart. */
class Deadline {
  readonly signal: AbortSignal;
  readonly #timer: NodeJS.Timeout;

  constructor(ms: number, signal: AbortSignal) {
    const over = new AbortController();
    this.signal = AbortSignal.any([signal, over.signal]);
    this.#timer = setTimeout(() => over.abort(), ms);
  }

  restart(): void {
    this.#timer.refresh();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}

const isTimeout = (reason: unknown): boolean => reason instanceof Error && reason.name === 'TimeoutError';

const messagesOf = (prompt: Prompt): BaseMessage[] => [
  new SystemMessage(prompt.system),
  new HumanMessage(prompt.user),
];

const formOptions = (how: StructuredOutput, form: ReplyForm<unknown>): CallOptions => {
  const { name, description, schema } = form;
  switch (how) {
    case 'json_schema':
      return {
        response_format: asIs({
          type: 'json_schema' as const,
          json_schema: { name, description, schema, strict: true },
        }),
      };
    case 'function_calling':
      return {
        tools: [{ type: 'function', function: { name, description, parameters: schema } }],
        tool_choice: { type: 'function', function: { name } },
      };
    case 'json_mode':
      return { response_format: { type: 'json_object' } };
  }
};

/**
 * Tells the OpenAI SDK to hand back the content as it is. It would otherwise parse it itself and throw the reply
 * away when a model put a fence or a sentence around the JSON, which `jsonIn` can still read.
 */
const asIs = <F extends object>(format: F): F =>
  Object.defineProperties(format, {
    $brand: { value: 'auto-parseable-response-format', enumerable: false },
    $parseRaw: { value: (content: string) => content, enumerable: false },
  });
