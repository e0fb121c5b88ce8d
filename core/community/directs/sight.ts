import { type Hold, isHoldOver, type Member } from '../../domain/conversation.ts';
import type { EntryNote } from '../../domain/entry.ts';
import { type EpochMs, type MessageId, mintedAt, type UserId } from '../../domain/ids.ts';
import type { Directory } from '../../store/directory/directory.ts';

/** What somebody gets of an entry of a conversation. `unquoted`: without the words that it answers. */
export type Sight = 'whole' | 'unquoted' | 'nothing';

/** What decides it, besides who looks. */
export interface Seen {
  readonly note: Pick<EntryNote, 'veil' | 'only'>;
  /** The message that the entry makes or changes; null: none. */
  readonly message: MessageId | null;
  readonly at: EpochMs;
}

type Knows = Pick<Directory, 'events' | 'sameAs' | 'conversations'>;

/** Whether what is held for somebody is theirs by now. */
export function isOver(hold: Hold, events: Directory['events']): boolean {
  return isHoldOver(
    hold,
    events.current().find(({ id }) => id === hold.event),
  );
}

/** What this member gets of it; one who is not in it gets nothing. */
export function sightOf({ note, message, at }: Seen, member: Member | null, { events, sameAs }: Knows): Sight {
  if (member === null || member.state !== 'in') return 'nothing';
  const { veil, only } = note;
  const person = sameAs(member.user);
  const isOne = (user: UserId): boolean => person.includes(user);
  if (only !== undefined && !isOne(only)) return 'nothing';
  if ((message === null ? at : mintedAt(message)) < member.since) return 'nothing';
  if (veil === undefined) return 'whole';
  if (veil.never?.some(isOne) === true) return 'nothing';
  const isHeld = veil.later?.some((hold) => isOne(hold.user) && !isOver(hold, events)) === true;
  // what is delivered late is for them at last
  if (isHeld && only === undefined) return 'nothing';
  return veil.quote?.some(isOne) === true ? 'unquoted' : 'whole';
}
