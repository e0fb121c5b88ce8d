import type { Channel } from '../../domain/channel.ts';
import type { ChannelId, UserId } from '../../domain/ids.ts';
import type { Actor } from '../../domain/inbound.ts';
import { isOver, type LiveEvent, type LiveEventId } from '../../domain/live-event.ts';
import { may } from '../../domain/permission.ts';
import { isReceipt, place } from '../../pipeline/address.ts';
import type { LiveFacts } from '../../pipeline/live-facts.ts';
import type { Answer, Deeds, ListedEvent, Questions } from '../../plugin/surface.ts';
import type { Directory } from '../../store/directory/directory.ts';
import type { Sql } from '../../store/sql/sql.ts';
import type { Outcome } from '../accounts/outcome.ts';
import type { Roles } from '../crew/roles.ts';
import type { PeopleFinder } from '../moderation/find-people.ts';
import type { By, LiveEvents } from './live-events.ts';
import { pastEvents } from './rows.ts';

export interface EventDeedDeps {
  readonly liveEvents: LiveEvents;
  readonly roles: Roles;
  readonly directory: Pick<Directory, 'isAdmin' | 'events' | 'channel'>;
  readonly facts: LiveFacts;
  readonly finder: Pick<PeopleFinder, 'byId' | 'names'>;
  readonly sql: Pick<Sql, 'build' | 'read'>;
  /** A cause of its own for each act: nothing tells it twice. */
  readonly newCause: () => string;
}

type EventDeed = 'plan-event' | 'change-event' | 'turn-event' | 'appoint' | 'dismiss';
export type EventDeeds = {
  readonly [K in EventDeed]: (actor: Actor, deed: Deeds[K][0]) => Promise<Answer<Deeds[K][1]>>;
};
type EventQuestion = 'events' | 'past-events' | 'moderators';
export type EventQuestions = {
  readonly [K in EventQuestion]: (actor: Actor, question: Questions[K][0]) => Promise<Answer<Questions[K][1]>>;
};

/** What DJs do by a form; who may is decided where it is written. */
export function createEventDeeds({ liveEvents, roles, directory, facts, finder, newCause }: EventDeedDeps): EventDeeds {
  const byOf = ({ user }: Actor): By => ({ user, isAdmin: directory.isAdmin(user) });

  function current(id: LiveEventId): LiveEvent | null {
    return directory.events.current().find((one) => one.id === id) ?? null;
  }

  async function onEvent(
    id: LiveEventId,
    act: (event: LiveEvent) => Promise<Outcome<LiveEvent>>,
  ): Promise<Answer<{ readonly event: ListedEvent }>> {
    const event = current(id);
    return event === null ? NO_EVENT : listedOf(await act(event));
  }

  async function giveRole(actor: Actor, act: 'appoint' | 'dismiss', asked: Deeds['appoint'][0]) {
    const here = place(facts, actor, asked.channel, 'read');
    if (isReceipt(here)) return NO_CHANNEL;
    const found = await finder.byId(asked.target, here.channel);
    const name = found.name ?? asked.target;
    const { target, isForEvent } = asked;
    const wish = { by: actor.user, at: here.channel, target, name, isForEvent, cause: newCause() };
    const outcome = await roles[act](wish);
    return outcome.ok ? ({ ok: true, value: { say: outcome.value } } as const) : refusalOf(outcome);
  }

  return {
    async 'plan-event'(actor, { channel, title, startsAt }) {
      const here = place(facts, actor, channel, 'read');
      const dj = isReceipt(here) ? null : djOf(here.channel);
      if (dj === null) return NO_CHANNEL;
      return listedOf(await liveEvents.plan(dj, { title: title.trim(), startsAt }, byOf(actor)));
    },
    'change-event': (actor, { event, title, startsAt }) =>
      onEvent(event, (known) => {
        const change = { ...(title !== null && { title: title.trim() }), ...(startsAt !== null && { startsAt }) };
        return liveEvents.edit(known, change, byOf(actor));
      }),
    'turn-event': (actor, { event, turn }) => onEvent(event, (known) => liveEvents.turn(known, turn, byOf(actor))),
    appoint: (actor, asked) => giveRole(actor, 'appoint', asked),
    dismiss: (actor, asked) => giveRole(actor, 'dismiss', asked),
  };
}

