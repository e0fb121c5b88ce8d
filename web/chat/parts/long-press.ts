import type { TargetedMouseEvent, TargetedPointerEvent } from 'preact';

const PRESS_MS = 450;
const SLOP_PX = 10;

/** Handlers that call back with the row that a finger rests on. */
export function createLongPress(pressed: (messageId: string) => void): {
  readonly onPointerDown: (event: TargetedPointerEvent<HTMLElement>) => void;
  readonly onPointerMove: (event: TargetedPointerEvent<HTMLElement>) => void;
  readonly onPointerUp: () => void;
  readonly onPointerCancel: () => void;
  readonly onContextMenu: (event: TargetedMouseEvent<HTMLElement>) => void;
} {
  let timer: ReturnType<typeof setTimeout> | null = null;
  let start = { x: 0, y: 0 };
  let isTouch = false;
  const cancel = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
  };
  return {
    onPointerDown(event) {
      cancel();
      isTouch = event.pointerType === 'touch';
      if (!isTouch || !(event.target instanceof Element)) return;
      const id = event.target.closest<HTMLElement>('[data-message]')?.dataset.message;
      if (id === undefined) return;
      start = { x: event.clientX, y: event.clientY };
      timer = setTimeout(() => pressed(id), PRESS_MS);
    },
    onPointerMove(event) {
      if (Math.hypot(event.clientX - start.x, event.clientY - start.y) > SLOP_PX) cancel();
    },
    onPointerUp: cancel,
    onPointerCancel: cancel,
    onContextMenu(event) {
      if (isTouch) event.preventDefault();
    },
  };
}
