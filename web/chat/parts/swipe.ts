/** A drag that begins this near to the edge opens the drawer. */
const EDGE_PX = 32;
const FAR_PX = 56;
/** One that goes more down than across is a scroll. */
const MOST_SLOPE = 0.6;

interface Handlers {
  readonly onTouchStart: (event: TouchEvent) => void;
  readonly onTouchEnd: (event: TouchEvent) => void;
}

/** Opens a drawer on the left by a swipe from the edge, and closes it by one back. */
export function createSwipe(set: (isOpen: boolean) => void): Handlers {
  let start: { readonly x: number; readonly y: number } | null = null;
  return {
    onTouchStart(event) {
      const [touch] = event.touches;
      start = touch === undefined || event.touches.length > 1 ? null : { x: touch.clientX, y: touch.clientY };
    },
    onTouchEnd(event) {
      const [touch] = event.changedTouches;
      if (start === null || touch === undefined) return;
      const [across, down] = [touch.clientX - start.x, touch.clientY - start.y];
      if (Math.abs(down) > Math.abs(across) * MOST_SLOPE) return;
      if (across > FAR_PX && start.x < EDGE_PX) set(true);
      else if (across < -FAR_PX) set(false);
    },
  };
}
