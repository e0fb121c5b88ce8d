/** As long as `expect.poll` waits in these tests: a busy machine is no fault. */
export const PATIENCE_MS = 45_000;

/** Polls until the condition holds. @throws after the deadline, naming what was awaited */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  deadlineMs = PATIENCE_MS,
): Promise<void> {
  const end = performance.now() + deadlineMs;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`not within ${deadlineMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
