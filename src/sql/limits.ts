/** Bounds of the SQLite store; what other floors must agree on is in core/limits.ts. */

/** People call tasks by their number; four digits from the first day keep `#1042` one word on every surface. */
export const firstTaskNumber = 1001;
/** Somebody else's write lock (a backup, a curious `sqlite3`) is waited for this long; the event loop stands still. */
export const busyTimeoutMs = 2_000;
/** The write-ahead log is cut back to this after a checkpoint, so that one burst doesn't keep the disk for ever. */
export const walBytesKept = 64 * 1024 * 1024;
/**
 * Pages in the log before they go into the database: the rows of open tasks are written over and over, and each is
 * moved once however often it changed. SQLite's own default made every few hundredth commit wait for it.
 */
export const walPagesMax = 8_000;
/** Pages kept in memory: the rows of open tasks fit, so that a view is read without touching the disk. */
export const cacheKibibytes = 32 * 1024;
/** How often what is over is deleted. Rare enough to cost nothing, often enough that a start isn't slow. */
export const pruneEveryMs = 3_600_000;
/** Rows of each kind deleted in one go: bounds how long that commit holds the event loop. */
export const pruneRowsMax = 2_000;
/** Incidents looked at in one go, each with its alerts and posts. */
export const pruneIncidentsMax = 100;
/** Target lists that are kept parsed: the tasks whose runs are moving now. */
export const targetListsKept = 64;
/** Tasks whose own entries of the log are known without reading them: a few hundred bytes to a few KiB each. */
export const trailsKept = 2_000;
/** Entries between one and the signed head of its commit; a commit of a thousand runs has a few thousand. */
export const sealedEntriesMax = 50_000;
/** Entries in memory at once while a log is verified or exported, however long it is. */
export const auditPageEntries = 1_000;
