import type { Item } from './item.ts';
import { INBOX } from './limits.ts';

/** What came for one lane since it last looked. A lane that is far behind reads the store instead. */
export interface Inbox {
  put(item: Item): void;
  take(): Item | null;
  /** What `take` would give. */
  first(): Item | null;
  /** False once something had to be dropped. */
  isWhole(): boolean;
  /** Empties it: from now on everything is kept again. */
  renew(): void;
}

export function createInbox(): Inbox {
  let items: Item[] = [];
  let isWhole = true;
  return {
    put(item) {
      if (!isWhole) return;
      if (items.length < INBOX) items.push(item);
      else {
        items = [];
        isWhole = false;
      }
    },
    take: () => items.shift() ?? null,
    first: () => items[0] ?? null,
    isWhole: () => isWhole,
    renew() {
      items = [];
      isWhole = true;
    },
  };
}
