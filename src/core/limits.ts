/**
 * Every bound of the product that both ends or several floors must agree on: name, unit (last in the name),
 * reason. A vendor's bounds live in that vendor's folder.
 */

/** A request is a sentence or a pasted paragraph; longer text is a mistake or an attack on the model's purse. */
export const requestCharsMax = 4_000;
/** Of a message that a request points at, kept and shown to a model: its beginning, as long as a request may be. */
export const contextCharsMax = 4_000;
/** Of that message on a card: a line that tells which one it was. */
export const excerptCharsMax = 160;
/** Fits every surface's attachment and one gRPC message with room; nobody reads a longer script before approving. */
export const scriptBytesMax = 64 * 1024;
/** One signed document names at most this many agents, so that a document stays small enough to verify at once. */
export const documentAgentsMax = 256;
/** What a person can be asked to look over on one card. */
export const targetsMax = 1_000;
/** More machines than this are approved by typing their count: a label that fits too much shows in the number first. */
export const targetsUnconfirmedMax = 20;

/** Kept of a stream's beginning, on the agent's disk and in the store. */
export const outputHeadBytesMax = 512 * 1024;
/** Kept of a stream's end when it went on past its head. */
export const outputTailBytesMax = 128 * 1024;
/** One piece of output on the wire; well under gRPC's 4 MiB default for a received message. */
export const outputChunkBytesMax = 64 * 1024;
/** Output that may be on the wire unacknowledged, for each agent: bounds the memory of both ends. */
export const outputInFlightBytesMax = 1024 * 1024;
/** Items in one frame; grpc-js writes one message a flush, so many small things travel together. */
export const frameItemsMax = 256;
/** The largest gRPC message either end accepts: a frame of output at its fullest, with its envelope. */
export const grpcMessageBytesMax = 4 * 1024 * 1024;

/** A check is seconds, a package upgrade minutes; what needs longer asks for it. */
export const scriptTimeoutMs = 60_000;
export const scriptTimeoutMsMax = 24 * 3_600_000;
/** From SIGTERM to SIGKILL when a script is timed out or cancelled. */
export const killGraceMs = 5_000;
/** How long an approval waits for an offline agent. Longer and the approver has forgotten what they approved. */
export const deliverMs = 3_600_000;
/** How long past its replacement a key still vouches for what it signed before: no approval waits longer. */
export const formerKeyMs = deliverMs;
/** How long a proposal waits for a decision: a night shift, not a weekend. */
export const decideMs = 8 * 3_600_000;
/** Silence past `runBy` + timeout + this makes an accepted run `lost`. Covers a slow disk and a clock's drift. */
export const lostGraceMs = 120_000;

/** The agent's sign of life; three missed make it offline. */
export const heartbeatMs = 10_000;
export const heartbeatsMissedMax = 3;
/** Minutes of a machine's load that are kept: what happened just before somebody looks. More is what monitoring is for. */
export const loadMinutesMax = 60;

/** A worker's claim on a task; past it another may take the task. Longer than a model's slowest answer. */
export const claimLeaseMs = 120_000;
/** Claims of one state before the task fails with a sentence. */
export const attemptsMax = 3;
/** How long an event's id is remembered, so that a redelivery acts once. Slack retries for an hour, SNS for longer. */
export const eventMemoryMs = 7 * 24 * 3_600_000;
/**
 * Incidents that are over, and what was posted or put aside, are kept for so long: a quarter of a year is what people look
 * back over. The audit log and the tasks stay. A setting changes it.
 */
export const overKeptMs = 90 * 24 * 3_600_000;

/** How long an invitation is good for: its line is pasted now or this week; a token in a note is found by others. */
export const inviteMs = 3_600_000;
export const inviteMsMin = 60_000;
export const inviteMsMax = 7 * 24 * 3_600_000;
/** Invitations that are open at once; more are a script that went wrong, and each is a way in. */
export const invitesOpenMax = 500;
/** Labels of one machine; what more say, nobody reads. */
export const labelsMax = 32;

/** An end that is nearer than this is told to people: an agent renews long before. */
export const certificateSoonMs = 36 * 3_600_000;

/** Changes in one durable transaction; bounds how long the event loop is held by one commit. */
export const groupChangesMax = 512;

/** Reasons of one script that a card tells line by line; past a dozen nobody reads, and the worst are kept. */
export const reasonsShownMax = 12;
/** Characters of one reason: it quotes the script, which stands beside it whole. */
export const reasonCharsShown = 200;

/** An incident whose alerts end and fire again within this is the same one: its message is not yet out of sight. */
export const incidentReopenMs = 5 * 60_000;
/**
 * An incident of which nothing was heard for so long is closed: its source has forgotten it, or is gone. Some tell of
 * what is wrong once and for all, so it is longer than anybody leaves that be. A setting changes it.
 */
export const incidentCloseMs = 14 * 24 * 3_600_000;
export const incidentCloseDaysMax = 365;
/** So often fired again within the window, an incident flaps: it is told once and counted. */
export const flapTurnsMin = 3;
export const flapWindowMs = 3_600_000;
/** Without a turn for so long, what flapped says plainly how it stands. */
export const flapQuietMs = 15 * 60_000;
/** More new incidents in one channel within the window are a storm: nobody reads the next message. A setting changes it. */
export const stormIncidentsMax = 20;
export const stormWindowMs = 60_000;
/** Without a new incident for so long a storm is over: what comes next has a message of its own again. */
export const stormQuietMs = 5 * 60_000;
/** How long a silence may last; longer ones hide what should be mended or switched off at its source. */
export const silenceMsMin = 60_000;
export const silenceMsMax = 7 * 24 * 3_600_000;
/** Labels that an incident or alert keeps; what more say, nobody reads. */
export const incidentLabelsMax = 64;
/** Machines that one incident names; more are told as a number. */
export const incidentMachinesMax = 32;
/** Told as firing with the beginning that it had, so shortly after its end: its news overtook each other. */
export const lateTellMs = 2 * 60_000;
/** Routes and rules for machines in the settings; each alert is held against all of them. */
export const alertRoutesMax = 200;
export const machineRulesMax = 50;
/** Of a label that a rule reads, and of a rule's own pattern: bounds the time that a regular expression takes. */
export const hintCharsMax = 256;
/** Machines that a message offers to choose from: what a menu takes, and more is a search. */
export const machineChoicesMax = 25;
/** Words of an alert's title that are asked about where its meaning isn't known. */
export const diagnosisWordsMax = 12;
/** Alerts that an incident's message lists; the rest are a number. */
export const incidentAlertsShown = 10;
/** Of an alert's longer words; the source's own page has them whole. */
export const summaryCharsShown = 600;
/** Silences that a message offers: over a mending, and over a working day. */
export const silencesOfferedMs: readonly number[] = [3_600_000, 8 * 3_600_000];
/** Watches of one server; more is what monitoring is for. */
export const watchesMax = 200;
/** Between two looks of one watch: each is a task, with its entries in the audit log. */
export const watchEveryMsMin = 60_000;
