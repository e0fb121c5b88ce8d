/** What was missed for longer than this becomes one line instead of a flood. */
export const OUTAGE_MS = 10 * 60_000;
/** One attempt may take this long; then its outcome is unknown. */
export const SEND_DEADLINE_MS = 10_000;
/** How long a stop waits for what is being sent. */
export const STOP_GRACE_MS = 3_000;
/** Entries read at once. */
export const BATCH = 100;
/** A position that moved over entries of no concern is written down at most this often. */
export const SKIPS_MS = 1_000;
