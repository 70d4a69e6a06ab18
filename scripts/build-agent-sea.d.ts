/** Makes agent/dist/nerdy-agent-linux-<arch>. */
export declare const buildAgentSea: () => Promise<{ to: string; version: string }>;
