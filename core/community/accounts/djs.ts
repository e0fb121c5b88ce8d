import { type Channel, scopeOf } from '../../domain/channel.ts';
import type { ChannelId, ScopeId, UserId } from '../../domain/ids.ts';
import { parseChannelId } from '../../domain/ids.ts';
import type { Statement } from '../../store/sql/sql.ts';
import { crewIdOf, crewName, insertCrew } from '../crew/crews.ts';
import { channelIds, slugOf } from '../slug.ts';
import type { AccountsOptions } from './options.ts';
import { done, type Outcome, problem } from './outcome.ts';
import { nobody, type People } from './people.ts';
import { one, type Person, readOne, storedUserId } from './rows.ts';

/** Roles, and the channels that come with them. `by`: who gives it; null for the operator. */
export interface Djs {
  /** Grants the role and opens the DJ's channel and crew channel, in one change; opens the old ones where there were any. */
  makeDj(name: string, by: UserId | null): Promise<Outcome<{ readonly person: Person; readonly channel: ChannelId }>>;
  /** The channels stay, read-only; what was planned is cancelled. */
  dismissDj(name: string): Promise<Outcome<Person>>;
  /** In the megachannel, in all channels of a DJ (by the DJ's channel), or in one event. */
  makeModerator(name: string, channel: ChannelId, by: UserId | null): Promise<Outcome<Person>>;
  dismissModerator(name: string, channel: ChannelId): Promise<Outcome<Person>>;
}

