import type { HeldBody } from '../../domain/held.ts';
import type { EpochMs, MessageId } from '../../domain/ids.ts';
import type { Entry } from '../ports.ts';
import type { Db } from '../sql/connect.ts';
import { createMediaUseRows } from './media-use-rows.ts';

/** Stands in the note of a message that was held. */
const CAME_AS = '"cameAs":';
/** Stands in the body of one that has files. */
const HAS_FILES = '"attachments":[{';

/** What waits for a moderator, and what became of it; used inside the transaction of the entry. */
export function createHeldRows(db: Db): (entry: Entry) => void {
  const add = db.prepare(
    `insert into held (id, channel_id, author_id, at, body, state) values (?, ?, ?, ?, ?, 'waiting') on conflict do nothing`,
  );
  const decide = db.prepare(
    `update held set state = ?, body = '', decided_by = ?, decided_at = ? where id = ? and state = 'waiting'`,
  );
  const forget = db.prepare("update entries set body = '{}' where message_id = ? and kind = 'held'");
  const waiting = db.prepare<[string], string>("select body from held where id = ? and state = 'waiting'").pluck();
  const uses = createMediaUseRows(db);

  function giveUpFiles(id: MessageId, at: EpochMs): void {
    const body = waiting.get(id);
    if (body?.includes(HAS_FILES)) uses.giveUp((JSON.parse(body) as HeldBody).message.content, at);
  }

  return (entry) => {
    const { kind, message, channel, at } = entry;
    if (message === null || channel === null) return;
    if (kind === 'held') {
      add.run(message, channel, noteOf(entry).author ?? '', at, entry.body);
    } else if (kind === 'discarded' || (kind === 'message' && entry.note.includes(CAME_AS))) {
      const { actor } = noteOf(entry);
      if (kind === 'discarded') giveUpFiles(message, at);
      decide.run(kind === 'message' ? 'released' : 'discarded', actor ?? null, at, message);
      forget.run(message);
    }
  };
}

function noteOf({ note }: Entry): { readonly author?: string; readonly actor?: string } {
  return JSON.parse(note);
}
