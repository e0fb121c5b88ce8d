import type { UserId } from '../../domain/ids.ts';
import type { Sql, Statement } from '../../store/sql/sql.ts';
import type { SessionsTable } from '../../store/sql/tables.ts';
import type { AccountsOptions } from './options.ts';
import { one, type Person, people, readOne, readPerson } from './rows.ts';
import { matches, newToken, parseToken } from './secret-token.ts';

const DAY_MS = 86_400_000;
/** The end of a session moves when it was last moved so long ago. */
const EXTEND_AFTER_MS = 3_600_000;

export interface Sessions {
  /**
   * A new session and the statement that stores it. Changes no row when the user is disabled or, with `ifHash`,
   * when the password is no longer the one that was checked.
   */
  open(user: UserId, ifHash?: string): { readonly token: string; readonly statement: Statement };
  /** Who holds this token; one read. Null: not a session, or one that has ended. */
  holder(token: string): Promise<Person | null>;
  closeOne(session: string): Statement;
  closeAll(user: UserId): Statement;
  sweep(): Statement;
  /** Resolves when nothing is being written in the background. */
  settled(): Promise<void>;
}

export function createSessions({ sql, clock, config, platforms, log }: AccountsOptions): Sessions {
  const lastsMs = config.accounts.sessionDays * DAY_MS;
  const extending = new Map<string, Promise<void>>();

  async function extend(session: string): Promise<void> {
    const now = clock.now();
    const query = sql.build
      .updateTable('sessions')
      .set({ expires_at: now + lastsMs })
      .where('id', '=', session)
      .where('expires_at', '>', now)
      .compile();
    try {
      await sql.write([{ query }]);
    } catch (error) {
      log.warn({ err: error }, 'session not extended');
    } finally {
      extending.delete(session);
    }
  }

  return {
    open(user, ifHash) {
      const { id, text, hash } = newToken('sls');
      const now = clock.now();
      const row = { id, user_id: user, secret_hash: hash, created_at: now, expires_at: now + lastsMs };
      return { token: text, statement: insertSession(sql, row, ifHash) };
    },
    async holder(token) {
      const parsed = parseToken('sls', token);
      if (parsed === null) return null;
      const row = await readOne(
        sql,
        people(sql, platforms)
          .innerJoin('sessions as s', 's.user_id', 'u.id')
          .select(['s.secret_hash', 's.expires_at'])
          .where('s.id', '=', parsed.id)
          .limit(1)
          .compile(),
      );
      const now = clock.now();
      if (row === null || !matches(parsed.secret, row.secret_hash) || row.expires_at <= now) return null;
      if (row.expires_at <= now + lastsMs - EXTEND_AFTER_MS && !extending.has(parsed.id)) {
        extending.set(parsed.id, extend(parsed.id)); // nobody waits for it: a busy database must not hold up a sign-in
      }
      return readPerson(row);
    },
    closeOne: (session) => ({ query: sql.build.deleteFrom('sessions').where('id', '=', session).compile() }),
    closeAll: (user) => ({ query: sql.build.deleteFrom('sessions').where('user_id', '=', user).compile() }),
    sweep: () => ({ query: sql.build.deleteFrom('sessions').where('expires_at', '<=', clock.now()).compile() }),
    async settled() {
      await Promise.all(extending.values());
    },
  };
}

function insertSession(sql: Sql, row: SessionsTable, ifHash: string | undefined): Statement {
  const holder = sql.build.selectFrom('users').where('users.id', '=', row.user_id).where('users.is_disabled', '=', 0);
  const entitled =
    ifHash === undefined
      ? holder
      : holder
          .innerJoin('credentials', 'credentials.user_id', 'users.id')
          .where('credentials.password_hash', '=', ifHash);
  return one(
    sql.build
      .insertInto('sessions')
      .columns(['id', 'user_id', 'secret_hash', 'created_at', 'expires_at'])
      .expression(
        entitled.select(({ val }) => [
          val(row.id).as('id'),
          val(row.user_id).as('user_id'),
          val(row.secret_hash).as('secret_hash'),
          val(row.created_at).as('created_at'),
          val(row.expires_at).as('expires_at'),
        ]),
      )
      .compile(),
  );
}
