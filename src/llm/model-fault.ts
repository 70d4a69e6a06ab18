import { OpenAIClient } from '@langchain/openai';

/** Why a model could not be used. */
export const ModelFaultKind = {
  /** It couldn't be reached. */
  unreachable: 'unreachable',
  /** It didn't answer in time, or the caller gave up. */
  late: 'late',
  /** 401 or 403. */
  denied: 'denied',
  /** 404: the model's name or the address is wrong. */
  unknown: 'unknown',
  /** 429 that passes. */
  overloaded: 'overloaded',
  /** 429 that doesn't pass: the account has nothing left. */
  spent: 'spent',
  /** 5xx, or an error in the middle of a stream. */
  failed: 'failed',
  /** Any other 4xx: it doesn't take what we ask. */
  rejected: 'rejected',
  /** The answer ended before its end. */
  broken_off: 'broken_off',
  /** The answer reached a length limit. Trying again would cost the same and end the same. */
  too_long: 'too_long',
  /** The answer isn't what was asked for. */
  garbage: 'garbage',
  /** It won't answer this. */
  refused: 'refused',
} as const;
export type ModelFaultKind = (typeof ModelFaultKind)[keyof typeof ModelFaultKind];

const reasons: Record<ModelFaultKind, string> = {
  unreachable: 'nothing answers at its address',
  late: 'it did not answer in time',
  denied: 'it does not accept the API key',
  unknown: 'it does not know the model or the address',
  overloaded: 'it takes no more requests just now',
  spent: 'the account has no quota left',
  failed: 'it answered with an error of its own',
  rejected: 'it does not accept the request',
  broken_off: 'its answer broke off',
  too_long: 'its answer did not come to an end',
  garbage: 'its answer was not in the form that was asked for',
  refused: 'it refused to answer',
};

const passing: readonly ModelFaultKind[] = [
  ModelFaultKind.unreachable,
  ModelFaultKind.overloaded,
  ModelFaultKind.failed,
  ModelFaultKind.broken_off,
];

/**
 * A model that couldn't be used. `reason` is for people and never holds the far end's own words: some endpoints
 * repeat parts of the key or of the prompt in their errors.
 */
export class ModelFault extends Error {
  override readonly name = 'ModelFault';
  readonly code = 'model_fault';
  readonly kind: ModelFaultKind;
  /** The HTTP status, null when there was none. */
  readonly status: number | null;
  /** How long the far end asked us to wait, in milliseconds; null when it didn't say. */
  readonly retryAfterMs: number | null;
  /** What it said in refusing, null otherwise. A model's words: data. */
  readonly words: string | null;

  constructor(
    kind: ModelFaultKind,
    more: { status?: number; retryAfterMs?: number | null; words?: string; cause?: unknown } = {},
  ) {
    super(`the model could not be used: ${reasons[kind]}`, { cause: more.cause });
    this.kind = kind;
    this.status = more.status ?? null;
    this.retryAfterMs = more.retryAfterMs ?? null;
    this.words = more.words ?? null;
  }

  get reason(): string {
    return this.status === null ? reasons[this.kind] : `${reasons[this.kind]}, HTTP ${this.status}`;
  }

  /** True when trying again may help. A timeout is not among them: the person has waited for it once already. */
  get isPassing(): boolean {
    return passing.includes(this.kind);
  }
}

/**
 * Says what an error of @langchain/openai means. Rules: the HTTP status of the OpenAI API's errors
 * (https://platform.openai.com/docs/guides/error-codes), `insufficient_quota` apart; undici's words for a cut body.
 */
export const faultOf = (error: unknown, isOver: boolean): ModelFault => {
  if (error instanceof ModelFault) return error;
  if (isOver) return new ModelFault(ModelFaultKind.late, { cause: error });
  if (!(error instanceof Error)) return new ModelFault(ModelFaultKind.garbage, { cause: error });
  if (error.name === 'TimeoutError') return new ModelFault(ModelFaultKind.late, { cause: error });
  const status = 'status' in error && typeof error.status === 'number' ? error.status : null;
  if (status !== null) return faultOfStatus(status, error);
  if (/length limit was reached/i.test(error.message))
    return new ModelFault(ModelFaultKind.too_long, { cause: error });
  if (/content filter/i.test(error.message)) return new ModelFault(ModelFaultKind.refused, { cause: error });
  if (isCutBody(error)) return new ModelFault(ModelFaultKind.broken_off, { cause: error });
  if (error instanceof OpenAIClient.APIConnectionError)
    return new ModelFault(ModelFaultKind.unreachable, { cause: error });
  if (error instanceof OpenAIClient.APIError) return new ModelFault(ModelFaultKind.failed, { cause: error });
  return new ModelFault(ModelFaultKind.garbage, { cause: error });
};

const faultOfStatus = (status: number, error: Error): ModelFault => {
  const about = { status, cause: error };
  if (status === 401 || status === 403) return new ModelFault(ModelFaultKind.denied, about);
  if (status === 404) return new ModelFault(ModelFaultKind.unknown, about);
  if (status === 429) {
    const isSpent = error.name === 'InsufficientQuotaError' || error.name === 'RateLimitQuotaExhaustedError';
    if (isSpent || codeOf(error) === 'insufficient_quota') return new ModelFault(ModelFaultKind.spent, about);
    return new ModelFault(ModelFaultKind.overloaded, { ...about, retryAfterMs: retryAfterMsOf(error) });
  }
  if (status >= 500 || status === 408) {
    return new ModelFault(ModelFaultKind.failed, { ...about, retryAfterMs: retryAfterMsOf(error) });
  }
  return new ModelFault(ModelFaultKind.rejected, about);
};

const codeOf = (error: Error): unknown => ('code' in error ? error.code : undefined);

/** undici says `terminated` when the body ends early, with the socket's error as its cause. */
const isCutBody = (error: Error): boolean => {
  const causes: unknown[] = [error, error.cause];
  if (error.cause instanceof Error) causes.push(error.cause.cause);
  return causes.some(
    (c) => c instanceof Error && (c.message === 'terminated' || codeOf(c) === 'UND_ERR_SOCKET'),
  );
};

/** RFC 9110 10.2.3 in its seconds form, or OpenAI's `retry-after-ms`; a date is not worth the clock's doubt. */
const retryAfterMsOf = (error: Error): number | null => {
  const headers: unknown = 'headers' in error ? error.headers : undefined;
  if (!(headers instanceof Headers)) return null;
  const ms = Number(headers.get('retry-after-ms') ?? Number.NaN);
  if (Number.isFinite(ms) && ms >= 0) return ms;
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1_000 : null;
};
