/** Bounds of the web console: name, unit, reason. */

/** A one-time link is opened by the person who just made it; longer and it lies about in a terminal's history. */
export const linkLifeMs = 15 * 60_000;
/** Links that wait to be opened. More is a loop in somebody's script; the oldest go. */
export const linksWaitingMax = 16;
/** Random bytes of a link's secret, a session's id and a write token: out of reach of guessing. */
export const secretBytes = 32;
/** A session that nobody used for this long is over: a week off, not a quarter. */
export const sessionIdleMs = 7 * 24 * 3_600_000;
/** Sessions that are remembered; one person has few browsers. The longest unused go. */
export const sessionsMax = 64;
/** How often a session's last use is written to disk: it only has to be right to a day. */
export const sessionTouchMs = 3_600_000;

/** The largest body of a write: a whole script for each interpreter, form-encoded at three bytes a byte, with room. */
export const bodyBytesMax = 512 * 1024;
/** A reason is a sentence or two. */
export const reasonCharsMax = 500;
/** A selector as `--on` takes it. */
export const onCharsMax = 200;
/** A delivery id made by the browser; a UUID has 36 characters. */
export const eventIdCharsMax = 64;

/** Tasks on the page when it opens, newest first: more than anyone scrolls back, few enough to render at once. */
export const pageTasksMax = 40;
/** Tasks shown of one thread, the newest; a thread that is longer is a log, and nobody reads its beginning. */
export const threadTasksMax = 50;

/** Open incidents listed, those that nobody looks at first; with more there is one thing wrong, not so many. */
export const incidentsOpenMax = 50;
/** Incidents listed that are over: the night before, not the year. */
export const incidentsOverMax = 10;
/** Machines offered as a button each; more stand in a menu. */
export const choicesShownMax = 6;

/** Machines named on a card before the rest is folded. */
export const targetsShownMax = 8;
/** Runs shown one by one before the rest is folded. */
export const runsShownMax = 5;
/** Runs listed in the fold while a task runs; past it only counts, since the card is sent again with each change. */
export const runsFoldedLiveMax = 50;
/** Runs of one card whose output is on it; the others' is fetched when asked for. */
export const outputsShownMax = 3;
/** Of each stream, on a card: a screen or two of text. */
export const outputTailBytesMax = 6 * 1024;
/** Lines of that tail; a tail of short lines is as tall as one of long ones. */
export const outputTailLinesMax = 120;
/** One read while a whole stream is sent as a file. */
export const rawReadBytesMax = 64 * 1024;
/** Lines of evidence for one machine before the rest is folded. */
export const evidenceShownMax = 6;
/** Machines whose part of an answer is shown before the rest is folded. */
export const readingsShownMax = 4;
/** A script longer than this scrolls in its own box, so that the buttons stay near. */
export const scriptLinesTallMax = 28;

/** The least time between two updates of one task: four a second is as fast as a person reads. */
export const liveFlushMs = 250;
/** The least time between two updates of the machines' column; heartbeats of a hundred machines come all the time. */
export const liveAgentsMs = 1_000;
/** The least time between two updates of the list of incidents; in a storm they change all the time. */
export const liveIncidentsMs = 1_000;
/** A comment on a quiet stream, so that a dead connection is found out; proxies cut silence after 30 to 60 seconds. */
export const liveBeatMs = 15_000;
/** How soon the browser tries again after a drop. */
export const liveRetryMs = 1_000;
/** Streams at once, over all sessions: each tab has one. */
export const liveClientsMax = 32;
/** Unsent bytes of one stream. A reader that is further behind is cut off and gets the present state when it is back. */
export const liveBufferBytesMax = 4 * 1024 * 1024;
/** Answers that are being written at once whose words are remembered; a task's next word brings it back. */
export const liveWordsMax = 64;
/** Tasks whose last change is remembered for readers that come back. */
export const liveChangesMax = 2_000;
/** Of each field of the form in which a runbook is kept; what the runbook takes is less, and said with its sentence. */
export const keepTextCharsMax = 4_000;
