import type { Clock } from '../../async/clock.ts';
import { hashSecret, newLinkCode } from '../../async/mint.ts';
import type { BridgeId, ChannelId, EpochMs, UserId } from '../../domain/ids.ts';
import type { Sql, Statement } from '../../store/sql/sql.ts';

/** A code lasts so long. */
export const CODE_MS = 10 * 60_000;
/** Of one maker at a time; making one more ends the oldest. */
const MOST_OPEN = 5;

/** What a code is good for. */
export interface CodeFor {
  readonly channel: ChannelId;
  /** Null: a room of any bridge. */
  readonly bridge: BridgeId | null;
  /** Null: the operator. */
  readonly madeBy: UserId | null;
}

export interface FoundCode extends CodeFor {
  readonly hash: string;
}

/** Codes that link a room: told once, kept hashed, used once. */
export interface Codes {
  make(what: CodeFor): Promise<{ readonly code: string; readonly expiresAt: EpochMs }>;
  /** Null: wrong, used or over. Only `use` decides who gets it. */
  find(typed: string): Promise<FoundCode | null>;
  /** Fails when somebody else was first. */
  use(hash: string): Statement;
  /** Keeps others off while it is looked at who wrote it: they can read it too. Null: somebody else was first. */
  claim(hash: string): (() => void) | null;
}

/** What people type, without case and with the letters that are taken for digits put right. Null: it is no code. */
export function readCode(typed: string): string | null {
  const text = typed.toUpperCase().replaceAll('O', '0').replace(/[IL]/g, '1').replace(/-/g, '');
  return /^[0-9A-HJKMNP-TV-Z]{10}$/.test(text) ? `${text.slice(0, 5)}-${text.slice(5)}` : null;
}

export function createCodes(sql: Sql, clock: Pick<Clock, 'now'>): Codes {
  const claimed = new Set<string>();
  const hashOf = (code: string): string => hashSecret(`link ${code}`);

  function sweep(madeBy: UserId | null): readonly Statement[] {
    const over = sql.build.deleteFrom('link_codes').where('expires_at', '<=', clock.now());
    const newest = sql.build
      .selectFrom('link_codes as c')
      .select('c.hash')
      .where('c.made_by', 'is not distinct from', madeBy)
      .orderBy('c.made_at', 'desc')
      .limit(MOST_OPEN - 1);
    const surplus = sql.build
      .deleteFrom('link_codes')
      .where('made_by', 'is not distinct from', madeBy)
      .where('hash', 'not in', newest);
    return [{ query: over.compile() }, { query: surplus.compile() }];
  }

  return {
    async make({ channel, bridge, madeBy }) {
      const code = newLinkCode();
      const now = clock.now();
      const expiresAt = (now + CODE_MS) as EpochMs;
      const row = { channel_id: channel, bridge, made_by: madeBy, made_at: now, expires_at: expiresAt, used_at: null };
      const insert = sql.build.insertInto('link_codes').values({ hash: hashOf(code), ...row });
      await sql.write([...sweep(madeBy), { query: insert.compile(), expect: 1 }]);
      return { code, expiresAt };
    },
    async find(typed) {
      const code = readCode(typed);
      if (code === null) return null;
      const hash = hashOf(code);
      const [row] = await sql.read(sql.build.selectFrom('link_codes').selectAll().where('hash', '=', hash).compile());
      if (row === undefined || row.used_at !== null || row.expires_at <= clock.now()) return null;
      const bridge = row.bridge as BridgeId | null;
      return { hash, channel: row.channel_id as ChannelId, bridge, madeBy: row.made_by as UserId | null };
    },
    use(hash) {
      const now = clock.now();
      const update = sql.build
        .updateTable('link_codes')
        .set({ used_at: now })
        .where('hash', '=', hash)
        .where('used_at', 'is', null)
        .where('expires_at', '>', now);
      return { query: update.compile(), expect: 1 };
    },
    claim(hash) {
      if (claimed.has(hash)) return null;
      claimed.add(hash);
      return () => void claimed.delete(hash);
    },
  };
}
