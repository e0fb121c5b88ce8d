import { useEffect, useRef, useState } from 'preact/hooks';

/** Keys of one letter do nothing while somebody writes, or in a window above the page. */
function isElsewhere(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return true;
  const { target } = event;
  if (!(target instanceof HTMLElement)) return false;
  return target.closest('input, select, textarea, [contenteditable], dialog') !== null;
}

interface Chosen {
  readonly id: string;
  /** Where it was. */
  readonly at: number;
  /** Chosen by what this person did; false: it came into the place of one that somebody else has dealt with. */
  readonly isOwn: boolean;
}

export interface QueueKeys {
  /** Of the one that is chosen; -1: none. */
  readonly at: number;
  /** Whether this person has chosen it. */
  readonly isOwn: boolean;
  /** For the element of each item. */
  item(at: number): {
    readonly ref: (element: HTMLElement | null) => void;
    readonly tabIndex: number;
    readonly 'aria-current': 'true' | undefined;
    readonly onFocus: () => void;
  };
}

/**
 * Moves through a list by J and K, from anywhere on the page, and does something to the chosen item by other keys. Once
 * the chosen one is gone the next in its place is chosen; where others decided it, no key acts until J or K. A key counts for what is chosen when it is pressed, also where
 * the page has not been drawn anew since the key before.
 */
export function useQueueKeys(
  ids: readonly string[],
  acts: Readonly<Record<string, (id: string) => unknown>>,
  wasDecidedHere: (id: string) => boolean,
): QueueKeys {
  const [, draw] = useState(0);
  const chosen = useRef<Chosen | null>(null);
  const items = useRef<(HTMLElement | null)[]>([]);
  const isTakingOver = useRef(false);
  const latest = useRef({ ids, acts, wasDecidedHere });
  latest.current = { ids, acts, wasDecidedHere };
  const at = placeOf(chosen.current, ids);

  function choose(id: string, place: number, isOwn: boolean): void {
    const before = chosen.current;
    if (before?.id === id && (before.isOwn || !isOwn)) return;
    chosen.current = { id, at: place, isOwn };
    draw((turn) => turn + 1);
  }

  // The one in the place of what is gone takes over, with the focus that went with it. This runs some time after the page
  // was drawn: what was chosen meanwhile counts.
  useEffect(() => {
    const gone = chosen.current;
    if (gone === null) return;
    const { ids: now, wasDecidedHere: isDone } = latest.current;
    const place = placeOf(gone, now);
    const id = now[place];
    // what comes into an empty list was chosen by nobody
    if (id === undefined) chosen.current = null;
    if (id === undefined || id === gone.id) return;
    choose(id, place, gone.isOwn && isDone(gone.id));
    isTakingOver.current = true;
    if (document.activeElement === document.body) items.current[place]?.focus();
    isTakingOver.current = false;
  });

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (isElsewhere(event)) return;
      const { ids: now, acts: does, wasDecidedHere: isDone } = latest.current;
      const before = chosen.current;
      const from = placeOf(before, now);
      // what slid into the place of a message that others decided is not meant by a key that was for that one
      const isOwn = before?.isOwn === true && (now[from] === before.id || isDone(before.id));
      const key = event.key.toLowerCase();
      const by = key === 'j' ? 1 : key === 'k' ? -1 : 0;
      const to = isOwn ? Math.min(now.length - 1, Math.max(0, from + by)) : Math.max(0, from);
      const id = now[to];
      if (id === undefined) return;
      if (by !== 0) {
        choose(id, to, true);
        items.current[to]?.focus();
      } else if (isOwn && Object.hasOwn(does, key)) does[key]?.(id);
      else return;
      event.preventDefault();
    };
    addEventListener('keydown', onKeyDown);
    return () => removeEventListener('keydown', onKeyDown);
  }, []);

  return {
    at,
    isOwn: chosen.current?.isOwn === true,
    item: (index) => ({
      ref: (element) => {
        items.current[index] = element;
      },
      tabIndex: index === Math.max(0, at) ? 0 : -1,
      'aria-current': index === at ? 'true' : undefined,
      onFocus: () => {
        const id = latest.current.ids[index];
        if (id !== undefined && !isTakingOver.current) choose(id, index, true);
      },
    }),
  };
}

function placeOf(chosen: Chosen | null, ids: readonly string[]): number {
  if (chosen === null) return -1;
  const found = ids.indexOf(chosen.id);
  return found >= 0 ? found : Math.min(chosen.at, ids.length - 1);
}
