import type { Order } from './store.ts';

/**
 * The agents that are connected now, as the flow sees them. Best effort: what matters is in the store and is said
 * again at the agent's next hello.
 */
export interface AgentLinks {
  /** True when an order for this agent would be on its way as soon as it is handed over. */
  takes(agentId: string): boolean;
  /**
   * Writes orders that were committed as sent. One whose agent has gone meanwhile is dropped: it goes again when the
   * next hello doesn't name it.
   */
  deliver(orders: readonly Order[]): void;
  /** Asks the agent to end these runs, if it is connected. */
  cancel(agentId: string, runIds: readonly string[]): void;
}