export function createEventQuestions({ directory, facts, finder, sql }: EventDeedDeps): EventQuestions {
  return {
    async events(actor, { channel }) {
      const here = channel === null ? null : place(facts, actor, channel, 'read');
      if (here !== null && isReceipt(here)) return NO_CHANNEL;
      const owner = here === null ? null : here.channel.owner;
      const own = here === null ? null : directory.events.ownerOf(here.channel.id);
      const all = owner === null && here === null ? directory.events.current() : eventsOf(owner, own);
      return { ok: true, value: { events: all.toSorted((a, b) => a.startsAt - b.startsAt).map(listed) } };
    },
    async 'past-events'(actor, { channel, before, limit }) {
      const here = place(facts, actor, channel, 'read');
      if (isReceipt(here)) return NO_CHANNEL;
      const dj = here.channel.owner;
      const events = dj === null ? [] : await pastEvents(sql, dj, before, limit);
      return { ok: true, value: { events: events.map(listed) } };
    },
    async moderators(actor, { channel }) {
      const here = place(facts, actor, channel, 'read');
      if (isReceipt(here)) return NO_CHANNEL;
      if (!may('redact-others', here.standing).ok && here.channel.kind !== 'crew') return NOT_FOR_ALL;
      const rows = await sql.read(
        sql.build
          .selectFrom('role_grants')
          .select(['user_id', 'channel_id'])
          .where('scope', '=', here.scope)
          .where('role', '=', 'moderator')
          .compile(),
      );
      const names = await finder.names(
        rows.map(({ user_id }) => user_id as UserId),
        channel,
      );
      const moderators = rows.flatMap(({ user_id, channel_id }) => {
        const event = channel_id === '' ? null : eventAt(channel_id as ChannelId);
        if (channel_id !== '' && event === null) return [];
        const user = user_id as UserId;
        const { name = null, platform = null } = names.get(user) ?? {};
        return [{ user, name, platform, event: event?.id ?? null }];
      });
      return { ok: true, value: { moderators } };
    },
  };

  /** The event of a channel that is not over: its own, or an ad hoc one there. */
  function eventAt(channel: ChannelId): LiveEvent | null {
    return directory.events.current().find((one) => one.channel === channel) ?? null;
  }

  function eventsOf(owner: UserId | null, own: LiveEvent | null): readonly LiveEvent[] {
    const current = owner === null ? [] : directory.events.ofDj(owner);
    return own !== null && isOver(own.state) ? [...current, own] : current;
  }
}

function djOf({ kind, owner }: Channel): UserId | null {
  return kind === 'dj' || kind === 'event' || kind === 'crew' ? owner : null;
}

function listedOf(outcome: Outcome<LiveEvent>): Answer<{ readonly event: ListedEvent }> {
  return outcome.ok ? { ok: true, value: { event: listed(outcome.value) } } : refusalOf(outcome);
}

function listed({ version: _, ...event }: LiveEvent): ListedEvent {
  return event;
}

function refusalOf({ code, say }: Extract<Outcome<unknown>, { ok: false }>) {
  return { ok: false, code: code === 'taken' ? 'bad-request' : code, say } as const;
}

const NO_CHANNEL = { ok: false, code: 'not-found', say: 'There is no such channel.' } as const;
const NO_EVENT = { ok: false, code: 'not-found', say: 'There is no such event, or it is over.' } as const;
const NOT_FOR_ALL = { ok: false, code: 'forbidden', say: 'This is for those who moderate here.' } as const;
