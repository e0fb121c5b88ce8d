import type { WireChatMessage } from '../../../core/domain/wire.ts';
import type { CannotDo } from './writing.ts';

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
  report(message: WireChatMessage): void;
  /** Everything that can be done with it, in a list. */
  more(message: WireChatMessage): void;
  /** Of its author, for every platform; minutes null: a ban. */
  sanction(message: WireChatMessage, minutes: number | null): void;
  /** What its pictures are. */
  mark(message: WireChatMessage, mark: 'safe' | 'nsfw'): void;
  /** What the platforms that it goes to cannot do, in words; empty: they all can. */
  cannot(what: CannotDo): string;
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
  readonly report: boolean;
  /** Time its author out, or ban them. */
  readonly sanction: boolean;
  /** Say what its pictures are. */
  readonly mark: boolean;
}

export function isSameCan(a: RowCan, b: RowCan): boolean {
  return (
    a === b ||
    (a.reply === b.reply &&
      a.react === b.react &&
      a.edit === b.edit &&
      a.remove === b.remove &&
      a.mute === b.mute &&
      a.report === b.report &&
      a.sanction === b.sanction &&
      a.mark === b.mark)
  );
}
