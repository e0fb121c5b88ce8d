import type { WireChatMessage } from '../../../core/domain/wire.ts';

/** What can be asked for from a row. */
export interface RowDeeds {
  reply(message: WireChatMessage): void;
  edit(message: WireChatMessage): void;
  remove(message: WireChatMessage): void;
  react(message: WireChatMessage, emoji: string, on: boolean): void;
  pickReaction(message: WireChatMessage): void;
  copyLink(message: WireChatMessage): void;
  /** Hides what its author writes, for this reader alone. */
  mute(message: WireChatMessage): void;
  jump(messageId: string): void;
  retryEdit(message: WireChatMessage, text: string): void;
  dropEdit(message: WireChatMessage): void;
}

/** What the reader may do with a message. The hub decides in the end; this only keeps away what it would refuse. */
export interface RowCan {
  readonly reply: boolean;
  readonly react: boolean;
  readonly edit: boolean;
  readonly remove: boolean;
  readonly mute: boolean;
}
