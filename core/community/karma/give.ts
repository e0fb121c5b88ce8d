import type { Clock } from '../../async/clock.ts';
import type { KarmaLine } from '../../domain/audit.ts';
import type { EpochMs, MessageId, UserId } from '../../domain/ids.ts';
import type { Actor } from '../../domain/inbound.ts';
import { DAY_MS, dayOf, POINTS } from '../../domain/karma.ts';
import type { KarmaBook } from './book.ts';

/** Who earns what by what people do. The lines go with the entry of the act. */
export interface KarmaGiver {
  /** The first message of a day, when nothing bad was said of its author for a day. */
  forPost(actor: Actor): readonly KarmaLine[];
  /** Somebody likes, or thanks for, what another wrote. */
  forReaction(actor: Actor, author: UserId, message: MessageId, emoji: string): readonly KarmaLine[];
}

const LIKES = new Set(['👍', '🔥', '👏', '🙌', '🎉', '😍', '💯', '🎶', '🎵', '🕺', '💃', '🥳', '😂', '🤩', '⭐']);
const THANKS = new Set(['🙏', '❤', '🧡', '💛', '💚', '💙', '💜', '🖤', '🤍', '🤎', '💖', '🫶', '🥰']);
const NOTHING: readonly KarmaLine[] = [];

export function createKarmaGiver(book: KarmaBook, clock: Pick<Clock, 'now'>): KarmaGiver {
  return {
    forPost({ user, isGuest, isBot }) {
      if (isGuest || isBot) return NOTHING;
      const now = clock.now();
      const line = { user, why: 'good-order', by: null, cause: `day ${dayOf(now)}` };
      if (book.hasToday(line) || !book.isSpotlessSince(user, (now - DAY_MS) as EpochMs)) return NOTHING;
      return [{ ...line, points: POINTS.goodOrder }];
    },
    forReaction(actor, author, message, emoji) {
      const points = worthOf(emoji);
      if (points === 0 || actor.user === author || actor.isGuest || actor.isBot) return NOTHING;
      // who stands badly has no good word to give
      if (book.karmaOf(actor.user) < 0 || !book.hasRoomFor(author, actor.user)) return NOTHING;
      const why = points === POINTS.thanks ? 'thanks' : 'reaction';
      const line = { user: author, points, why, by: actor.user, cause: `message ${message}` };
      return book.hasToday(line) ? NOTHING : [line];
    },
  };
}

function worthOf(emoji: string): number {
  const bare = emoji.replace(/\p{Emoji_Modifier}|\ufe0f/gu, '');
  if (THANKS.has(bare)) return POINTS.thanks;
  return LIKES.has(bare) ? POINTS.reaction : 0;
}
