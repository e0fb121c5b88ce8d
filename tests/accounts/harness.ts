import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hubConfig } from '../../config/schema.ts';
import { type Clock, systemClock } from '../../core/async/clock.ts';
import { type Accounts, createAccounts } from '../../core/community/accounts/accounts.ts';
import type { Outcome, SignedIn } from '../../core/community/accounts/outcome.ts';
import type { PasswordCost } from '../../core/community/accounts/passwords.ts';
import type { EpochMs, UserId } from '../../core/domain/ids.ts';
import { silentLogger } from '../../core/ops/log.ts';
import type { Directory, DirectoryChange } from '../../core/store/directory/directory.ts';
import { type OpenedSql, openSql } from '../../core/store/sql/open.ts';

export const CHEAP: PasswordCost = { logN: 10, r: 8, p: 1 };
export const GOOD_PASSWORD = 'correct horse battery';
export const HOME = '192.0.2.1';

/** A clock whose timers run when the test moves it. */
export function testClock(start = 1_750_000_000_000): Clock & { move(ms: number): void } {
  let now = start;
  const timers = new Set<{ at: number; readonly every: number | null; readonly run: () => void }>();
  function add(ms: number, every: number | null, run: () => void): () => void {
    const timer = { at: now + ms, every, run };
    timers.add(timer);
    return () => timers.delete(timer);
  }
  return {
    now: () => now as EpochMs,
    elapsed: () => now,
    after: (ms, run) => add(ms, null, run),
    every: (ms, run) => add(ms, ms, run),
    move(ms) {
      now += ms;
      for (const timer of [...timers]) {
        if (timer.at > now) continue;
        if (timer.every === null) timers.delete(timer);
        else timer.at = now + timer.every;
        timer.run();
      }
    },
  };
}

export interface Desk {
  readonly accounts: Accounts;
  readonly sql: OpenedSql;
  readonly clock: ReturnType<typeof testClock>;
  /** What was announced to the hubs, oldest first. */
  readonly changes: DirectoryChange[];
  readonly channelStates: Map<string, 'open' | 'read-only'>;
  /** Another hub of the same database. */
  again(config?: Record<string, unknown>, cost?: PasswordCost): Accounts;
  close(): Promise<void>;
}

/** Accounts over a real database in a folder of their own. */
export async function openDesk(config: Record<string, unknown> = {}, cost: PasswordCost = CHEAP): Promise<Desk> {
  const folder = mkdtempSync(join(tmpdir(), 'slipmat-accounts-'));
  const sql = await openSql({
    file: join(folder, 'hub.sqlite'),
    clock: systemClock,
    log: silentLogger,
    busyTimeoutMs: 300,
  });
  const clock = testClock();
  const changes: DirectoryChange[] = [];
  const channelStates = new Map<string, 'open' | 'read-only'>();
  const directory: Pick<Directory, 'change' | 'sameAs'> = {
    sameAs: (user: UserId) => [user],
    async change(change) {
      const written = await sql.write(change.statements);
      if (written.ok) changes.push(change);
      return written;
    },
  };
  const opened: Accounts[] = [];
  function again(other: Record<string, unknown> = config, otherCost: PasswordCost = cost): Accounts {
    const accounts = createAccounts({
      sql,
      directory,
      clock,
      config: hubConfig.parse(other),
      log: silentLogger,
      platforms: { native: 'slipmat', site: 'site' },
      setChannelState: async (channel, state) => {
        channelStates.set(channel, state);
      },
      onDismissed: async () => undefined,
      passwordCost: otherCost,
    });
    opened.push(accounts);
    return accounts;
  }
  return {
    accounts: again(),
    sql,
    clock,
    changes,
    channelStates,
    again,
    async close() {
      await Promise.all(opened.map((accounts) => accounts.close()));
      await sql.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** @throws when it was refused */
export function must<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(`refused: ${outcome.code}: ${outcome.say}`);
  return outcome.value;
}

export async function member(desk: Desk, name: string, password = GOOD_PASSWORD): Promise<SignedIn> {
  must(await desk.accounts.addUser(name, password));
  return must(await desk.accounts.signIn({ name, password, address: HOME }));
}
