import { useEffect, useRef, useState } from 'preact/hooks';

/** Keys of one letter do nothing while somebody writes, or in a window above the page. */
function isElsewhere(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return true;
  const { target } = event;
  if (!(target instanceof HTMLElement)) return false;
  return target.closest('input, select, textarea, [contenteditable], dialog') !== null;
}

export interface QueueKeys {
  /** Of the one that is chosen; -1: none. */
  readonly at: number;
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
 * the chosen one is gone the next in its place is chosen.
 */
export function useQueueKeys(
  ids: readonly string[],
  acts: Readonly<Record<string, (at: number) => unknown>>,
): QueueKeys {
  const [chosen, setChosen] = useState<{ readonly id: string; readonly at: number } | null>(null);
  const items = useRef<(HTMLElement | null)[]>([]);
  const found = chosen === null ? -1 : ids.indexOf(chosen.id);
  const at = found >= 0 || chosen === null ? found : Math.min(chosen.at, ids.length - 1);

  // the one in the place of what is gone takes over, with the focus that went with it
  useEffect(() => {
    const id = ids[at];
    if (chosen === null || id === undefined || id === chosen.id) return;
    setChosen({ id, at });
    if (document.activeElement === document.body) items.current[at]?.focus();
  });

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (isElsewhere(event)) return;
      const key = event.key.toLowerCase();
      const by = key === 'j' ? 1 : key === 'k' ? -1 : 0;
      if (by !== 0) {
        const to = at < 0 ? 0 : Math.min(ids.length - 1, Math.max(0, at + by));
        items.current[to]?.focus();
        event.preventDefault();
      } else if (at >= 0 && Object.hasOwn(acts, key)) {
        acts[key]?.(at);
        event.preventDefault();
      }
    };
    addEventListener('keydown', onKeyDown);
    return () => removeEventListener('keydown', onKeyDown);
  });

  return {
    at,
    item: (index) => ({
      ref: (element) => {
        items.current[index] = element;
      },
      tabIndex: index === Math.max(0, at) ? 0 : -1,
      'aria-current': index === at ? 'true' : undefined,
      onFocus: () => {
        const id = ids[index];
        if (id !== undefined) setChosen({ id, at: index });
      },
    }),
  };
}
