import type { MessageId } from '../domain/ids.ts';
import type { Place } from './address.ts';

/** Different emoji on one message: each is sent with every page that shows it. */
export const MOST_KINDS = 20;
/** Messages whose emoji are at hand. */
const KEPT = 10_000;

/** Bounds the different emoji on a message. Posts in flight may go over by one each; what stands there already stays. */
export interface ReactionKinds {
  /** Whether one more person may react so. Reads only for an emoji that is not known to be there. */
  hasRoom(here: Place, id: MessageId, emoji: string): Promise<boolean>;
}

/** @param read the emoji that stand on a message now */
export function createReactionKinds(
  read: (here: Place, id: MessageId) => Promise<readonly string[]>,
  kept = KEPT,
): ReactionKinds {
  const known = new Map<MessageId, Set<string>>();

  function keep(id: MessageId, kinds: Set<string>): void {
    known.delete(id);
    known.set(id, kinds);
    const oldest = known.keys().next();
    if (known.size > kept && oldest.done === false) known.delete(oldest.value);
  }

  return {
    async hasRoom(here, id, emoji) {
      if (known.get(id)?.has(emoji) === true) return true;
      const kinds = new Set(await read(here, id));
      const isThere = kinds.has(emoji) || kinds.size < MOST_KINDS;
      if (isThere) kinds.add(emoji);
      keep(id, kinds);
      return isThere;
    },
  };
}
