import { scopeOf } from '../domain/channel.ts';
import type { Position } from '../domain/ids.ts';
import type { Archive } from '../store/ports.ts';
import type { RedisMemory } from '../store/redis/open.ts';
import type { Sql } from '../store/sql/sql.ts';
import type { Knowledge } from './knowledge.ts';

/** What this hub and the archive have seen of the log: by it a log that has gone back is found out. */
export interface Seen {
  readonly memory: RedisMemory;
  /** From here on the hub's own reading counts too. */
  follow(knowledge: Knowledge): void;
}

export function createSeen(sql: Sql, archive: Archive): Seen {
  let known: Knowledge | null = null;
  return {
    memory: {
      async highest() {
        const query = sql.build.selectFrom('archive_marks').selectAll().compile();
        const marks = await sql.read(query);
        return {
          followed: known?.tail.positions() ?? [],
          archived: marks.map(({ shard, position }) => ({ shard, position: position as Position })),
        };
      },
      async seqs() {
        const archived = await archive.newest();
        return (known?.directory.channels() ?? []).flatMap((channel) => {
          const seq = Math.max(archived.get(channel.id) ?? 0, known?.feed.liveSeq(channel.id) ?? 0);
          return seq === 0 ? [] : [{ scope: scopeOf(channel), channel: channel.id, seq }];
        });
      },
    },
    follow(knowledge) {
      known = knowledge;
    },
  };
}
