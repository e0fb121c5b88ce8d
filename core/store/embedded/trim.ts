import { MOST_SLOW_SECONDS } from '../../domain/channel-mode.ts';
import type { EpochMs } from '../../domain/ids.ts';
import type { Db } from '../sql/connect.ts';
import { SEEN_MS } from './append.ts';
import type { Place } from './jobs.ts';

/**
 * Drops the oldest entries up to and with `upTo`, at most `limit`, and what is known of messages that no younger
 * entry touches. Keys outlive their entries until their time is over. Runs inside a transaction of the caller.
 * @returns how many entries went
 */
export function createTrimmer(db: Db): (upTo: Place, limit: number, now: EpochMs) => number {
  const cut = db.prepare<[Place, number], { place: Place | null }>(
    'select max(position) as place from (select position from log_entries where position <= ? order by position limit ?)',
  );
  const keepKeys = db.prepare(
    `insert or replace into log_keys select key, digest, message, seq, position, stored_at
     from log_entries where position <= ? and stored_at > ?`,
  );
  const entries = db.prepare('delete from log_entries where position <= ?');
  const reactions = db.prepare('delete from log_reactions where message in (select id from log_heads where last <= ?)');
  const heads = db.prepare('delete from log_heads where last <= ?');
  const oldSlow = db.prepare('delete from log_slow where at <= ?');
  const oldKeys = db.prepare('delete from log_keys where stored_at <= ?');

  return (upTo, limit, now) => {
    oldKeys.run(now - SEEN_MS);
    oldSlow.run(now - MOST_SLOW_SECONDS * 1_000);
    const place = cut.get(upTo, limit)?.place ?? null;
    if (place === null) return 0;
    keepKeys.run(place, now - SEEN_MS);
    reactions.run(place);
    heads.run(place);
    return entries.run(place).changes;
  };
}
