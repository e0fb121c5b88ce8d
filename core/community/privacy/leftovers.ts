import { sql as raw } from 'kysely';
import type { ChannelId, UserId } from '../../domain/ids.ts';
import type { ChangeWhat } from '../../store/directory/directory.ts';
import type { Sql, Statement } from '../../store/sql/sql.ts';
import type { Erasure } from './erasures.ts';
import { GONE_NAME } from './scrub.ts';

/** What names somebody in rows that are not theirs, or that stay. */
export interface Leftovers {
  readonly statements: readonly Statement[];
  /** What hubs are to read again. */
  readonly what: readonly ChangeWhat[];
}

type Reading = Pick<Sql, 'build' | 'read'>;

/** To be written before the rows of members go. */
export async function leftovers(sql: Reading, { users, names }: Erasure): Promise<Leftovers> {
  const { build } = sql;
  const conversations = await conversationsOf(sql, users);
  const theirs = raw.join(users);
  const statements = [
    // bans stay in force, without the words that gave the reason
    raw`update sanctions set body = json_remove(body, '$.reason') where user_id in (${theirs}) and json_valid(body)`,
    raw`delete from hook_deliveries where hook_id in (select id from hooks_out where owner_id in (${theirs}))`,
    ...names.flatMap((name) => [
      raw`update native_acts set by_name = null where by_name = ${name}`,
      raw`update hooks_in set name = ${GONE_NAME}, avatar_url = null
        where made_by in (${theirs}) and ${holds('name', name)}`,
      raw`update channels set name = ${GONE_NAME}
        where kind = 'private' and owner_id in (${theirs}) and ${holds('name', name)}`,
    ]),
    // what nobody else is in has no name any more; of the rest whoever came next is the owner
    raw`update channels set name = ${GONE_NAME} where kind = 'private' and owner_id in (${theirs})
      and not exists (select 1 from members where ${isOther(users)})`,
    raw`update channels set owner_id = (select user_id from members where ${isOther(users)} order by joined_at limit 1)
      where kind = 'private' and owner_id in (${theirs})`,
  ];
  return {
    statements: statements.map((one) => ({ query: one.compile(build) })),
    what: conversations.map(([channel, members]) => ({ kind: 'members', channel, users: members })),
  };
}

function holds(column: string, name: string) {
  return raw`instr(lower(${raw.ref(column)}), lower(${name})) > 0`;
}

function isOther(users: readonly UserId[]) {
  return raw`channel_id = channels.id and state = 'in' and user_id not in (${raw.join(users)})`;
}

/** Conversations in which they are or were, each with all who are in it: it has another name for them now. */
async function conversationsOf({ build, read }: Reading, users: readonly UserId[]) {
  const own = build.selectFrom('members').select('channel_id').where('user_id', 'in', users);
  const all = build.selectFrom('members').select(['channel_id', 'user_id']).where('channel_id', 'in', own);
  const rows = await read(all.compile());
  const byChannel = Map.groupBy(rows, ({ channel_id }) => channel_id as ChannelId);
  return [...byChannel].map(([channel, those]) => [channel, those.map(({ user_id }) => user_id as UserId)] as const);
}
