import type { Do } from '../community/deeds.ts';
import { createInvitationTelling } from '../community/directs/tell.ts';
import { createHeldTelling } from '../community/moderation/tell-held.ts';
import { createFromRooms } from '../community/presence/from-rooms.ts';
import { createPresence, type HubPresence } from '../community/presence/presence.ts';
import { createSeenQuestions } from '../community/presence/questions.ts';
import { createSeenPeople } from '../community/presence/seen.ts';
import { createTypingDesk, type TypingDesk } from '../community/presence/typing.ts';
import { createUnnoticed, type Unnoticed } from '../community/presence/unnoticed.ts';
import type { QuestionDeps } from '../community/questions.ts';
import { createReadMarkers } from '../community/reading/markers.ts';
import { createReading } from '../community/reading/reading.ts';
import { createReadTelling } from '../community/reading/tell-rooms.ts';
import { createUnreadCounter } from '../community/reading/unread.ts';
import { createRelationDeeds, createRelationQuestions } from '../community/relations/deeds.ts';
import { createRelationsDesk, type RelationsDesk } from '../community/relations/relations.ts';
import { createRelationsTelling } from '../community/relations/tell.ts';
import { createSelfDesk, type SelfDesk } from '../community/selves/news.ts';
import { createNotifyLevels } from '../community/selves/notify-levels.ts';
import { createWriting } from '../community/writing.ts';
import { scopeOf } from '../domain/channel.ts';
import type { BridgeId, ChannelId, HubId, MessageId, Seq, UserId } from '../domain/ids.ts';
import type { PeopleInRooms } from '../pipeline/people-in-rooms.ts';
import type { SelfDeeds, SelfQuestions } from '../plugin/asked/self.ts';
import type { Bridge } from '../plugin/bridge.ts';
import type { OpenedSql } from '../store/sql/open.ts';
import type { Directs } from './directs.ts';
import type { Knowledge } from './knowledge.ts';
import type { OpenedLive } from './live-store.ts';
import type { Moderation } from './moderation.ts';
import type { HubOptions } from './options.ts';
import type { LivePortals } from './portals.ts';
import type { Routing } from './routing.ts';

/** What people have to do with one another, who is here, and what each of them has read. */
export interface People {
  readonly selves: SelfDesk;
  readonly relations: RelationsDesk;
  readonly presence: HubPresence;
  readonly unnoticed: Unnoticed;
  readonly typing: TypingDesk;
  readonly fromRooms: PeopleInRooms;
  readonly deeds: Pick<Do, keyof SelfDeeds>;
  readonly questions: QuestionDeps['people'];
  /** @param live the bridge while it runs on this hub */
  start(live: (bridge: BridgeId) => Bridge | null): void;
  stop(): Promise<void>;
}

interface Parts {
  readonly id: HubId;
  readonly sql: OpenedSql;
  readonly live: OpenedLive;
  readonly knowledge: Knowledge;
  readonly routing: Routing;
  readonly moderation: Moderation;
  readonly portals: LivePortals;
  readonly directs: Pick<Directs, 'desk'>;
}

