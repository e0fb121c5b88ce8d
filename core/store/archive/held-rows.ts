import type { Entry } from '../ports.ts';
import type { Db } from '../sql/connect.ts';

/** Stands in the note of a message that was held. */
const CAME_AS = '"cameAs":';

/** What waits for a moderator, and what became of it; used inside the transaction of the entry. */
export function createHeldRows(db: Db): (entry: Entry) => void {
  const add = db.prepare(
    `insert into held (id, channel_id, author_id, at, body, state) values (?, ?, ?, ?, ?, 'waiting') on conflict do nothing`,
  );
  const decide = db.prepare(
    `update held set state = ?, body = '', decided_by = ?, decided_at = ? where id = ? and state = 'waiting'`,
  );
  const forget = db.prepare("update entries set body = '{}' where message_id = ? and kind = 'held'");
  return (entry) => {
    const { kind, message, channel, at } = entry;
    if (message === null || channel === null) return;
    if (kind === 'held') {
      add.run(message, channel, noteOf(entry).author ?? '', at, entry.body);
    } else if (kind === 'discarded' || (kind === 'message' && entry.note.includes(CAME_AS))) {
      const { actor } = noteOf(entry);
      decide.run(kind === 'message' ? 'released' : 'discarded', actor ?? null, at, message);
      forget.run(message);
    }
  };
}

function noteOf({ note }: Entry): { readonly author?: string; readonly actor?: string } {
  return JSON.parse(note);
}
