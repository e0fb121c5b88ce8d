import type { Clock } from '../../async/clock.ts';
import { type Channel, scopeOf } from '../../domain/channel.ts';
import { type ChannelId, type EpochMs, parseChannelId, type UserId } from '../../domain/ids.ts';
import type { Directory } from '../../store/directory/directory.ts';
import type { Sql, Statement } from '../../store/sql/sql.ts';

/** `crew-kool` for `dj-kool`: the channel of a DJ and of all who moderate for that DJ. */
export function crewIdOf(djChannel: ChannelId): ChannelId | null {
  return parseChannelId(`crew-${djChannel.replace(/^dj-/, '')}`);
}

/** Makes the crew channel of a DJ who has none. Fails when its id is taken. */
export function insertCrew(
  sql: Pick<Sql, 'build'>,
  crew: { readonly id: ChannelId; readonly owner: UserId; readonly name: string },
  at: EpochMs,
): Statement {
  const insert = sql.build
    .insertInto('channels')
    .values({ id: crew.id, kind: 'crew', name: crew.name, topic: '', owner_id: crew.owner, created_at: at })
    .onConflict((conflict) => conflict.doNothing());
  return { query: insert.compile(), expect: 1 };
}

export function crewName(djName: string): string {
  return `Crew of ${djName}`;
}

export function crewOf(directory: Pick<Directory, 'channels'>, dj: UserId): Channel | null {
  return directory.channels().find(({ kind, owner }) => kind === 'crew' && owner === dj) ?? null;
}

export interface CrewDeps {
  readonly sql: Pick<Sql, 'build'>;
  readonly directory: Pick<Directory, 'change' | 'channels'>;
  readonly clock: Pick<Clock, 'now'>;
}

/** DJs of earlier versions have a channel and no crew channel: they get one. */
export async function ensureCrews({ sql, directory, clock }: CrewDeps): Promise<void> {
  for (const { id, kind, owner, name } of directory.channels()) {
    if (kind !== 'dj' || owner === null || crewOf(directory, owner) !== null) continue;
    const crew = crewIdOf(id);
    if (crew === null) continue;
    await directory.change({
      statements: [insertCrew(sql, { id: crew, owner, name: crewName(name) }, clock.now())],
      scopes: [scopeOf({ id: crew, kind: 'crew', owner })],
      what: [{ kind: 'channel', channel: crew }],
    });
  }
}
