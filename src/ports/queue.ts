/**
 * Ids of runs on their way to agents, one queue for each agent. It carries ids, never truth: everything in it can
 * be pushed again from the store, twice does no harm, and all of it may vanish at any time.
 *
 * Order: for each agent first pushed, first taken. A push of an id that is queued or in flight changes nothing.
 * Errors: a queue that can't be reached rejects with QueueUnavailableError; nothing is lost, since the sweep pushes
 * again. Every method may be called at any time between `start` and `stop`, by any number of callers.
 */
export interface Queue {
  /** Resolves when it can be used, or when the first try to reach it has failed (it goes on trying by itself). */
  start(): Promise<void>;
  /** Closes connections and drops listeners. Safe to call twice, or without `start`. */
  stop(): Promise<void>;

  push(entries: readonly { agentId: string; runId: string }[]): Promise<void>;

  /**
   * Moves up to `countMax` ids to in flight and returns them. An empty list means none is there now. An agent is
   * taken for by the server that has its stream; what another server had in flight for it (it was killed, or the
   * agent moved) is given back before this server's first take.
   */
  take(agentId: string, countMax: number): Promise<string[]>;

  /** The agent has accepted (or can never accept) these: they leave the queue and in flight. */
  settle(agentId: string, runIds: readonly string[]): Promise<void>;

  /** The agent's stream has ended: what was in flight goes back to the head of its queue. */
  giveBack(agentId: string): Promise<void>;

  /**
   * Rings after each push for the agent, from this or any other server; also once for all when a lost connection
   * is back, as something may have been pushed meanwhile. May ring for nothing. Returns the function that ends it.
   */
  onPush(agentId: string, ring: () => void): () => void;

  /** Rings when the queue may have lost what it held (a reconnect), so that everything is pushed again. */
  onAmnesia(ring: () => void): () => void;

  /** True while it can be reached; `/ready` says so. */
  isReady(): boolean;
}

/** The queue can't be reached now. What was approved waits in the store; the caller tries again after the doorbell. */
export class QueueUnavailableError extends Error {
  readonly code = 'queue_unavailable';
  constructor(cause: unknown) {
    super(`the queue can't be reached: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.name = 'QueueUnavailableError';
  }
}
