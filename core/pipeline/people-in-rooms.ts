import type { BridgeId, ChannelId, MessageId, RoomId } from '../domain/ids.ts';
import type { Inbound, InboundAccount, Stamped } from '../domain/inbound.ts';
import type { RemoteRef } from '../domain/message.ts';
import type { Portal } from '../domain/portal.ts';

/** What people do in rooms besides writing. Nothing of it is waited for. */
export interface PeopleInRooms {
  acted(platform: string, channel: ChannelId, by: InboundAccount): void;
  there(platform: string, portal: Portal, account: InboundAccount, isThere: boolean): void;
  typing(platform: string, portal: Portal, by: InboundAccount, on: boolean): void;
  read(platform: string, portal: Portal, read: ReadInRoom): void;
}
export interface ReadInRoom {
  readonly by: InboundAccount;
  readonly ref: RemoteRef;
  /** The message that it was. */
  readonly find: () => Promise<{ readonly channel: ChannelId; readonly id: MessageId } | null>;
}

export interface SignalDeps {
  readonly people: PeopleInRooms;
  /** The portal that takes what is said in this room. */
  readonly inlet: (bridge: BridgeId, room: RoomId) => Portal | null;
  readonly find: (bridge: BridgeId, portal: Portal, ref: RemoteRef) => Promise<MessageId | null>;
  readonly channelOf: (portal: Portal, id: MessageId) => Promise<ChannelId>;
}

/** Of signals hardly any is worth a word: what is not of a linked room is left out. */
export function createTakeSignal({ people, inlet, find, channelOf }: SignalDeps) {
  return ({ bridge, platform }: Stamped, said: Extract<Inbound, { kind: 'typing' | 'read' }>): void => {
    const portal = inlet(bridge, said.kind === 'typing' ? said.room : said.upTo.room);
    if (portal === null) return;
    const { by } = said;
    if (said.kind === 'typing') {
      people.typing(platform, portal, by, said.on);
      return;
    }
    const { upTo: ref } = said;
    const message = async () => {
      const id = await find(bridge, portal, ref);
      return id === null ? null : { id, channel: await channelOf(portal, id) };
    };
    people.read(platform, portal, { by, ref, find: message });
  };
}
