import type { EpochMs } from '../../domain/ids.ts';
import type { WireMessage } from '../../domain/wire.ts';
import { SLOT_MS } from '../sql/activity-tables.ts';
import type { Db } from '../sql/connect.ts';

const KEPT_MS = 400 * 24 * 3_600_000;

/** Counts the messages of public channels; used once for each message, inside the transaction that carries it over. */
export function createActivityRows(db: Db): (wire: WireMessage, at: EpochMs) => void {
  const count = db.prepare<[string, number, string, string]>(
    `insert into channel_activity
     select ?, ?, ?, 1 where exists (select 1 from channels where id = ? and kind in ('mega', 'dj', 'event'))
     on conflict do update set messages = messages + 1`,
  );
  const drop = db.prepare<[string, number]>('delete from channel_activity where channel_id = ? and slot < ?');
  const swept = new Map<string, number>();

  return ({ channel, message }, at) => {
    const slot = Math.floor(at / SLOT_MS) * SLOT_MS;
    count.run(channel, slot, message.author.platform, channel);
    if ((swept.get(channel) ?? 0) >= slot) return;
    if (swept.size > MOST_SWEPT) swept.clear();
    swept.set(channel, slot);
    drop.run(channel, slot - KEPT_MS);
  };
}
const MOST_SWEPT = 5_000;
