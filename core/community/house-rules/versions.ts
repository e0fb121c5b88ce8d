import type { ChannelId, EpochMs, UserId } from '../../domain/ids.ts';
import type { Actor } from '../../domain/inbound.ts';
import type { HeldFacts } from '../../pipeline/held-facts.ts';
import type { LiveFacts } from '../../pipeline/live-facts.ts';
import type { HouseRulesQuestions } from '../../plugin/asked/house-rules.ts';
import type { Answer } from '../../plugin/surface.ts';
import type { HouseRulesBook } from '../../store/directory/house-rules-book.ts';
import type { Sql } from '../../store/sql/sql.ts';
import type { PeopleFinder } from '../moderation/find-people.ts';
import { moderatedPlace } from '../moderation/moderated-place.ts';

type Versions = HouseRulesQuestions['house-rules-versions'];

export interface VersionsDeps {
  readonly facts: LiveFacts;
  readonly book: Pick<HouseRulesBook, 'of'>;
  readonly held: Pick<HeldFacts, 'forRules'>;
  readonly finder: Pick<PeopleFinder, 'names'>;
  readonly sql: Pick<Sql, 'build' | 'read'>;
}

const MOST_VERSIONS = 30;

/** How the rules of a channel came to be what they are, and how far people have come with them. */
export function createRulesVersions({ facts, book, held, finder, sql }: VersionsDeps) {
  return async (actor: Actor, { channel: id }: Versions[0]): Promise<Answer<Versions[1]>> => {
    const here = moderatedPlace(facts, actor, id);
    if ('ok' in here) return here;
    const of: ChannelId | null = book.of(here.channel)?.channel ?? null;
    const rows = await sql.read(
      sql.build
        .selectFrom('house_rules')
        .selectAll()
        .where('channel_id', '=', of ?? id)
        .orderBy('version', 'desc')
        .limit(MOST_VERSIONS)
        .compile(),
    );
    const counted = await sql.read(
      sql.build
        .selectFrom('house_rule_people')
        .select((row) => ['accepted_version', row.fn.countAll<number>().as('people')])
        .where('channel_id', '=', of ?? id)
        .groupBy('accepted_version')
        .compile(),
    );
    const accepted = new Map(counted.map((row) => [row.accepted_version, Number(row.people)]));
    const setters = rows.flatMap(({ set_by }) => (set_by === null ? [] : [set_by as UserId]));
    const names = await finder.names(setters, id);
    const versions = rows.map(({ version, text, set_by, set_at }) => {
      const user = set_by as UserId | null;
      const by = user === null ? null : (names.get(user) ?? { user, name: null, platform: null });
      return { version, text, setAt: set_at as EpochMs, by, accepted: accepted.get(version) ?? 0 };
    });
    return { ok: true, value: { of, versions, waiting: held.forRules(id).length } };
  };
}
