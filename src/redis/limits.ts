/** Bounds of the Redis queue. */

/** The first wait before connecting again: a restart of Redis takes about that long. */
export const backoffMsMin = 50;
/** The longest wait: people notice an outage's end within seconds, and Redis isn't stormed by a fleet of servers. */
export const backoffMsMax = 5_000;
/** A connection that isn't made by then is tried anew. */
export const connectMsMax = 2_000;
/** A command without a reply by then is given up: its work is in the store, and the caller must not wait longer. */
export const commandMsMax = 2_000;
/** How often the connections and the server's memory are looked at when nothing else asks. */
export const checkEveryMs = 5_000;
/** Ids in one push, so that one script doesn't hold Redis for others. */
export const pushIdsMax = 1_000;
/** Queues of agents that never come back vanish by themselves. Far longer than an approval waits for its agent. */
export const keyMs = 24 * 3_600_000;