export function openPeople(parts: Parts, { config, clock, log: logger }: HubOptions): People {
  const { id, sql, live, knowledge, routing, moderation, portals } = parts;
  const { directory, facts, tail, views, history, recent, headSeq } = knowledge;
  const { sameAs } = directory;
  const { signals } = live.store;
  let bridge: (id: BridgeId) => Bridge | null = () => null;

  const selves = createSelfDesk({ signals, sameAs });
  const relations = createRelationsDesk({ sql, directory, clock });
  const unnoticed = createUnnoticed({
    hub: id,
    signals,
    facts,
    directory,
    selves,
    append: live.store.log.append,
    authorOf: (message) => recent.head(message)?.author ?? null,
    clock,
  });
  routing.guard(unnoticed.turnedAway);
  const seen = createSeenPeople({ sql, clock, logger });
  const presence = createPresence({ hub: id, store: live.store.presence, seen, clock, logger });
  const typing = createTypingDesk({
    signals,
    portals: portals.list,
    can: (name, room) => bridge(name)?.capabilities(room) ?? null,
    isOptedOut: directory.isOptedOut,
    clock,
    logger,
  });
  const markers = createReadMarkers({ sql, sameAs, selves, clock, logger });
  const unread = createUnreadCounter({ page: views.page, head: history.head, headSeq });
  const telling = createReadTelling({
    signals,
    legs: portals.legs,
    can: (name, room) => bridge(name)?.capabilities(room) ?? null,
    refsOf: async ({ id: leg }, message) => (await live.store.deliveries.fate(leg, message))?.refs ?? [],
    async upTo(channel, seq, limit) {
      const place = directory.channel(channel);
      if (place === null) return [];
      const entries = await history.entries(place, Math.max(0, seq - limit) as Seq, limit);
      const said = entries.filter((one) => one.kind === 'message' && one.seq !== null && one.seq <= seq);
      return said.flatMap(({ message }) => message ?? []).toReversed();
    },
    isOptedOut: directory.isOptedOut,
    clock,
    logger,
  });
  const reading = createReading({
    facts,
    directory,
    markers,
    unread,
    headSeq,
    async newestSeq(channel) {
      const place = directory.channel(channel);
      return place === null ? null : (await live.store.log.bounds(scopeOf(place), channel)).head;
    },
    namesOf: (user) => namesOf(sql, sameAs(user)),
    isUnnoticed: unnoticed.isUnnoticed,
    tellRooms: telling.read,
  });
  const levels = createNotifyLevels({ facts, sql, selves, clock });
  const seqOf = async (channel: ChannelId, message: MessageId) => {
    const place = directory.channel(channel);
    return place === null ? null : ((await history.message(place, message))?.seq ?? null);
  };
  const fromRooms = createFromRooms({
    presence,
    typing,
    markers,
    seqOf,
    isOptedOut: directory.isOptedOut,
    clock,
    logger,
  });

  tail.follow(createRelationsTelling(directory, selves));
  tail.follow(createHeldTelling(selves));
  tail.follow(createInvitationTelling(directory, parts.directs.desk, selves));
  tail.follow(unnoticed.apply);
  tail.follow(unread.apply);
  const stopEpochs = live.store.live.onEpoch(unread.forget);

  const questions: Pick<QuestionDeps['people'], keyof SelfQuestions> = {
    ...createRelationQuestions(relations),
    ...reading.questions,
    ...levels.questions,
    ...createSeenQuestions({ facts, directory, seen, presence }),
    writing: createWriting({
      facts,
      portals,
      can: (name, room) => bridge(name)?.capabilities(room) ?? null,
      platformOf: (name) => config.bridges.find((one) => one.id === name)?.use ?? name,
      clock,
    }),
  };
  return {
    selves,
    relations,
    presence,
    unnoticed,
    typing,
    fromRooms,
    deeds: {
      ...createRelationDeeds({ desk: relations, finder: moderation.desk.finder }),
      ...reading.deeds,
      ...levels.deeds,
      show: (actor, { channel }) => unnoticed.show(actor, channel),
    },
    questions,
    start(liveNow) {
      bridge = liveNow;
      seen.start();
      presence.start((name) => liveNow(name) !== null);
    },
    async stop() {
      stopEpochs();
      unnoticed.stop();
      await typing.stop();
      await telling.stop();
      await fromRooms.stop();
      selves.stop();
      await presence.stop();
      await seen.stop();
      await markers.stop();
    },
  };
}

async function namesOf(sql: OpenedSql, users: readonly UserId[]): Promise<readonly string[]> {
  const query = sql.build.selectFrom('person_links').select('name').where('user_id', 'in', users);
  return (await sql.read(query.compile())).map(({ name }) => name);
}
