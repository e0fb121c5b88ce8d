import type { UserId } from '../../domain/ids.ts';
import type { Relation, RelationKind } from '../../domain/relation.ts';
import type { RelationsTable } from '../sql/relation-tables.ts';
import type { Sql } from '../sql/sql.ts';

/** Whom people have muted and blocked, as this hub knows it. Of linked accounts what one has done holds for all. */
export interface RelationBook {
  isMuted(by: UserId, whom: UserId): boolean;
  isBlocked(by: UserId, whom: UserId): boolean;
  /** What the person has done, by whichever account, oldest first. */
  of(by: UserId): readonly Relation[];
  /** Every user whose public messages the person does not want to read, with all accounts of each. */
  mutedBy(by: UserId): ReadonlySet<UserId>;
  /** Puts these in the place of all that was known of this very account. */
  set(by: UserId, relations: readonly Relation[]): void;
}

const NOBODY: ReadonlySet<UserId> = new Set();

export function createRelationBook(sameAs: (user: UserId) => readonly UserId[]): RelationBook {
  const known = new Map<UserId, readonly Relation[]>();

  function has(kind: RelationKind, by: UserId, whom: UserId): boolean {
    if (known.size === 0) return false;
    let persons: readonly UserId[] | null = null;
    for (const user of sameAs(by)) {
      const theirs = known.get(user);
      if (theirs === undefined) continue;
      persons ??= sameAs(whom);
      for (const one of theirs) if (one.kind === kind && persons.includes(one.whom)) return true;
    }
    return false;
  }

  const of = (by: UserId): readonly Relation[] =>
    known.size === 0 ? [] : sameAs(by).flatMap((user) => known.get(user) ?? []);

  return {
    isMuted: (by, whom) => has('mute', by, whom),
    isBlocked: (by, whom) => has('block', by, whom),
    of: (by) => of(by).toSorted((a, b) => a.at - b.at),
    mutedBy(by) {
      const muted = of(by).filter(({ kind }) => kind === 'mute');
      return muted.length === 0 ? NOBODY : new Set(muted.flatMap(({ whom }) => sameAs(whom)));
    },
    set(by, relations) {
      if (relations.length === 0) known.delete(by);
      else known.set(by, relations);
    },
  };
}

/** By the account that has done it; null: of everybody. */
export async function readRelations(sql: Sql, by: UserId | null): Promise<ReadonlyMap<UserId, readonly Relation[]>> {
  const all = sql.build.selectFrom('relations').selectAll();
  const rows = await sql.read((by === null ? all : all.where('by_id', '=', by)).compile());
  const grouped = Map.groupBy(rows, (row) => row.by_id as UserId);
  return new Map([...grouped].map(([user, own]) => [user, own.map(relationOf)]));
}

function relationOf(row: RelationsTable): Relation {
  const { kind, whom_name: name, whom_platform: platform } = row;
  return { kind, whom: row.whom_id as UserId, name, platform, at: row.at as Relation['at'] };
}
