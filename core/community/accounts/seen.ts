import type { Clock } from '../../async/clock.ts';
import { userIdOf } from '../../async/mint.ts';
import type { AccountId, UserId } from '../../domain/ids.ts';
import type { InboundAccount } from '../../domain/inbound.ts';
import type { Logger } from '../../ops/log.ts';
import type { Sql } from '../../store/sql/sql.ts';

export interface KnownAccount {
  readonly platform: string;
  readonly account: AccountId;
}

/** Which accounts of other platforms stand behind users: a user's id alone does not tell. */
export interface SeenAccounts {
  /** Somebody did something on a platform. */
  note(platform: string, by: InboundAccount): void;
  /** Where this person is known; all their linked accounts. */
  accountsOf(user: UserId): Promise<readonly KnownAccount[]>;
  /** Something about this user has changed: whether they are written down is looked up anew. */
  changed(user: UserId): void;
  stop(): Promise<void>;
}

export interface SeenDeps {
  readonly sql: Pick<Sql, 'build' | 'read' | 'write'>;
  /** Everybody who is one person with this user, this one among them. */
  readonly sameAs: (user: UserId) => readonly UserId[];
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Known to be written down already. */
const MOST_KNOWN = 20_000;
/** New ones that wait to be written down; more are noted when they are seen again. */
const MOST_NEW = 5_000;
const MOST_AT_ONCE = 500;
const WRITE_MS = 500;

export function createSeenAccounts({ sql, sameAs, clock, logger }: SeenDeps): SeenAccounts {
  const known = new Set<UserId>();
  const fresh = new Map<UserId, KnownAccount & { readonly name: string }>();
  let writing: Promise<void> | null = null;

  async function write(): Promise<void> {
    while (fresh.size > 0) {
      const some = [...fresh].slice(0, MOST_AT_ONCE);
      const rows = some.map(([user_id, { platform, account, name }]) => {
        return { user_id, platform, account_id: account, name, at: clock.now() };
      });
      const insert = sql.build.insertInto('seen_accounts').values(rows);
      await sql.write([
        { query: insert.onConflict((at) => at.columns(['platform', 'account_id']).doNothing()).compile() },
      ]);
      for (const [user] of some) fresh.delete(user);
    }
  }

  function flush(): Promise<void> {
    writing ??= write()
      .catch((error: unknown) => logger.warn({ err: error }, 'accounts that were seen could not be written down yet'))
      .finally(() => {
        writing = null;
      });
    return writing;
  }

  const stopWriting = clock.every(WRITE_MS, () => {
    if (fresh.size > 0) void flush();
  });

  return {
    note(platform, { id, name }) {
      const user = userIdOf(platform, id);
      if (known.has(user) || fresh.size >= MOST_NEW) return;
      known.add(user);
      const [oldest] = known;
      if (known.size > MOST_KNOWN && oldest !== undefined) known.delete(oldest);
      fresh.set(user, { platform, account: id, name });
    },
    async accountsOf(user) {
      const users = sameAs(user);
      const here = users.flatMap((one) => fresh.get(one) ?? []);
      const query = sql.build.selectFrom('seen_accounts').selectAll().where('user_id', 'in', users);
      const rows = await sql.read(query.compile());
      const kept = rows.map(({ platform, account_id }) => ({ platform, account: account_id as AccountId }));
      return [...kept, ...here.map(({ platform, account }) => ({ platform, account }))];
    },
    changed: (user) => void known.delete(user),
    async stop() {
      stopWriting();
      await flush();
    },
  };
}
