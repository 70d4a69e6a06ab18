import { outputChunkBytesMax } from '../../../src/core/limits.ts';

/** The agent's own bounds: name, unit (last in the name), reason. What both ends share is in src/core/limits.ts. */

/** Scripts that run at one time. Each has a handful of processes; a flood of orders must not take the machine. */
export const runsAtOnceMax = 64;
/** Scripts that run at one time where the machine's own settings say nothing: checks of a few people, no flood. */
export const runsAtOnceUsual = 4;
/** Of these, scripts that may change something: what one expects of the machine, another must not change under it. */
export const changesAtOnceUsual = 1;
/** Waiting runs that are looked through for one that may start before its turn: each costs a reading of its script. */
export const overtakenMax = 64;
/** A script gives way to what the machine is there for, and still gets done on one that is busy. */
export const niceUsual = 5;
/** Enough for a server's tools; what leaks files ends before the machine's own table is full. */
export const openFilesUsual = 4096;
/** A fork bomb ends at this, a quarter of the numbers that a kernel hands out by default. It counts a user's threads. */
export const processesUsual = 8192;
/** A database's dump may be large; a log that goes on past this is a runaway. */
export const fileBytesUsual = 64 * 1024 ** 3;

/** How long a server may be away before output that it didn't take is given up; longer, nobody waits for it. */
export const spoolDaysUsual = 7;
/** All that finished runs may keep: some 800 outputs of the longest kind. */
export const spoolBytesUsual = 1024 ** 3;
/** Room for the ends and the longest outputs of what runs already; a disk with less gets no new work. */
export const spoolFreeBytesUsual = 32 * 1024 ** 2;
/** Finished runs that the spool keeps the end of; the gateway's own bound for one agent is the double. */
export const spoolRunsMax = 5_000;
/** How often the spool's bounds are looked at. */
export const spoolSweepMs = 60_000;
/** From TERM to KILL an approval may ask for at most this; longer would only hide a script that hangs. */
export const killGraceMsMax = 300_000;
/** A wrapper that was told to go claims within a millisecond; past this it will not, and the run is ended. */
export const claimWaitMs = 30_000;
/** A dead wrapper's last writes are already in the page cache; this only outlasts a write in progress. */
export const lostRecheckMs = 300;
/** A wrapper that waited for its order ends with its agent within milliseconds; one that stays has a script. */
export const idleWrapperMs = 2_000;
/** How often a wrapper that should end is looked for. */
export const idleWrapperLookMs = 10;
/** The spool is watched by notifications; this catches what they missed and wrappers that vanished. */
export const pollMs = 2_000;
/**
 * That a run is accepted or started may wait so long for its first output: most scripts have some by then, and the
 * server takes one frame with one commit instead of three, the last of them the one that people wait for.
 */
export const tellWithinMs = 10;
/** Of the file that a waiting wrapper's directory has ready for its order; longer orders are stored the slower way. */
export const blankOrderBytes = 32 * 1024;
/** The idle wrapper is made again when the run that took the last one has got its first moments of the machine. */
export const wrapperRefillMs = 25;

/** The first retry after a lost stream; a gateway's restart is the usual cause, and it is quick. */
export const reconnectFirstMs = 100;
/** The longest wait between two tries; an agent is back within this after any outage. */
export const reconnectMsMax = 30_000;
/**
 * The same over a network: ten thousand agents whose gateway was cut off from them come back over seconds, and a
 * person who restarts the server still sees them within moments.
 */
export const remoteReconnectFirstMs = 2_000;
/** The longest wait over a network; an agent is back within this after any outage. */
export const remoteReconnectMsMax = 60_000;
/** A suspended identity is resumed by a person who then looks whether it worked. */
export const suspendedRetryMs = 30_000;
/** Who is of no use to each other until one is installed anew need not ask often. */
export const otherProtocolRetryMs = 600_000;
/** A removed identity comes back only when a database is put back; the machine's owner reads the log meanwhile. */
export const removedRetryMs = 3_600_000;
/** No welcome within this means that nobody serves the other end. */
export const welcomeWaitMs = 10_000;
/** A gateway with another signing key needs a person, so there is no hurry. */
export const wrongKeyRetryMs = 60_000;
/** A stream that was up for this long ended for a reason of its own: the next retry is a first one again. */
export const settledMs = 5_000;
/** HTTP/2 pings find a dead peer where TCP alone would wait for minutes. */
export const keepaliveMs = 20_000;
export const keepaliveWaitMs = 10_000;
/**
 * Output in one frame. A frame that a cut meets is sent again from its start, so on a line that never lasts long a larger
 * one would never arrive; and what waits behind it, a sign of life too, waits as long as it takes.
 */
