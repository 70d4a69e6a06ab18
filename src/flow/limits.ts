import { heartbeatMs, heartbeatsMissedMax, outputInFlightBytesMax } from '../core/limits.ts';

/** How often claims that ran out are looked for, beside the wake after each commit. */
export const claimSweepMs = 5_000;
/** How often queued runs are pushed again and deadlines looked at. A queue may lose everything at any time. */
export const recoverSweepMs = 5_000;
/** Runs that one sweep pushes or ends; the next sweep takes the rest. */
export const recoverRunsMax = 5_000;
/** Classifications kept in memory, by the script's digest: the cards that people look at now. */
export const classificationsKept = 500;
/** Drafts at once: a model's rate limit is met sooner than ours. */
export const draftSlots = 4;
/** Answers at once; each may hold a run's whole output in memory. */
export const answerSlots = 4;
/** Output text that one answer reads over all its runs; each run gets its share. */
export const answerBytesMax = 32 * 1024 * 1024;
/** A surface that throws has a fault; its post waits that long, so that it neither spins nor starves the others. */
export const publishFaultRetryMs = 30_000;
/**
 * Output of one agent that is kept back unacknowledged, over all its streams: what may be the beginning of a secret.
 * Half of the agent's sending window, so that it always has room to send what ends the wait.
 */
export const heldBytesMax = outputInFlightBytesMax / 2;
/** Redaction in one turn of the event loop; past it sockets and timers have theirs. */
export const redactTurnMs = 10;
/** Channels of one surface that are served at once; a slow surface takes nothing from the others. */
export const publishSlots = 8;
/** How often posts that were put off are looked at. */
export const publishSweepMs = 1_000;
/** Without a word for so long an agent is shown as offline, whatever its stream's server could still write of it. */
export const agentSilentMs = heartbeatMs * (heartbeatsMissedMax + 1);
/** Earlier requests of a thread that the drafter is told. */
export const requestsBeforeMax = 5;
/** Orders that one take from the queue sends; the next take follows at once. */
export const ordersTakenMax = 64;
/** Signatures that were verified and are remembered; far more documents than wait at one time. */
export const signaturesKeptMax = 4_096;
/** Foreign ids in one agent's queue that are noted in a window; more would let a stranger fill the audit log. */
export const foreignIdsMax = 10;
export const noteWindowMs = 60_000;
/** Refused yeses of one person to one task that are noted in a window: more says nothing more. */
export const refusedYesesMax = 10;
/** Who is counted at a time; past it the oldest window is forgotten. */
export const noteKeysMax = 10_000;
/** Of a rejection; longer ones are cut, since cards show them whole. */
export const reasonCharsMax = 1_000;
/** Broken places that a verification keeps to tell; past it they are only counted. Nobody reads more, and memory is bounded. */
export const auditBreaksMax = 50;
/** Entries that are verified in one turn of the event loop: a few tens of milliseconds, so that a spinner turns. */
export const auditEntriesATurn = 500;
/** How long after joining the same token is answered again to the same key: the first answer may have been lost. */
export const joinAgainMs = 10 * 60_000;
/** Races with others that one joining may lose (a name, the same token) before it is a fault. */
export const joinTriesMax = 8;
/** Refused joinings that are noted in a window, of one address and of all; more would let strangers fill the log. */
export const refusedJoinsMax = 5;
export const refusedJoinsOfAllMax = 60;
export const refusedJoinsWindowMs = 60_000;
/** A machine with a dead certificate comes again every few seconds; people need to hear of it only so often. */
export const refusedAgentNoteMs = 3_600_000;
/** Dead certificates that are remembered as noted; past it the memory starts anew. */
export const refusedAgentsKept = 1_000;
/** Of a name that a machine would like, cut so that a number behind it still fits. */
export const wantedNameCharsMax = 48;
/** Open decisions that are looked at for those of one person; more at once wait for nobody in particular. */
export const openDecisionsLookedAt = 500;
/** What "lately" is where usage is told: a week has each kind of day once. */
export const usageWindowMs = 7 * 24 * 3_600_000;
/** Posts of one channel that are looked at to find the next: more messages at once than a channel has that people read. */
export const publishLookMax = 500;
/** Under a message that is not posted yet: how soon it is looked at again. */
export const publishWaitMs = 1_000;
/** Where that message is held back, over the quiet hours say: it may be told early, and each look is a commit. */
export const publishHeldWaitMs = 30_000;
/** A file that was put off waits for this part of its age, so that one which never goes is tried a few dozen times. */
export const fileRetryAgeFraction = 0.25;
/** Past it nobody looks for a file in the thread any more; the output is in the console. */
export const fileTriedMs = 24 * 3_600_000;
/** Channels whose turns are remembered; those without work are forgotten past it. */
export const channelsRememberedMax = 1_000;
/** How often a message that somebody deleted is posted again: by mistake happens once or twice, more is a wish. */
export const postsAnewMax = 3;
/** Tasks of a deleted thread that are looked through for open ones: the latest; older ones have ended. */
export const threadTasksMax = 50;
/** From the request to the answer. Past it the person has turned to something else, and is called back. */
export const callsAskerAfterMs = 60_000;
/**
 * A message that the platform refuses, perhaps for its own sake: how long its channel waits, so that what passes keeps
 * the order; then how often it is tried by itself, as long as it has been refused; and when nobody looks for it any more.
 */
