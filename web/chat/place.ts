/*
 * Keeps the reader's place in a scrolling list: at the bottom it stays there, elsewhere the row on screen stays where it
 * is, whatever is added, changed or taken away above it. Browsers differ in doing this themselves, so none does.
 */
export interface Place {
  /** After every scroll. @returns whether the reader moved up since */
  note(scroller: HTMLElement): boolean;
  /** After every change of the list or of its size. */
  settle(scroller: HTMLElement, isPinned: boolean): void;
  /** Goes to the end, wherever the reader is. */
  toEnd(scroller: HTMLElement): void;
}

/** Nearer to the end than this is at the end. */
export const NEAR_PX = 40;

export function distanceToEnd(scroller: HTMLElement): number {
  return scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight;
}

/**
 * A change may come while the reader is scrolling and the browser has not told yet. So what is corrected is how far rows
 * moved within the list, never where the reader is.
 */
export function createPlace(): Place {
  let lastTop = 0;
  let lastSize = '';
  let anchor: { readonly row: HTMLElement; readonly key: string; readonly offset: number } | null = null;

  const remember = (scroller: HTMLElement): void => {
    const row = firstVisible(scroller);
    const key = row?.dataset.key;
    anchor = row === null || key === undefined ? null : { row, key, offset: offsetOf(row, scroller) };
  };
  const toEnd = (scroller: HTMLElement): void => {
    scroller.scrollTop = scroller.scrollHeight;
    lastTop = scroller.scrollTop;
  };
  const keepEnd = (scroller: HTMLElement): void => {
    const size = `${scroller.scrollHeight} ${scroller.clientHeight}`;
    if (size === lastSize) return;
    lastSize = size;
    const isLeaving = scroller.scrollTop < lastTop && distanceToEnd(scroller) >= NEAR_PX;
    if (!isLeaving) toEnd(scroller);
  };
  const keepRow = (scroller: HTMLElement): void => {
    lastSize = '';
    if (anchor === null) return;
    const row = anchor.row.isConnected ? anchor.row : scroller.querySelector<HTMLElement>(`[data-key="${anchor.key}"]`);
    const moved = row === null ? 0 : offsetOf(row, scroller) - anchor.offset;
    if (moved === 0) return;
    scroller.scrollTop += moved;
    lastTop += moved;
  };
  return {
    note(scroller) {
      const hasMovedUp = scroller.scrollTop < lastTop;
      lastTop = scroller.scrollTop;
      remember(scroller);
      return hasMovedUp;
    },
    settle(scroller, isPinned) {
      if (isPinned) keepEnd(scroller);
      else keepRow(scroller);
      remember(scroller);
    },
    toEnd(scroller) {
      toEnd(scroller);
      remember(scroller);
    },
  };
}

/** How far down the list a row stands, wherever the list is scrolled to. */
function offsetOf(row: Element, scroller: HTMLElement): number {
  return row.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop;
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
