import { sql as raw } from 'kysely';
import type { EpochMs, UserId } from '../../domain/ids.ts';
import type { LiveFacts } from '../../pipeline/live-facts.ts';
import type { AdminQuestions, ShownAccount } from '../../plugin/asked/admin.ts';
import type { Directory } from '../../store/directory/directory.ts';
import type { Sql } from '../../store/sql/sql.ts';
import { skeletonOf } from '../accounts/names.ts';
import { type PersonRow, people, readOne, readPerson } from '../accounts/rows.ts';

/** People with an account here, as admins see them. */
export interface AdminAccounts {
  list(query: AdminQuestions['accounts'][0]): Promise<AdminQuestions['accounts'][1]>;
  /** Null: nobody here has this account. */
  find(user: UserId): Promise<ShownAccount | null>;
}

export interface AdminAccountsDeps {
  readonly sql: Sql;
  readonly directory: Pick<Directory, 'channels'>;
  readonly facts: Pick<LiveFacts, 'channel'>;
  readonly platforms: { readonly native: string; readonly site: string };
}

interface Row extends PersonRow {
  readonly skeleton: string | null;
  readonly created_at: number;
  readonly is_dj: number;
}

export function createAdminAccounts({ sql, directory, facts, platforms }: AdminAccountsDeps): AdminAccounts {
  function rows() {
    return people(sql, platforms)
      .select(['u.skeleton as skeleton', 'u.created_at as created_at'])
      .select(
        raw<number>`exists (select 1 from role_grants as g where g.user_id = u.id and g.role = 'dj')`.as('is_dj'),
      );
  }

  function shown(row: Row): ShownAccount {
    const person = readPerson(row);
    return {
      user: person.user,
      name: person.name,
      platform: person.platform,
      isAdmin: person.isAdmin,
      isDj: row.is_dj === 1,
      isDisabled: person.isDisabled,
      madeAt: row.created_at as EpochMs,
      channels: directory
        .channels()
        .filter(({ owner, kind }) => owner === person.user && (kind === 'dj' || kind === 'event'))
        .map(({ id, kind, name, state }) => ({ id, kind, name, state: facts.channel(id)?.state ?? state })),
    };
  }

  return {
    async list({ which, named, after, limit }) {
      let query = rows().where('u.skeleton', 'is not', null).orderBy('u.skeleton').limit(limit);
      if (after !== null) query = query.where('u.skeleton', '>', after);
      if (named !== null) query = query.where(raw<boolean>`instr(u.skeleton, ${skeletonOf(named)}) > 0`);
      if (which === 'admins') query = query.where('u.is_admin', '=', 1);
      if (which === 'disabled') query = query.where('u.is_disabled', '=', 1);
      if (which === 'djs') {
        query = query.where(
          raw<boolean>`exists (select 1 from role_grants as g where g.user_id = u.id and g.role = 'dj')`,
        );
      }
      const found = await sql.read(query.compile());
      return { accounts: found.map(shown), next: found.length < limit ? null : (found.at(-1)?.skeleton ?? null) };
    },
    async find(user) {
      const row = await readOne(sql, rows().where('u.id', '=', user).limit(1).compile());
      return row === null ? null : shown(row);
    },
  };
}