export const frameOutputBytesMax = outputChunkBytesMax;
/** One stream's HTTP/2 window: the default of 64 KiB halves throughput locally, and worse over distance. */
export const flowWindowBytes = 1024 * 1024;

/** Of the first look at a server's certificates, and of the join itself: a person waits for both. */
export const firstContactMs = 10_000;
export const joinCallMs = 20_000;
/** Of one try to renew; the next one comes long before the certificate ends. */
export const renewCallMs = 30_000;
/** Of a certificate's life: renewed from the half on, spread over a fifth, so that machines joined together part. */
export const renewFromShare = 0.5;
export const renewSpreadShare = 0.2;
/** Whether it is time is looked at so often at least: a machine may sleep, and its timers with it. */
export const renewLookMs = 60_000;
/** A try that failed is repeated after a share of what is left, so tries come closer as the end does. */
export const renewRetryShare = 0.1;
export const renewRetryMsMin = 1_000;
export const renewRetryMsMax = 1_800_000;

/** Tombstones outlive `runBy` by this, so that no drift of clocks brings an order back to life. */
export const tombstoneMarginMs = 24 * 3_600_000;
/** Pruning reads the whole tombstone directory; it is about tidiness, not correctness. */
export const pruneMs = 3_600_000;

/** Node's timers count in 31 bits; a longer one would fire at once. */
export const timerMsMax = 2 ** 31 - 1;
/** Two agents that start at one time settle it in milliseconds; past this the other one is stopped in the middle. */
export const lockWaitMs = 2_000;
export const lockLookMs = 5;

/** Bash reads the longest script in some tens of milliseconds; past this the machine is stuck, or Bash is. */
export const syntaxCheckMs = 5_000;
/** Of what Bash says of a script's syntax; its first line is what people are told. */
export const syntaxSaidBytesMax = 4096;
/** Of emptying a directory as the user whose scripts worked there; less than what an init system waits for an agent's end. */
export const emptyWorkMs = 20_000;
/** Looking up a user asks a directory server at worst. */
export const userProbeMs = 5_000;
/** A user as whom nothing can be run is tried again after this: it may have been made meanwhile. */
export const userRetryMs = 2_000;
/** A shell that takes longer to tell its version is taken as not there. */
export const shellProbeMs = 5_000;
/** Of a claim or an exit file; a detail of the longest kind fits in with room. */
export const claimBytesMax = 4096;
/** Of a detail that is sent to people; an error's text may hold a path, never a page. */
export const detailCharsMax = 300;

/** One head of the audit log is kept for each day, as a witness; more than a year of them, each some 300 bytes. */
export const earlierHeadsMax = 400;
export const dayMs = 24 * 3_600_000;
/** Pairs of heads that contradict each other: one is proof enough, and a server that goes on contradicting must not fill the disk. */
export const conflictsKeptMax = 16;

/** Of the local policy's file; hundreds of rules fit, and a wrong path to something large is no policy. */
export const policyBytesMax = 64 * 1024;
/** More rules than this nobody reads. */
export const policyRulesMax = 200;
/** A name stands in a sentence, and a reason is one. */
export const policyNameCharsMax = 60;
export const policyReasonCharsMax = 160;

/** Disks of one heartbeat; a machine with more has them for a reason of its own, and the first ones are enough to look at. */
export const disksMax = 16;
/** A cloud's metadata service answers in milliseconds; where there is none, the start must not wait for it. */
export const cloudAnswerMs = 1_000;
export const cloudAnswerBytesMax = 4_096;
