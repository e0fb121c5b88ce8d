import { signal } from '@preact/signals';
import type { Attachment } from '../../../core/domain/content.ts';
import type { Author } from '../../../core/domain/message.ts';
import type { WireChatMessage } from '../../../core/domain/wire.ts';

/** Somebody whose card is shown. */
export type Shown = Omit<Author, 'avatarUrl'>;

/** What lies over the chat: one dialog at a time. */
export type Overlay =
  | { readonly kind: 'none' }
  | { readonly kind: 'directory' }
  | { readonly kind: 'settings' }
  | { readonly kind: 'keys' }
  | { readonly kind: 'delete'; readonly message: WireChatMessage }
  /** Of emoji: as a reaction, or into the text being written. */
  | { readonly kind: 'pick'; readonly take: (emoji: string) => void }
  | { readonly kind: 'person'; readonly person: Shown }
  | { readonly kind: 'search' }
  | { readonly kind: 'library' }
  | { readonly kind: 'invitations' }
  | {
      readonly kind: 'picture';
      readonly pictures: readonly Attachment[];
      readonly at: number;
      /** That they stand in. */
      readonly message: WireChatMessage;
    }
  | { readonly kind: 'report'; readonly message: WireChatMessage }
  /** Everything that can be done with one message. */
  | { readonly kind: 'sheet'; readonly message: WireChatMessage };

export const overlay = signal<Overlay>({ kind: 'none' });
export const isDrawerOpen = signal(false);

export function closeOverlay(): void {
  overlay.value = { kind: 'none' };
}
