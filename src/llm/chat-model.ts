import { ChatOpenAI } from '@langchain/openai';

/** How a model is made to answer in a schema. Servers differ: OpenAI takes all three, small local ones only some. */
export type StructuredOutput = 'json_schema' | 'function_calling' | 'json_mode';

export interface ModelSettings {
  apiKey: string | null;
  /** With its version, as OpenAI's own: `http://127.0.0.1:11434/v1`. Null for OpenAI itself. */
  baseUrl: string | null;
  model: string;
  /** For one try: until the whole reply is there, or between two pieces of a streamed one. */
  timeoutMs: number;
  retriesMax: number;
  structuredOutput: StructuredOutput;
}

/** OpenAI's own address, always named, so that no variable of LangChain's can put another in its place. */
const openAiBaseUrl = 'https://api.openai.com/v1';
/** Ollama and LM Studio ask for a key and take any. */
const dummyKey = 'none-needed';

/**
 * Makes LangChain's client from settings alone.
 *
 * LangChain and the OpenAI SDK read the environment by themselves; what could send data elsewhere or print it is
 * set here explicitly: base URL (LANGSMITH_GATEWAY, OPENAI_BASE_URL), key, organization, project and log level
 * (OPENAI_LOG prints prompts). Retries are off here because `withRetries` has them.
 *
 * @throws RangeError when there is neither a key nor a base URL: then no model is configured.
 */
export const makeChatOpenAI = (settings: ModelSettings): ChatOpenAI => {
  const { apiKey, baseUrl } = settings;
  if (apiKey === null && baseUrl === null)
    throw new RangeError('no model is configured: no key and no base URL');
  return new ChatOpenAI({
    apiKey: apiKey ?? dummyKey,
    model: settings.model,
    timeout: settings.timeoutMs,
    maxRetries: 0,
    verbose: false,
    callbacks: [],
    // The Responses API keeps what it is sent unless told not to; machines' output is not for keeping.
    zdrEnabled: true,
    // The Chat Completions converter drops `refusal`; the raw reply still has it.
    __includeRawResponse: true,
    configuration: {
      baseURL: baseUrl ?? openAiBaseUrl,
      organization: null,
      project: null,
      logLevel: 'off',
    },
  });
};
