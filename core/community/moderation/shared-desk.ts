import { sql as raw } from 'kysely';
import type { Clock } from '../../async/clock.ts';
import { newRowId, stepKey } from '../../async/mint.ts';
import type { Channel } from '../../domain/channel.ts';
import type { ChannelId, EpochMs, MessageId, ScopeId } from '../../domain/ids.ts';
import type { Actor } from '../../domain/inbound.ts';
import type { HistoryMessage } from '../../domain/wire.ts';
import type { Claims } from '../../pipeline/claims.ts';
import { type HeldFacts, TAKEN_MS } from '../../pipeline/held-facts.ts';
import { takenStep } from '../../pipeline/held-steps.ts';
import type { LiveFacts } from '../../pipeline/live-facts.ts';
import type { Recent } from '../../pipeline/recent.ts';
import type { DeskDeeds, DeskQuestions, UnmarkedImage } from '../../plugin/asked/desk.ts';
import type { Answer } from '../../plugin/surface.ts';
import type { Step } from '../../store/ports.ts';
import type { Sql } from '../../store/sql/sql.ts';
import type { PeopleFinder } from './find-people.ts';
import { moderatedPlace } from './moderated-place.ts';

export interface SharedDesk {
  readonly questions: {
    readonly [K in 'claims' | 'unmarked-images']: (
      actor: Actor,
      of: DeskQuestions[K][0],
    ) => Promise<Answer<DeskQuestions[K][1]>>;
  };
  readonly deeds: { claim(actor: Actor, of: DeskDeeds['claim'][0]): Promise<Answer<DeskDeeds['claim'][1]>> };
}

export interface SharedDeskDeps {
  readonly facts: LiveFacts;
  readonly claims: Claims;
  readonly held: Pick<HeldFacts, 'get' | 'decision'>;
  readonly history: { message(channel: Channel, id: MessageId): Promise<HistoryMessage | null> };
  readonly recent: Pick<Recent, 'since' | 'message'>;
  readonly finder: Pick<PeopleFinder, 'names'>;
  /** This hub knows of it once it resolves. */
  readonly append: (step: Step) => Promise<void>;
  readonly sql: Pick<Sql, 'build' | 'read'>;
  readonly clock: Pick<Clock, 'now'>;
}

/** Uses of pictures that are looked through, the newest first. */
const MOST_LOOKED_AT = 2_000;
/** What was said so lately may not be archived yet. */
const HOT_MS = 60_000;
const MOST_HOT = 200;

/** What several moderators work off at once: who looks at what, and pictures of which nothing is said yet. */
export function createSharedDesk(deps: SharedDeskDeps): SharedDesk {
  const { facts, claims, clock } = deps;

  function newest(channel: ChannelId): readonly MessageId[] {
    const near = deps.recent.since(channel, (clock.now() - HOT_MS) as EpochMs, MOST_HOT);
    const hasPicture = (id: MessageId): boolean =>
      deps.recent.message(id)?.content.attachments.some(({ picture }) => picture !== undefined) === true;
    return near.map(({ id }) => id).filter(hasPicture);
  }

  /** As far as the picture is shown and nothing is said of it. */
  function unmarkedOf(found: HistoryMessage | null, scope: ScopeId): readonly UnmarkedImage[] {
    if (found === null || found.message.redaction !== null) return [];
    const pictures = found.message.content.attachments.flatMap(({ picture }) => picture ?? []);
    const unmarked = pictures.filter((picture) => facts.markOf(scope, picture) === null);
    return unmarked.map((picture) => ({ message: found.message, picture }));
  }

  return {
    questions: {
      async claims(actor, { channel }) {
        const here = moderatedPlace(facts, actor, channel);
        if ('ok' in here) return here;
        const now = claims.list(channel, clock.now());
        const names = await deps.finder.names(
          now.map(({ by }) => by),
          channel,
        );
        const shown = now.map(({ id, by, until }) => {
          return { message: id, by: names.get(by) ?? { user: by, name: null, platform: null }, until };
        });
        return { ok: true, value: { claims: shown } };
      },
      async 'unmarked-images'(actor, { channel: id, limit }) {
        const here = moderatedPlace(facts, actor, id);
        if ('ok' in here) return here;
        const ids = new Set([...newest(id), ...(await archived(deps.sql, id, here.scope, limit))]);
        const messages = await Promise.all(
          [...ids].slice(0, limit + MOST_HOT).map((one) => deps.history.message(here.channel, one)),
        );
        const images = new Map<string, UnmarkedImage>();
        for (const one of messages.flatMap((found) => unmarkedOf(found, here.scope))) {
          if (!images.has(one.picture)) images.set(one.picture, one);
        }
        const sorted = [...images.values()].toSorted((a, b) => (a.message.id < b.message.id ? 1 : -1));
        return { ok: true, value: { images: sorted.slice(0, limit) } };
      },
    },
    deeds: {
      async claim(by, { channel: id, message, isOn }) {
        const here = moderatedPlace(facts, by, id);
        if ('ok' in here) return here;
        const now = clock.now();
        const known = deps.held.get(message, now)?.channel ?? (await deps.history.message(here.channel, message));
        if (known === null) return deps.held.decision(message) === null ? NO_MESSAGE : DECIDED;
        if (typeof known === 'string' && known !== id) return NO_MESSAGE;
        const own = facts.sameAs(by.user);
        const before = claims.of(message, now);
        if (before !== null && !own.includes(before.by)) return TAKEN;
        if (!isOn && before === null) return { ok: true, value: { until: null } };
        const body = { id: message, by: before?.by ?? by.user, until: (now + (isOn ? TAKEN_MS : 0)) as EpochMs };
        await deps.append(takenStep(here.channel, body, stepKey('taken', newRowId()), now));
        if (!isOn) return { ok: true, value: { until: null } };
        // another hub may have been faster by a moment: the log says who was first
        const after = claims.of(message, now);
        return after !== null && own.includes(after.by) ? { ok: true, value: { until: after.until } } : TAKEN;
      },
    },
  };
}

/** Messages with the newest use of each picture of which nothing is said. */
async function archived(
  sql: SharedDeskDeps['sql'],
  channel: ChannelId,
  scope: ScopeId,
  limit: number,
): Promise<readonly MessageId[]> {
  const newest = sql.build
    .selectFrom('media_uses')
    .select(['message_id', 'hash'])
    .where('channel_id', '=', channel)
    .orderBy('message_id', 'desc')
    .limit(MOST_LOOKED_AT);
  const query = sql.build
    .selectFrom(newest.as('u'))
    .innerJoin('media as m', 'm.hash', 'u.hash')
    .select(raw<string>`max(u.message_id)`.as('id'))
    .where('m.type', 'like', 'image/%')
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('picture_marks as p')
            .select('p.picture')
            .whereRef('p.picture', '=', 'u.hash')
            .where('p.scope', 'in', ['', scope]),
        ),
      ),
    )
    .groupBy('u.hash')
    .orderBy('id', 'desc')
    .limit(limit);
  return (await sql.read(query.compile())).map(({ id }) => id as MessageId);
}

const NO_MESSAGE = { ok: false, code: 'not-found', say: 'There is no such message.' } as const;
const DECIDED = { ok: false, code: 'decided', say: 'Somebody else has decided that already.' } as const;
const TAKEN = { ok: false, code: 'decided', say: 'Somebody else is looking at it; take another one.' } as const;
