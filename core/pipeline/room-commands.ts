import type { BridgeId, MessageId, RoomId, UserId } from '../domain/ids.ts';
import type { InboundAccount } from '../domain/inbound.ts';
import type { RemoteRef } from '../domain/message.ts';
import type { Portal } from '../domain/portal.ts';

/** Commands that people give in rooms. */
export interface RoomCommands {
  /** Whether this is one, so that it is no message; in a room that is linked with nothing (null) hardly anything is. */
  isCommand(text: string, portal: Portal | null): boolean;
  /** Whether this, said to the bot alone, is one that may be given so. */
  isDirect(text: string): boolean;
  /** Whether this shows a code that links a room or an account: nobody else shall see it. */
  isCode(text: string): boolean;
  /** Runs it; the answer goes to the room by itself. Resolves once what follows may be judged. */
  take(given: Given): Promise<void>;
}

/** A command as it was written or picked. */
export interface Given {
  readonly bridge: BridgeId;
  readonly platform: string;
  readonly room: RoomId;
  readonly portal: Portal | null;
  readonly by: InboundAccount;
  /** Written behind the prefix; or by name, as the platform registers it. */
  readonly said: { readonly text: string } | { readonly name: string; readonly rest: string };
  readonly replyTo: MessageId | null;
  /** Who was picked, or mentioned first. */
  readonly picked: { readonly user: UserId; readonly name: string; readonly platform: string | null } | null;
  /** Said to the bot alone; it is answered there. */
  readonly isDirect?: true;
  /** Where the answer goes: to the ticket, else as a reply to the message. */
  readonly ticket: string | null;
  readonly ref: RemoteRef | null;
  /** The same each time the platform tells of it. */
  readonly cause: string;
}
