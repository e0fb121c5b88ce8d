import type { Clock } from '../async/clock.ts';

export type CheckResult =
  | { readonly status: 'ok' }
  /** `warn`: works, but somebody should look. `down`: the hub is not ready. */
  | { readonly status: 'warn' | 'down'; readonly say: string };
export interface Check {
  readonly name: string;
  run(): CheckResult | Promise<CheckResult>;
}
export interface CheckReport {
  readonly name: string;
  readonly status: CheckResult['status'];
  readonly say: string;
}
export interface HealthReport {
  readonly isReady: boolean;
  readonly checks: readonly CheckReport[];
}

/** Whether the hub can do its work, and if not, why. What checks say is public: no secret, no address. */
export interface Health {
  add(check: Check): void;
  report(): Promise<HealthReport>;
}

/** A check that says nothing for this long is down. */
const CHECK_DEADLINE_MS = 2_000;

export function createHealth(clock: Clock): Health {
  const checks: Check[] = [];
  return {
    add: (check) => {
      checks.push(check);
    },
    async report() {
      const reports = await Promise.all(checks.map((check) => runCheck(check, clock)));
      return { isReady: reports.every((report) => report.status !== 'down'), checks: reports };
    },
  };
}

async function runCheck(check: Check, clock: Clock): Promise<CheckReport> {
  let cancel = (): void => {};
  const tooLate = new Promise<CheckResult>((resolve) => {
    const say = 'It did not answer in time.';
    cancel = clock.after(CHECK_DEADLINE_MS, () => resolve({ status: 'down', say }));
  });
  const result = await Promise.race([attempt(check), tooLate]);
  cancel();
  return { name: check.name, status: result.status, say: result.status === 'ok' ? '' : result.say };
}

async function attempt(check: Check): Promise<CheckResult> {
  try {
    return await check.run();
  } catch (error) {
    // The text of an unforeseen error may name hosts and files; its class is enough here.
    return { status: 'down', say: `It failed: ${error instanceof Error ? error.name : 'unknown error'}.` };
  }
}
