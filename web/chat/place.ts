/*
 * Keeps the reader's place in a scrolling list: at the bottom it stays there, elsewhere the row on screen stays where it
 * is, whatever is added, changed or taken away above it. Browsers differ in doing this themselves, so none does.
 */
export interface Place {
  /** After every scroll. @returns whether the reader moved up since */
  note(scroller: HTMLElement): boolean;
  /** After every change of the list or of its size. */
  settle(scroller: HTMLElement, isPinned: boolean): void;
}

/** Nearer to the end than this is at the end. */
export const NEAR_PX = 40;

export function distanceToEnd(scroller: HTMLElement): number {
  return scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight;
}

export function createPlace(): Place {
  let lastTop = 0;
  let anchor: { readonly row: Element; readonly key: string; readonly top: number } | null = null;

  const remember = (scroller: HTMLElement): void => {
    lastTop = scroller.scrollTop;
    const row = firstVisible(scroller);
    const key = row?.dataset.key;
    anchor = row === null || key === undefined ? null : { row, key, top: topOf(row, scroller) };
  };
  return {
    note(scroller) {
      const hasMovedUp = scroller.scrollTop < lastTop;
      remember(scroller);
      return hasMovedUp;
    },
    settle(scroller, isPinned) {
      if (isPinned) {
        scroller.scrollTop = scroller.scrollHeight;
      } else if (anchor !== null) {
        const row = anchor.row.isConnected ? anchor.row : scroller.querySelector(`[data-key="${anchor.key}"]`);
        const moved = row === null ? 0 : topOf(row, scroller) - anchor.top;
        if (moved !== 0) scroller.scrollTop += moved;
      }
      remember(scroller);
    },
  };
}

function topOf(row: Element, scroller: HTMLElement): number {
  return row.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
}

/** The first row whose end is on screen, by halving: rows stand in order. */
function firstVisible(scroller: HTMLElement): HTMLElement | null {
  const rows = scroller.querySelectorAll<HTMLElement>('[data-key]');
  const edge = scroller.getBoundingClientRect().top;
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((rows[middle]?.getBoundingClientRect().bottom ?? 0) <= edge) low = middle + 1;
    else high = middle;
  }
  return rows[low] ?? null;
}
