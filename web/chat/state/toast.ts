import { signal } from '@preact/signals';

export interface Toast {
  readonly id: number;
  readonly say: string;
}

const SHOWN_MS = 6_000;
const MAX_SHOWN = 3;
export const toasts = signal<readonly Toast[]>([]);
let lastId = 0;

/** A short sentence at the foot of the page, read out politely. */
export function toast(say: string): void {
  lastId += 1;
  const id = lastId;
  toasts.value = [...toasts.peek().slice(1 - MAX_SHOWN), { id, say }];
  setTimeout(() => {
    toasts.value = toasts.value.filter((one) => one.id !== id);
  }, SHOWN_MS);
}
