import type { Statement } from '../../store/sql/sql.ts';
import type { AccountsOptions } from './options.ts';
import { one, readOne } from './rows.ts';
import { matches, newToken, parseToken } from './secret-token.ts';

export type InvitePurpose = 'sign-up' | 'first-admin';

/** A link that works once. The secret is told here and never again. */
export interface Invite {
  readonly id: string;
  readonly secret: string;
  readonly expiresAt: number;
}

/** One that was not used yet. */
export interface OpenInvite {
  readonly id: string;
  readonly createdAt: number;
  readonly expiresAt: number;
}

const MOST_LISTED = 100;
const KIND = { 'sign-up': 'inv', 'first-admin': 'adm' } as const;
/** First-admin links last so long, or until the next start. */
export const FIRST_ADMIN_MS = 7 * 86_400_000;

export interface Invites {
  create(purpose: InvitePurpose, lastsMs: number): { readonly invite: Invite; readonly statement: Statement };
  /** The row that this secret opens; null when it is wrong, used or over. Only `use` decides who gets it. */
  find(purpose: InvitePurpose, secret: string): Promise<string | null>;
  /** Those to sign up that were not used yet, newest first. */
  open(): Promise<readonly OpenInvite[]>;
  /** Fails where there is none that is open. */
  end(id: string): Statement;
  /** Fails when somebody else was first. */
  use(id: string): Statement;
  /** As `use`, and fails once there is an admin. */
  useForFirstAdmin(id: string): Statement;
  voidFirstAdmin(): Statement;
  sweep(): Statement;
}

export function createInvites({ sql, clock }: Pick<AccountsOptions, 'sql' | 'clock'>): Invites {
  const using = (id: string) => {
    const now = clock.now();
    return sql.build
      .updateTable('invites')
      .set({ used_at: now })
      .where('id', '=', id)
      .where('used_at', 'is', null)
      .where('expires_at', '>', now);
  };
  return {
    create(purpose, lastsMs) {
      const { id, text, hash } = newToken(KIND[purpose]);
      const now = clock.now();
      const times = { created_at: now, expires_at: now + lastsMs, used_at: null };
      const query = sql.build.insertInto('invites').values({ id, purpose, secret_hash: hash, ...times });
      return { invite: { id, secret: text, expiresAt: times.expires_at }, statement: one(query.compile()) };
    },
    async find(purpose, secret) {
      const parsed = parseToken(KIND[purpose], secret);
      if (parsed === null) return null;
      const row = await readOne(
        sql,
        sql.build
          .selectFrom('invites')
          .select(['secret_hash', 'expires_at', 'used_at'])
          .where('id', '=', parsed.id)
          .where('purpose', '=', purpose)
          .compile(),
      );
      if (row === null || !matches(parsed.secret, row.secret_hash)) return null;
      return row.used_at === null && row.expires_at > clock.now() ? parsed.id : null;
    },
    async open() {
      const query = sql.build
        .selectFrom('invites')
        .select(['id', 'created_at', 'expires_at'])
        .where('purpose', '=', 'sign-up')
        .where('used_at', 'is', null)
        .where('expires_at', '>', clock.now())
        .orderBy('created_at', 'desc')
        .limit(MOST_LISTED);
      const rows = await sql.read(query.compile());
      return rows.map((row) => ({ id: row.id, createdAt: row.created_at, expiresAt: row.expires_at }));
    },
    end: (id) =>
      one(
        sql.build
          .deleteFrom('invites')
          .where('id', '=', id)
          .where('purpose', '=', 'sign-up')
          .where('used_at', 'is', null)
          .compile(),
      ),
    use: (id) => one(using(id).compile()),
    useForFirstAdmin(id) {
      const admins = sql.build.selectFrom('users').select('users.id').where('users.is_admin', '=', 1);
      return one(
        using(id)
          .where(({ not, exists }) => not(exists(admins)))
          .compile(),
      );
    },
    voidFirstAdmin: () => ({
      query: sql.build
        .deleteFrom('invites')
        .where('purpose', '=', 'first-admin')
        .where('used_at', 'is', null)
        .compile(),
    }),
    sweep: () => ({ query: sql.build.deleteFrom('invites').where('expires_at', '<=', clock.now()).compile() }),
  };
}
