import { signal } from '@preact/signals';
import type { WireChatMessage } from '../../../core/domain/wire.ts';

/** What lies over the chat: one dialog at a time. */
export type Overlay =
  | { readonly kind: 'none' }
  | { readonly kind: 'directory' }
  | { readonly kind: 'settings' }
  | { readonly kind: 'keys' }
  | { readonly kind: 'delete'; readonly message: WireChatMessage }
  /** Of emoji: as a reaction, or into the text being written. */
  | { readonly kind: 'pick'; readonly take: (emoji: string) => void }
  /** The actions of one message, on touch screens. */
  | { readonly kind: 'sheet'; readonly message: WireChatMessage };

export const overlay = signal<Overlay>({ kind: 'none' });
export const isDrawerOpen = signal(false);

export function closeOverlay(): void {
  overlay.value = { kind: 'none' };
}