export const refusedHoldMs = 60_000;
export const refusedRetryMsMin = 60_000;
export const refusedRetryMsMax = 3_600_000;
export const refusedTriedMs = 24 * 3_600_000;
/** Since when a channel may have been closed to us for what was to be shown there to be wanted once it opens. */
export const shutAgeMsMax = 24 * 3_600_000;
/** Messages of one channel that come back at once: the newest, since nobody reads more. */
export const shutPostsMax = 50;
/** Output over all runs of a task that an answer's own words and evidence stand for; past it there is a file as well. */
export const outputShownBytesMax = 3_000;
/** Of the file of a task's output, over all machines. Every platform takes it, and an editor opens it at once. */
export const outputFileBytesMax = 1024 * 1024;
/** Rows of a list in a chat: what a person reads on a phone; who wants all of them opens the console. */
export const listRowsMax = 15;
/** How often what time moves is looked at: a silence ends within that of its time. */
export const incidentSweepMs = 5_000;
export const incidentsDueMax = 200;
/** How often incidents are looked through for those that their source never ends; and how many in one go. */
export const incidentKeepSweepMs = 10 * 60_000;
export const incidentPageMax = 200;
/** Past the instant until which a source said that an alert holds; what repeats it may be late. */
export const ranOutGraceMs = 60_000;
/** Firing alerts of one incident that are looked at for that; with more it is left to the days. */
export const alertsLookedAt = 1_000;
/** Open incidents that are looked through for those that nothing ends any more. */
export const incidentsLookedAt = 10_000;
/** How often watches are looked at: a look comes within that of its time. */
export const watchSweepMs = 1_000;
/** How often diagnoses are looked at, beside the wake after each commit. */
export const diagnoseSweepMs = 5_000;
/** Diagnoses that one pass asks; the next takes the rest. */
export const diagnosisSlots = 500;
/** Diagnoses under way that are read at the start, the oldest first; far more than people decide on in a day. */
export const diagnosesFollowedMax = 5_000;
/** Of the latest tasks, those that are looked at once at the start for fixes in incidents' threads. */
export const threadTasksLookedAt = 500;
/** Diagnoses that alerts may ask for within the window; past it people press the button for what matters. */
export const diagnosesMax = 30;
export const diagnosesWindowMs = 60_000;
/** How old the machines may be that alerts are held against: a machine that has just joined is found a moment later. */
export const machineIndexMs = 2_000;
/** Alerts that wait for their commit; past it a source is told to come again, since memory has an end. */
export const alertsWaitingMax = 10_000;
/** Alerts that are told in one change: a few tens of milliseconds, in which nothing else has its turn. */
export const alertsTogetherMax = 256;
export const alertsBusyRetryMs = 1_000;
/** Kept of a delivery as it was received: what a person reads who wants to know what was really said. */
export const receivedCharsMax = 64 * 1024;
/** Looked at beyond what is kept: more of a secret than this is recognised without its end. */
export const halfSecretCharsMax = 4 * 1024;
/** Addresses for alerts: one for each source and channel is a handful; hundreds are a script that went wrong. */
export const hooksMax = 200;
/** Messages put aside that are listed; the newest say what goes wrong. */
export const parkedShownMax = 100;
/** Kept runbooks in use: each has its part of the index that every request is held against. */
export const keptRunbooksMax = 200;
