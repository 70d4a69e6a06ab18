/** Builds the server's bundle and the agent's. */
export declare const build: () => Promise<void>;
