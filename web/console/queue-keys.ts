import { useRef } from 'preact/hooks';

/** Moves a list's focus by J and K, and does something to the item that has it by other keys. */
export function useQueueKeys(count: number, acts: Readonly<Record<string, (at: number) => unknown>>) {
  const items = useRef<(HTMLElement | null)[]>([]);
  const move = (from: number, by: number): void => {
    const to = Math.min(count - 1, Math.max(0, from + by));
    items.current[to]?.focus();
  };
  return {
    item: (at: number) => ({
      tabIndex: 0,
      ref: (element: HTMLElement | null) => {
        items.current[at] = element;
      },
    }),
    onKeyDown(event: KeyboardEvent) {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const at = items.current.findIndex((item) => item?.contains(document.activeElement) ?? false);
      if (at < 0) return;
      const key = event.key.toLowerCase();
      if (key === 'j' || key === 'arrowdown') move(at, 1);
      else if (key === 'k' || key === 'arrowup') move(at, -1);
      else if (Object.hasOwn(acts, key)) acts[key]?.(at);
      else return;
      event.preventDefault();
    },
  };
}
