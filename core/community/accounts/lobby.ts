import { type ChannelId, parseChannelId, type ScopeId } from '../../domain/ids.ts';
import type { AccountsOptions } from './options.ts';
import { done, type Outcome, problem } from './outcome.ts';
import { one, readOne } from './rows.ts';

const MEGA = 'mega' as ScopeId;

/** Makes the one megachannel at the first start and follows its configured name. A second one is refused. */
export async function ensureLobby({
  sql,
  directory,
  clock,
  config,
}: Pick<AccountsOptions, 'sql' | 'directory' | 'clock' | 'config'>): Promise<Outcome<ChannelId>> {
  const { name } = config.lobby;
  const id = parseChannelId(config.lobby.id);
  if (id === null) return problem('bad-request', `lobby.id "${config.lobby.id}" is no channel id.`);
  const mega = sql.build.selectFrom('channels').select(['id', 'name']).where('kind', '=', 'mega');
  const stored = await readOne(sql, mega.compile());
  if (stored?.id === id && stored.name === name) return done(id);
  if (stored?.id === id) {
    const rename = sql.build.updateTable('channels').set({ name }).where('id', '=', id).compile();
    await directory.change({ statements: [one(rename)], scopes: [MEGA], what: [{ kind: 'channel', channel: id }] });
    return done(id);
  }
  const insert = sql.build
    .insertInto('channels')
    .columns(['id', 'kind', 'name', 'topic', 'owner_id', 'created_at'])
    .expression(
      sql.build
        .selectNoFrom(({ val }) => [
          val<string>(id).as('id'),
          val('mega').as('kind'),
          val(name).as('name'),
          val('').as('topic'),
          val<string | null>(null).as('owner_id'),
          val<number>(clock.now()).as('created_at'),
        ])
        .where(({ not, exists }) => not(exists(mega))),
    )
    .onConflict((conflict) => conflict.doNothing());
  const written = await directory.change({
    statements: [one(insert.compile())],
    scopes: [MEGA],
    what: [{ kind: 'channel', channel: id }],
  });
  if (written.ok) return done(id);
  const other = await readOne(sql, mega.compile());
  if (other?.id === id) return done(id); // another hub was first
  return other === null
    ? problem('taken', `Another channel is called ${id}. Set lobby.id to another name.`)
    : problem('taken', `There is one megachannel, ${other.id}. Set lobby.id back to ${other.id}.`);
}
