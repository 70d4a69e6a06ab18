/**
 * The agents that are connected now, as the flow sees them. Best effort: what matters is in the store and is said
 * again at the agent's next hello.
 */
export interface AgentLinks {
  /** Asks the agent to end these runs, if it is connected. */
  cancel(agentId: string, runIds: readonly string[]): void;
}
