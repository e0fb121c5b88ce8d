import type { Clock } from '../../async/clock.ts';
import { hashSecret, newLinkCode } from '../../async/mint.ts';
import type { UserId } from '../../domain/ids.ts';
import type { Actor } from '../../domain/inbound.ts';
import type { Sql, Statement } from '../../store/sql/sql.ts';
import { readCode } from '../portals/codes.ts';

/** A code lasts so long, and so does the question whether it was meant. */
export const REQUEST_MS = 10 * 60_000;

/** Whose code it is. */
export interface LinkRequest {
  readonly hash: string;
  readonly user: UserId;
  readonly userPlatform: string;
  readonly userName: string;
}

/** Codes by which somebody shows that two accounts are theirs: told once, kept hashed, typed once, then confirmed. */
export interface LinkRequests {
  /** One at a time: making another ends the one before. */
  make(by: Actor, platform: string): Promise<string>;
  /** Nobody can type it again, whatever comes of it. Null: it is none, was typed already, or is over, or not for here. */
  take(typed: string, by: Actor): Promise<LinkRequest | null>;
  /** What this very account has typed and not confirmed yet. */
  typedBy(user: UserId): Promise<LinkRequest | null>;
  /** Fails when it was confirmed already. */
  close(hash: string): Statement;
}

export function createLinkRequests(sql: Sql, clock: Pick<Clock, 'now'>): LinkRequests {
  const hashOf = (code: string): string => hashSecret(`person ${code}`);

  function drop(user: UserId): readonly Statement[] {
    const over = sql.build.deleteFrom('link_requests').where('expires_at', '<=', clock.now());
    const own = sql.build.deleteFrom('link_requests').where('user_id', '=', user).where('typed_by', 'is', null);
    return [{ query: over.compile() }, { query: own.compile() }];
  }

  return {
    async make({ user, platform: user_platform, name: user_name }, platform) {
      const code = newLinkCode();
      const now = clock.now();
      const times = { made_at: now, expires_at: now + REQUEST_MS, typed_by: null, void_at: null };
      const row = { hash: hashOf(code), user_id: user, user_platform, user_name, platform, ...times };
      const insert = sql.build.insertInto('link_requests').values(row);
      await sql.write([...drop(user), { query: insert.compile(), expect: 1 }]);
      return code;
    },
    async take(typed, { user, platform }) {
      const code = readCode(typed);
      if (code === null) return null;
      const now = clock.now();
      const hash = hashOf(code);
      const [row] = await sql.read(
        sql.build.selectFrom('link_requests').selectAll().where('hash', '=', hash).compile(),
      );
      if (row === undefined) return null;
      // typed where it does not belong, others have read it
      const isHere = row.platform === platform && row.user_id !== user;
      const others = sql.build.deleteFrom('link_requests').where('typed_by', '=', user).where('hash', '<>', hash);
      const taken = sql.build
        .updateTable('link_requests')
        .set({ typed_by: user, expires_at: now + REQUEST_MS, void_at: isHere ? null : now })
        .where('hash', '=', hash)
        .where('typed_by', 'is', null)
        .where('expires_at', '>', now);
      const written = await sql.write([{ query: taken.compile(), expect: 1 }, { query: others.compile() }]);
      return written.ok && isHere ? requestOf(row) : null;
    },
    async typedBy(user) {
      const open = sql.build.selectFrom('link_requests').selectAll().where('typed_by', '=', user);
      const [row] = await sql.read(open.where('void_at', 'is', null).where('expires_at', '>', clock.now()).compile());
      return row === undefined ? null : requestOf(row);
    },
    close(hash) {
      const now = clock.now();
      const update = sql.build.updateTable('link_requests').set({ void_at: now }).where('hash', '=', hash);
      return { query: update.where('void_at', 'is', null).where('expires_at', '>', now).compile(), expect: 1 };
    },
  };
}

function requestOf(row: {
  readonly hash: string;
  readonly user_id: string;
  readonly user_platform: string;
  readonly user_name: string;
}): LinkRequest {
  const { hash, user_platform, user_name } = row;
  return { hash, user: row.user_id as UserId, userPlatform: user_platform, userName: user_name };
}
