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
/**
 * Agents' connections at once. Ten thousand agents, and the old connections of those that come again before they are noticed
 * to be dead.
 */
export const connectionsMax = 20_000;
/** Handshakes at once. A fleet that comes back is through in a second each. */
export const greetingMax = 512;
/** Connections at once of machines that join, and of those that are no agent. */
export const outsidersMax = 128;
/** Connections at once that speak HTTP/1.1; more than downloads at once, since each is asked for first. */
export const downloadsMax = 128;
/** Of those three from one address, behind which a whole network may stand. */
export const strangersAtAddressMax = 64;
/** New connections at the port. Each costs a handshake, about a millisecond of a core; a fleet that comes back spreads itself. */
export const connectionRate = { burst: 1_000, perSecond: 300 } as const;
/** Of what all may do in a time, one network or agent may do this much: half, so that the other half is left whatever it does. */
export const shareOfOne = 0.5;
/** Those whose share is counted; past it the one that was quiet for longest is forgotten, and has a whole share again. */
export const sharesKept = 4_096;
/** Hellos over all streams. Each reads the store; past it agents are told to come again, with their own growing pauses. */
export const helloRate = { burst: 500, perSecond: 200 } as const;
/** Joins and what is taken for one. Each verifies a signature and makes a certificate, and nobody joins in thousands. */
export const joinRate = { burst: 50, perSecond: 10 } as const;
/** Renewals of one server's agents: each signs a certificate. Ten thousand agents renew a few thousand times a day. */
export const renewalRate = { burst: 200, perSecond: 20 } as const;
/** Who is no agent has this long for all that it may do over HTTP/2: a join takes a second. */
export const outsiderMs = 30_000;
/** A program of a hundred megabytes over a slow line, and no longer. */
export const downloadMs = 15 * 60_000;
/** A download is asked for at once. */
export const downloadAskedMs = 10_000;
/** The server asks a quiet connection for a sign of life after this. */
export const keepaliveMs = 20_000;
/** And takes it for dead when none comes within this: so a dead peer is noticed within the two together, as by its missing heartbeats. */
export const keepaliveWaitMs = 10_000;
/** An agent's connection on which no call is open is of no use. */
export const idleConnectionMs = 5 * 60_000;
/** Calls at once on one connection: an agent has its stream and a renewal, and a dying stream beside a new one. */
export const callsAtOnceMax = 8;
/** Of a call's headers. Ours are a few hundred bytes. */
export const headerBytesMax = 16 * 1024;
/** What one HTTP/2 session may hold in memory, in megabytes as Node counts it: a few messages at their largest. */
export const sessionMemoryMb = 32;
/**
 * What an agent may have on the way to us before we have read it, for each stream and each connection. HTTP/2's default of
 * 64 KiB would let a line of 100 ms round trip carry 640 KB a second.
 */
export const flowWindowBytes = 1024 * 1024;
/** How often it is looked whether the server can do its work, for those that watch its health. */
export const healthEveryMs = 5_000;
/** People are told of strangers at most so often; what a flood says is counted and told with the next line. */
export const strangerLogRate = { burst: 20, perSecond: 1 } as const;