export function createDjs(options: AccountsOptions, people: Pick<People, 'findByName'>): Djs {
  const { sql, directory, clock, setChannelState, onDismissed } = options;

  async function channelOf(user: UserId, kind: 'dj' | 'crew'): Promise<ChannelId | null> {
    const owned = sql.build.selectFrom('channels').select('id').where('owner_id', '=', user).where('kind', '=', kind);
    const row = await readOne(sql, owned.compile());
    return row === null ? null : parseChannelId(row.id);
  }

  async function setState(user: UserId, kind: 'dj' | 'crew', state: Channel['state']): Promise<void> {
    const channel = await channelOf(user, kind);
    if (channel !== null) await setChannelState(channel, state);
  }

  function grant(to: UserId, place: Place, role: 'dj' | 'moderator', by: UserId | null): Statement {
    const query = sql.build
      .insertInto('role_grants')
      .values({
        user_id: to,
        scope: place.scope,
        channel_id: place.channel,
        role,
        granted_by: by,
        granted_at: clock.now(),
      })
      .onConflict((conflict) => conflict.doNothing());
    return { query: query.compile() };
  }

  function revoke(from: UserId, place: Place, role: 'dj' | 'moderator'): Statement {
    const query = sql.build
      .deleteFrom('role_grants')
      .where('user_id', 'in', [...directory.sameAs(from)])
      .where('scope', '=', place.scope)
      .where('channel_id', '=', place.channel)
      .where('role', '=', role);
    return { query: query.compile() };
  }

  /** Opens the channel under the first id that is free; another maker of the same channel at the same time wins. */
  async function openChannel(person: Person, by: UserId | null): Promise<ChannelId | null> {
    for (const { id, crew } of slugsFor(person)) {
      const insert = sql.build
        .insertInto('channels')
        .columns(['id', 'kind', 'name', 'topic', 'owner_id', 'created_at'])
        .expression(
          sql.build
            .selectFrom('users')
            .where('users.id', '=', person.user)
            .where(({ not, exists, selectFrom }) =>
              not(
                exists(
                  selectFrom('channels as c')
                    .select('c.id')
                    .where('c.owner_id', '=', person.user)
                    .where('c.kind', '=', 'dj'),
                ),
              ),
            )
            .select(({ val }) => [
              val<string>(id).as('id'),
              val('dj').as('kind'),
              val(person.name).as('name'),
              val('').as('topic'),
              val<string | null>(person.user).as('owner_id'),
              val<number>(clock.now()).as('created_at'),
            ]),
        )
        .onConflict((conflict) => conflict.doNothing());
      const written = await directory.change({
        statements: [
          one(insert.compile()),
          insertCrew(sql, { id: crew, owner: person.user, name: crewName(person.name) }, clock.now()),
          grant(person.user, djPlace(person.user), 'dj', by),
        ],
        scopes: [djPlace(person.user).scope],
        what: [
          { kind: 'channel', channel: id },
          { kind: 'channel', channel: crew },
          { kind: 'roles', user: person.user },
        ],
      });
      if (written.ok) return id;
      const other = await channelOf(person.user, 'dj');
      if (other !== null) return other;
    }
    return null;
  }

  /** Where a moderator of this channel moderates; null where there are none. */
  async function placeOf(channel: ChannelId): Promise<Place | null> {
    const row = await readOne(
      sql,
      sql.build.selectFrom('channels').select(['kind', 'owner_id']).where('id', '=', channel).compile(),
    );
    if (row === null) return null;
    const owner = row.owner_id === null ? null : storedUserId(row.owner_id);
    switch (row.kind) {
      case 'mega':
      case 'dj':
        return { scope: scopeOf({ id: channel, kind: row.kind, owner }), channel: '' };
      case 'event':
        return { scope: scopeOf({ id: channel, kind: row.kind, owner }), channel };
      default:
        return null; // closed channels have members, not moderators
    }
  }

  async function moderate(
    name: string,
    channel: ChannelId,
    statementFor: (user: UserId, place: Place) => Statement,
  ): Promise<Outcome<Person>> {
    const person = await people.findByName(name);
    if (person === null) return nobody(name);
    const place = await placeOf(channel);
    if (place === null) return problem('not-found', `There is no channel ${channel} that has moderators.`);
    await directory.change({
      statements: [statementFor(person.user, place)],
      scopes: [place.scope],
      what: directory.sameAs(person.user).map((user) => ({ kind: 'roles', user })),
    });
    return done(person);
  }

  return {
    async makeDj(name, by) {
      const person = await people.findByName(name);
      if (person === null) return nobody(name);
      const old = await channelOf(person.user, 'dj');
      if (old === null) {
        const channel = await openChannel(person, by);
        if (channel === null) return problem('taken', 'No free id was found for the channel.', 'name');
        return done({ person, channel });
      }
      const place = djPlace(person.user);
      await directory.change({
        statements: [grant(person.user, place, 'dj', by)],
        scopes: [place.scope],
        what: [
          { kind: 'channel', channel: old },
          { kind: 'roles', user: person.user },
        ],
      });
      for (const kind of ['dj', 'crew'] as const) await setState(person.user, kind, 'open');
      return done({ person, channel: old });
    },
    async dismissDj(name) {
      const person = await people.findByName(name);
      if (person === null) return nobody(name);
      const place = djPlace(person.user);
      // in this order: should the hub fall in between, nobody posts where no DJ is
      for (const kind of ['dj', 'crew'] as const) await setState(person.user, kind, 'read-only');
      await directory.change({
        statements: [revoke(person.user, place, 'dj')],
        scopes: [place.scope],
        what: [{ kind: 'roles', user: person.user }],
      });
      await onDismissed(person.user);
      return done(person);
    },
    makeModerator: (name, channel, by) => moderate(name, channel, (user, place) => grant(user, place, 'moderator', by)),
    dismissModerator: (name, channel) => moderate(name, channel, (user, place) => revoke(user, place, 'moderator')),
  };
}

interface Place {
  readonly scope: ScopeId;
  /** Empty: every channel of the scope. */
  readonly channel: ChannelId | '';
}

function djPlace(user: UserId): Place {
  const channel: Pick<Channel, 'id' | 'kind' | 'owner'> = { id: '' as ChannelId, kind: 'dj', owner: user };
  return { scope: scopeOf(channel), channel: '' };
}

/** `dj-kool`, `dj-kool-2`, …; of names without Latin letters a piece of the user id. Each with the id of the crew channel. */
function slugsFor(person: Person): readonly { readonly id: ChannelId; readonly crew: ChannelId }[] {
  const slug = slugOf(person.name).replace(/^dj-(?=.)/, '') || person.user.slice(2, 10);
  return channelIds('dj', slug).flatMap((id) => {
    const crew = crewIdOf(id);
    return crew === null ? [] : [{ id, crew }];
  });
}
