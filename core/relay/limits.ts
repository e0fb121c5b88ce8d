/** One attempt may take this long; then its outcome is unknown. */
export const SEND_DEADLINE_MS = 10_000;
/** How long a stop waits for what is being sent. */
export const STOP_GRACE_MS = 2_000;
/** Entries read at once. */
export const BATCH = 100;
/** Entries that wait for a lane in memory; one that is further behind reads the store. */
export const INBOX = 1_000;
/** A position that moved over entries of no concern is written down at most this often. */
export const SKIPS_MS = 1_000;
/** What is written down with a later step at most. */
export const MOST_UNWRITTEN = 100;
/** A message older than this waits for no room in the budget: it is summed up. */
export const HOLD_MS = 3_000;
/** A line that sums up waits so long for more, at most and where the budget allows it at least. */
export const GATHER_MS = { least: 5_000, most: 30_000 } as const;
