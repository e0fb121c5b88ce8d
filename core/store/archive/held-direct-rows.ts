import type { EntryNote } from '../../domain/entry.ts';
import type { Entry } from '../ports.ts';
import type { Db } from '../sql/connect.ts';

/** Stands in the note of a message that somebody gets later. */
const LATER = '"later":[';

/** What is said to a DJ who is live, to be delivered afterwards; used inside the transaction of the entry. */
export function createHeldDirectRows(db: Db): (entry: Entry) => void {
  const add = db.prepare('insert into held_directs values (?, ?, ?, ?, ?, ?) on conflict do nothing');
  return ({ kind, message, channel, at, note }) => {
    if (kind !== 'message' || message === null || !note.includes(LATER)) return;
    const { veil }: EntryNote = JSON.parse(note);
    for (const { user, event, stretch } of veil?.later ?? []) add.run(message, user, channel, event, stretch, at);
  };
}
