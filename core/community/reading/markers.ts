import { sql as raw } from 'kysely';
import type { Clock } from '../../async/clock.ts';
import type { ChannelId, Seq, UserId } from '../../domain/ids.ts';
import type { Logger } from '../../ops/log.ts';
import type { Sql, Statement } from '../../store/sql/sql.ts';
import type { SelfDesk } from '../selves/news.ts';

/** What is read within this time is kept together. */
const GATHER_MS = 2_000;
/** Rows in one transaction, so that nobody who writes waits long. */
const MOST_AT_ONCE = 200;
/** Markers that wait while SQL is away; newer ones than these are forgotten, as after a crash. */
const MOST_WAITING = 20_000;

/** How far each person has read each channel, by whichever account and device; only ever farther. */
export interface ReadMarkers {
  /** Told to the person's other devices at once here, and within two seconds elsewhere; kept by then too. */
  mark(user: UserId, channel: ChannelId, seq: Seq): void;
  /** By all accounts of the person; what is not in it was never read. @throws {StoreUnavailable} */
  of(user: UserId): Promise<ReadonlyMap<ChannelId, Seq>>;
  /** Keeps what is gathered. */
  stop(): Promise<void>;
}

export interface MarkersDeps {
  readonly sql: Pick<Sql, 'build' | 'read' | 'write'>;
  readonly sameAs: (user: UserId) => readonly UserId[];
  readonly selves: Pick<SelfDesk, 'tellHere' | 'tellElsewhere'>;
  readonly clock: Pick<Clock, 'now' | 'after'>;
  readonly logger: Logger;
}

interface Marker {
  readonly user: UserId;
  readonly channel: ChannelId;
  readonly seq: Seq;
}

export function createReadMarkers({ sql, sameAs, selves, clock, logger }: MarkersDeps): ReadMarkers {
  let waiting = new Map<string, Marker>();
  let cancel: (() => void) | null = null;
  let isStopping = false;
  let keeping: Promise<void> = Promise.resolve();

  function soon(): void {
    if (isStopping) return;
    cancel ??= clock.after(GATHER_MS, () => {
      cancel = null;
      keeping = keep();
    });
  }

  /** What could not be kept is tried again with what has come meanwhile. */
  async function keep(): Promise<void> {
    await keeping;
    const gathered = [...waiting.values()];
    waiting = new Map();
    for (let from = 0; from < gathered.length; from += MOST_AT_ONCE) {
      const some = gathered.slice(from, from + MOST_AT_ONCE);
      try {
        await sql.write(some.map(upsert));
        selves.tellElsewhere(some.map(newsOf));
      } catch (error) {
        logger.warn({ err: error, markers: gathered.length - from }, 'what was read could not be kept yet');
        for (const one of gathered.slice(from)) take(one);
        soon();
        return;
      }
    }
  }

  function take(marker: Marker): boolean {
    const key = `${marker.user} ${marker.channel}`;
    const known = waiting.get(key);
    if (known !== undefined ? known.seq >= marker.seq : waiting.size >= MOST_WAITING) return false;
    waiting.set(key, marker);
    return true;
  }

  function upsert({ user, channel, seq }: Marker): Statement {
    const row = { user_id: user, channel_id: channel, seq, at: clock.now() };
    const insert = sql.build.insertInto('read_markers').values(row);
    const query = insert.onConflict((conflict) =>
      conflict
        .columns(['user_id', 'channel_id'])
        .doUpdateSet({ seq: raw`max(read_markers.seq, excluded.seq)`, at: raw`excluded.at` }),
    );
    return { query: query.compile() };
  }

  return {
    mark(user, channel, seq) {
      const marker = { user, channel, seq };
      if (!take(marker)) return;
      selves.tellHere(user, newsOf(marker).news);
      soon();
    },
    async of(user) {
      const users = sameAs(user);
      const query = sql.build.selectFrom('read_markers').select(['channel_id', 'seq']).where('user_id', 'in', users);
      const found = new Map<ChannelId, Seq>();
      const raise = (channel: ChannelId, seq: Seq): void => {
        if (seq > (found.get(channel) ?? -1)) found.set(channel, seq);
      };
      for (const row of await sql.read(query.compile())) raise(row.channel_id as ChannelId, row.seq as Seq);
      for (const marker of waiting.values()) if (users.includes(marker.user)) raise(marker.channel, marker.seq);
      return found;
    },
    async stop() {
      isStopping = true;
      cancel?.();
      await keep();
    },
  };
}

function newsOf({ user, channel, seq }: Marker) {
  return { user, news: { kind: 'read', channel, seq } } as const;
}
