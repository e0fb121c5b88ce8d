import { signal } from '@preact/signals';

export interface Toast {
  readonly id: number;
  readonly say: string;
  /** What can be done about it, as long as it is shown. */
  readonly act: { readonly label: string; readonly run: () => void } | null;
}

const SHOWN_MS = 6_000;
const SHOWN_WITH_ACT_MS = 10_000;
const MAX_SHOWN = 3;
export const toasts = signal<readonly Toast[]>([]);
let lastId = 0;

/** A short sentence at the foot of the page, read out politely. */
export function toast(say: string, act: Toast['act'] = null): void {
  lastId += 1;
  const id = lastId;
  toasts.value = [...toasts.peek().slice(1 - MAX_SHOWN), { id, say, act }];
  setTimeout(() => dropToast(id), act === null ? SHOWN_MS : SHOWN_WITH_ACT_MS);
}

export function dropToast(id: number): void {
  toasts.value = toasts.value.filter((one) => one.id !== id);
}
