/** An agent that has connected says hello within this, or is let go: a silent stream costs a slot. */
export const helloWithinMs = 10_000;
/** In flight on one stream before reading pauses; an agent keeps itself far below by waiting for acknowledgements. */
export const itemsInFlightMax = 4_096;
/** How long a draining server waits for streams to end by themselves. */
export const drainMs = 2_000;
/** sun_path of Linux holds 108 bytes with the closing NUL (unix(7)); macOS 104, which is the safer bound. */
export const socketPathBytesMax = 103;
/** Scripts and documents in one frame: well below what a gRPC message may have, so that several fit into a window. */
export const frameBytesMax = 1024 * 1024;
/** A hello names its runs; more than that is no agent of ours. */
export const helloRunsMax = 10_000;
/** An agent is shown where the audit log ends no more often than this: each is a signature for it to verify and a file to write. */
export const headEveryMs = 5_000;
