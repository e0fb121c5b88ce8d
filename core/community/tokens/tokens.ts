import type { Clock } from '../../async/clock.ts';
import { stepKey } from '../../async/mint.ts';
import { scopeOf } from '../../domain/channel.ts';
import type { ChannelId, EpochMs, TokenId, UserId } from '../../domain/ids.ts';
import { OVERLAY_SCOPE, type Scope } from '../../domain/scopes.ts';
import { actStep } from '../../pipeline/steps.ts';
import type { Directory } from '../../store/directory/directory.ts';
import { type ApiToken, tokenOf } from '../../store/directory/token-book.ts';
import type { Step } from '../../store/ports.ts';
import type { Sql } from '../../store/sql/sql.ts';
import type { ApiTokensTable } from '../../store/sql/token-tables.ts';
import { done, type Outcome, problem } from '../accounts/outcome.ts';
import { one, people, readOne, userScope } from '../accounts/rows.ts';
import { newToken } from '../accounts/secret-token.ts';

/** What somebody wants of a token. */
export interface TokenWish {
  readonly user: UserId;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly channel: ChannelId | null;
  readonly expiresAt: EpochMs | null;
  /** Null: the operator. */
  readonly by: UserId | null;
}

export interface ListedToken extends ApiToken {
  readonly lastUsedAt: EpochMs | null;
}

/** Tokens for programs. Whoever calls this has asked before whether it may be. */
export interface Tokens {
  /** The text is told here once and never again. */
  make(wish: TokenWish): Promise<Outcome<{ readonly text: string; readonly token: ApiToken }>>;
  /** `by`: null for the operator. Once it resolves, no hub stores anything that came by this token. @returns whether there was one */
  revoke(id: TokenId, by: UserId | null): Promise<boolean>;
  /** Newest first, at most `MOST_TOKENS` of one person; null: of everybody, at most 500. */
  list(user: UserId | null): Promise<readonly ListedToken[]>;
  /** Of overlays of this channel, newest first; null: whoever made them. */
  listOverlays(channel: ChannelId, user: UserId | null): Promise<readonly ListedToken[]>;
}

export interface TokensDeps {
  readonly sql: Pick<Sql, 'build' | 'read' | 'write'>;
  readonly directory: Pick<Directory, 'change' | 'channel'>;
  readonly append: (step: Step) => Promise<void>;
  readonly clock: Pick<Clock, 'now'>;
  readonly platforms: { readonly native: string; readonly site: string };
}

/** Whether a token of one channel would never be let through with it. */
export function isBeyondChannels(scope: Scope): boolean {
  return scope === 'account' || scope === 'hub:manage';
}

export function sayBeyond(scope: Scope): string {
  return `${scope} reaches beyond one channel; leave it or the channel out.`;
}

/** Of one person. */
export const MOST_TOKENS = 50;
const MOST_LISTED = 500;

export function createTokens({ sql, directory, append, clock, platforms }: TokensDeps): Tokens {
  function insert(id: TokenId, secretHash: string, wish: TokenWish) {
    const { user, name, scopes, channel, expiresAt, by } = wish;
    const held = sql.build.selectFrom('api_tokens').where('user_id', '=', user);
    const count = held.select(({ fn }) => fn.countAll<number>().as('count'));
    const row = {
      id,
      user_id: user,
      name,
      secret_hash: secretHash,
      scopes: JSON.stringify(scopes),
      channel_id: channel,
      created_at: clock.now(),
      created_by: by,
      expires_at: expiresAt,
    };
    const columns = Object.keys(row) as (keyof typeof row)[];
    return one(
      sql.build
        .insertInto('api_tokens')
        .columns(columns)
        .expression(
          sql.build
            .selectFrom('users')
            .where('users.id', '=', user)
            .where('users.is_disabled', '=', 0)
            .where(count, '<', MOST_TOKENS)
            .select(({ val }) => columns.map((column) => val(row[column]).as(column))),
        )
        .compile(),
    );
  }

  /** Who gave whom what is written down. */
  function noted(act: 'token' | 'token-revoke', token: ApiToken, by: UserId | null): Promise<void> {
    const reason = `${token.name}: ${token.scopes.join(', ')}`.slice(0, MAX_REASON);
    const audit = { act, by, target: token.user, message: null, channel: token.channel, until: token.expiresAt };
    const step = actStep(userScope(token.user), stepKey(act, token.id), clock.now(), { audit: { ...audit, reason } });
    return append(step);
  }

  return {
    async make(wish) {
      const holder = people(sql, platforms).where('u.id', '=', wish.user).limit(1);
      if ((await readOne(sql, holder.compile())) === null) return problem('not-found', 'Nobody here has this account.');
      const { id, text, hash } = newToken('slip');
      const written = await directory.change({
        statements: [insert(id as TokenId, hash, wish)],
        scopes: [userScope(wish.user)],
        what: [{ kind: 'token', token: id as TokenId }],
      });
      if (!written.ok) return TOO_MANY;
      const [row] = await sql.read(sql.build.selectFrom('api_tokens').selectAll().where('id', '=', id).compile());
      if (row === undefined) return TOO_MANY;
      const token = tokenOf(row);
      if (wish.by !== wish.user) await noted('token', token, wish.by);
      return done({ text, token });
    },
    async revoke(id, by) {
      const [row] = await sql.read(sql.build.selectFrom('api_tokens').selectAll().where('id', '=', id).compile());
      if (row === undefined) return false;
      const token = tokenOf(row);
      const { channel: only } = token;
      const channel = only === null ? null : directory.channel(only);
      await directory.change({
        statements: [{ query: sql.build.deleteFrom('api_tokens').where('id', '=', id).compile() }],
        scopes: channel === null ? null : [scopeOf(channel)],
        what: [
          { kind: 'token', token: id },
          { kind: 'user', user: token.user },
        ],
      });
      if (by !== token.user) await noted('token-revoke', token, by);
      return true;
    },
    async list(user) {
      const all = sql.build.selectFrom('api_tokens').selectAll().orderBy('created_at', 'desc').orderBy('id', 'desc');
      const wanted = user === null ? all.limit(MOST_LISTED) : all.where('user_id', '=', user).limit(MOST_TOKENS);
      return (await sql.read(wanted.compile())).map(listed);
    },
    async listOverlays(channel, user) {
      const all = sql.build
        .selectFrom('api_tokens')
        .selectAll()
        .where('channel_id', '=', channel)
        .where('scopes', '=', JSON.stringify([OVERLAY_SCOPE]))
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .limit(MOST_LISTED);
      return (await sql.read((user === null ? all : all.where('user_id', '=', user)).compile())).map(listed);
    },
  };
}

function listed(row: ApiTokensTable): ListedToken {
  return { ...tokenOf(row), lastUsedAt: row.last_used_at as EpochMs | null };
}

const MAX_REASON = 300;
const TOO_MANY = problem('bad-request', `Nobody has more than ${MOST_TOKENS} tokens: revoke one first.`);
