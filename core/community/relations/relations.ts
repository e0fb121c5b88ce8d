import type { Clock } from '../../async/clock.ts';
import type { ScopeId, UserId } from '../../domain/ids.ts';
import type { Actor } from '../../domain/inbound.ts';
import { type Receipt, refused } from '../../domain/receipt.ts';
import type { Relation, RelationKind } from '../../domain/relation.ts';
import type { Directory } from '../../store/directory/directory.ts';
import type { Sql, Statement } from '../../store/sql/sql.ts';

/** Mutes and blocks. What is answered holds on every hub, and for all accounts of both. */
export interface RelationsDesk {
  /** @param whom as they are called now, for one's own list */
  set(by: Actor, kind: RelationKind, whom: Whom): Promise<Receipt>;
  end(by: Actor, kind: RelationKind, whom: UserId): Promise<Receipt>;
  of(by: UserId): readonly Relation[];
  mutedBy(by: UserId): ReadonlySet<UserId>;
}
export interface Whom {
  readonly user: UserId;
  readonly name: string | null;
  readonly platform: string | null;
}

export interface RelationsDeps {
  readonly sql: Pick<Sql, 'build'>;
  readonly directory: Pick<Directory, 'change' | 'relations' | 'sameAs'>;
  readonly clock: Pick<Clock, 'now'>;
}

/** Mutes and blocks of one person. */
export const MOST_RELATIONS = 1_000;

export function createRelationsDesk({ sql, directory, clock }: RelationsDeps): RelationsDesk {
  const { relations, sameAs } = directory;

  function has(by: UserId, kind: RelationKind, whom: UserId): boolean {
    return kind === 'mute' ? relations.isMuted(by, whom) : relations.isBlocked(by, whom);
  }

  async function change(by: UserId, kind: RelationKind, statement: Statement): Promise<Receipt> {
    await directory.change({
      statements: [statement],
      // a mute changes nobody's rights: it is enough that every hub hears of it; blocks are judged in every conversation
      scopes: kind === 'mute' ? [`user:${by}` as ScopeId] : null,
      what: sameAs(by).map((user) => ({ kind: 'relations', user }) as const),
    });
    return DONE;
  }

  return {
    async set(by, kind, whom) {
      const wrong = mayNot(by);
      if (wrong !== null) return wrong;
      if (sameAs(by.user).includes(whom.user)) return YOURSELF;
      if (has(by.user, kind, whom.user)) return UNCHANGED;
      if (relations.of(by.user).length >= MOST_RELATIONS) return TOO_MANY;
      const row = {
        by_id: by.user,
        kind,
        whom_id: whom.user,
        whom_name: whom.name,
        whom_platform: whom.platform,
        at: clock.now(),
      };
      const insert = sql.build.insertInto('relations').values(row);
      return change(by.user, kind, { query: insert.onConflict((conflict) => conflict.doNothing()).compile() });
    },
    async end(by, kind, whom) {
      const wrong = mayNot(by);
      if (wrong !== null) return wrong;
      if (!has(by.user, kind, whom)) return UNCHANGED;
      const gone = sql.build
        .deleteFrom('relations')
        .where('by_id', 'in', sameAs(by.user))
        .where('kind', '=', kind)
        .where('whom_id', 'in', sameAs(whom));
      return change(by.user, kind, { query: gone.compile() });
    },
    of: relations.of,
    mutedBy: relations.mutedBy,
  };
}

/** Guests are nobody the next day; what the platform does not vouch for may be somebody else tomorrow. */
function mayNot({ isGuest, isBot, isProved }: Actor): Receipt | null {
  return isGuest || isBot || isProved === false ? SIGN_IN : null;
}

const DONE: Receipt = { kind: 'accepted', id: null, seq: null };
const UNCHANGED: Receipt = { kind: 'unchanged', id: null, seq: null };
const SIGN_IN = refused('sign-in', 'Sign in to mute or block somebody.');
const YOURSELF = refused('bad-request', 'That is you.');
const TOO_MANY = refused('forbidden', `One person mutes and blocks at most ${MOST_RELATIONS} others.`);
