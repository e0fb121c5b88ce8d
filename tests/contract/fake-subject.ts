import type { ContractSubject, PlatformDouble } from 'slipmat-hub/contract';
import type { BridgePlugin } from 'slipmat-hub/plugin';
import type { RoomId } from '../../core/domain/ids.ts';
import { RETRY_AFTER_MS, startFakeRoom } from '../fakes/fake-room.ts';
import type { FakeRoomConfig } from '../fakes/fake-room-bridge.ts';

const ROOM = 'a' as RoomId;
const SECOND = 'b' as RoomId;
const BOT = 'hub-bot';
const ports = new WeakMap<PlatformDouble, number>();

/** The fake room, as the contract kit wants it. */
async function open(): Promise<PlatformDouble> {
  const server = await startFakeRoom();
  const posted = (room: RoomId) => server.posts(room).filter(({ by }) => by === BOT);
  const double: PlatformDouble = {
    room: ROOM,
    secret: server.token,
    retryAfterMs: RETRY_AFTER_MS,
    userPosts: async (text) => server.userPosts(ROOM, 'Ben', text),
    deliverAgain: async (id) => server.tellAgain(ROOM, id),
    posted: () => posted(ROOM),
    failures: ['cut', 'outage', 'silence'],
    failNext: (failure) => server.failNext(failure === 'cut' ? 'applied-then-cut' : failure),
    stop: server.stop,
    // It always tells a post before it answers who posted it.
    echoBeforeResponse: () => {},
    refuseLogin: () => server.failNext('unauthorized'),
    dropConnections: server.dropConnections,
    userEdits: async (id, text) => server.userEdits(ROOM, id, text),
    userRedacts: async (id) => server.userRedacts(ROOM, id),
    userReacts: async (id, emoji) => server.userReacts(ROOM, id, 'Ann', emoji),
    userReplies: async (to, text) => server.userReplies(ROOM, to, 'Ann', text),
    second: {
      room: SECOND,
      userPosts: async (text) => server.userPosts(SECOND, 'Ben', text),
      posted: () => posted(SECOND),
    },
    replyOf: (id) => server.posts(ROOM).find((one) => one.id === id)?.replyTo ?? null,
    reactionsOf: (id) => server.reactions(ROOM, id),
  };
  ports.set(double, server.port);
  return double;
}

export function fakeRoomSubject(
  plugin: BridgePlugin<FakeRoomConfig>,
  fields: object = {},
): ContractSubject<FakeRoomConfig> {
  return {
    plugin,
    open,
    config: (double) => ({ port: ports.get(double), token: double.secret, ...fields }),
    requiredField: 'token',
  };
}
