import { scopeOf } from '../domain/channel.ts';
import type { Position } from '../domain/ids.ts';
import { readChannels } from '../store/directory/queries.ts';
import { type Archive, START } from '../store/ports.ts';
import type { RedisMemory } from '../store/redis/open.ts';
import type { Sql } from '../store/sql/sql.ts';

/** What the archive has of the log: by it a log that has gone back while no hub ran is found out. */
export async function archivedMemory(sql: Sql, archive: Archive): Promise<RedisMemory> {
  const marks = await sql.read(sql.build.selectFrom('archive_marks').selectAll().compile());
  const highest: Position[] = [];
  for (const { shard, position } of marks) highest[shard] = position as Position;
  const newest = await archive.newest();
  const channels = await readChannels(sql, null);
  const seqs = channels.flatMap((channel) => {
    const seq = newest.get(channel.id);
    return seq === undefined ? [] : [{ scope: scopeOf(channel), channel: channel.id, seq }];
  });
  const positions = Array.from(highest, (position) => position ?? START);
  return { highest: () => positions, seqs: () => seqs };
}
