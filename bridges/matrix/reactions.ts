import type { HubPort } from '../../core/plugin/index.ts';
import { createKept } from './kept.ts';

/** Which event was which reaction: whoever takes one back names the event alone, whose content is gone by then. */
export interface Reactions {
  remember(event: string, reaction: Remembered): Promise<void>;
  /** Null: not known, or long ago. */
  find(event: string): Promise<Remembered | null>;
}

export interface Remembered {
  readonly to: string;
  readonly emoji: string;
  readonly by: string;
}

/** About three thousand reactions. */
const SHARDS = 32;
const MOST_EACH = 100;

export function createReactions(state: HubPort['state']): Reactions {
  const kept = createKept(state, 'reactions', SHARDS, MOST_EACH);
  return {
    remember: (event, { to, emoji, by }) => kept.set(event, JSON.stringify([to, emoji, by])),
    async find(event) {
      const found = await kept.get(event);
      if (found === undefined) return null;
      const read: unknown = JSON.parse(found);
      const [to, emoji, by]: readonly unknown[] = Array.isArray(read) ? read : [];
      return typeof to === 'string' && typeof emoji === 'string' && typeof by === 'string' ? { to, emoji, by } : null;
    },
  };
}
