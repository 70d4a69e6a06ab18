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
/** An agent that lives answers a challenge within this, over any line that carries its heartbeats; its other stream waits so long. */
export const challengeWithinMs = 5_000;
/** Nobody guesses one. */
export const nonceBytes = 16;
/** From the first byte to the end of a TLS handshake. Two round trips, on any line that is of use; a silent socket costs one. */
export const handshakeMs = 10_000;
/** How often the gateway's certificate is asked for anew; it is made weeks before its end. */
export const credentialsEveryMs = 12 * 3_600_000;
