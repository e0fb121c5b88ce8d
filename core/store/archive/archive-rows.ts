import type { ChannelId, MessageId, Seq, UserId } from '../../domain/ids.ts';
import type { SearchHit } from '../ports.ts';
import type { Db } from '../sql/connect.ts';
import { asHistory, parseMessage, type Reacted } from './fold.ts';

/** Columns of `messages` from which a row of history is made. */
export const MESSAGE_COLUMNS = 'id, channel_id, seq, message';
export interface MessageColumns {
  readonly id: MessageId;
  readonly channel_id: ChannelId;
  readonly seq: Seq;
  readonly message: string;
}

/** Puts rows and their reactions together; call it in the read transaction that found the rows. */
export function createRowReader(db: Db): (rows: readonly MessageColumns[]) => readonly SearchHit[] {
  const reactionsOf = db.prepare<[string], { message_id: MessageId; emoji: string; user_id: UserId }>(
    'select message_id, emoji, user_id from reactions where message_id in (select value from json_each(?))',
  );
  return (rows) => {
    const reacted = new Map<MessageId, Reacted[]>(rows.map(({ id }) => [id, []]));
    for (const { message_id, emoji, user_id } of reactionsOf.iterate(JSON.stringify([...reacted.keys()]))) {
      reacted.get(message_id)?.push({ emoji, user: user_id });
    }
    return rows.map((row) => ({
      channel: row.channel_id,
      ...asHistory(row.seq, parseMessage(row.message), reacted.get(row.id) ?? []),
    }));
  };
}
