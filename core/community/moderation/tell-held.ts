import type { UserId } from '../../domain/ids.ts';
import type { SelfNews } from '../../domain/self-news.ts';
import type { Entry } from '../../store/ports.ts';
import type { SelfDesk } from '../selves/news.ts';

/** Stands in the note of a message that was held. */
const CAME_AS = '"cameAs":';

/** Tells the author's devices on this hub what became of a held message; every hub learns of that from the log. */
export function createHeldTelling(desk: Pick<SelfDesk, 'tellHere'>): (batch: readonly Entry[]) => void {
  return (batch) => {
    for (const entry of batch) {
      if (entry.kind !== 'discarded' && (entry.kind !== 'message' || !entry.note.includes(CAME_AS))) continue;
      const { author, actor } = JSON.parse(entry.note) as { readonly author?: UserId; readonly actor?: UserId };
      const news = author === undefined || author === actor ? null : newsOf(entry);
      if (news !== null && author !== undefined) desk.tellHere(author, news);
    }
  };
}

function newsOf({ kind, channel, message }: Entry): SelfNews | null {
  if (channel === null || message === null) return null;
  const became = kind === 'discarded' ? 'discarded' : 'released';
  const say = became === 'released' ? 'Your message is posted now.' : 'Your message that was held is not posted.';
  return { kind: 'told', channel, message, became, say };
}
