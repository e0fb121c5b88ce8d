import twitch from '../../../bridges/twitch/index.ts';
import { type Clock, systemClock } from '../../../core/async/clock.ts';
import { createPortDouble, type PortDouble } from '../../../core/contract/port-double.ts';
import type { Content } from '../../../core/domain/content.ts';
import { plainText, textContent } from '../../../core/domain/content.ts';
import type { ChannelId, RoomId } from '../../../core/domain/ids.ts';
import type { Inbound } from '../../../core/domain/inbound.ts';
import type { RemoteRef } from '../../../core/domain/message.ts';
import type { Bridge } from '../../../core/plugin/bridge.ts';
import { type BridgeFailure, isBridgeError } from '../../../core/plugin/errors.ts';
import type { HubPort, LinkedRoom, LinkState } from '../../../core/plugin/hub-port.ts';
import type { Capabilities, Post } from '../../../core/plugin/operations.ts';
import { type FakeTwitch, startTwitch } from '../../fakes/twitch.ts';

export type Of<Kind extends Inbound['kind']> = Extract<Inbound, { readonly kind: Kind }>;

export interface RigOptions {
  readonly twitch?: FakeTwitch;
  readonly scopes?: readonly string[];
  readonly rooms?: readonly string[];
  readonly fields?: object;
  readonly clock?: Clock;
  readonly port?: Partial<HubPort>;
  /** Kept values of an earlier run. */
  readonly kept?: Map<string, string>;
}

/** One bridge on one fake Twitch, with a hub reduced to its port. */
export interface Rig {
  readonly twitch: FakeTwitch;
  readonly hub: PortDouble;
  readonly bridge: Bridge;
  readonly kept: Map<string, string>;
  start(): Promise<void>;
  can(room?: RoomId): Capabilities;
  post(text: string | Content, more?: Partial<Post>): Promise<readonly RemoteRef[]>;
  heard<Kind extends Inbound['kind']>(kind: Kind): readonly Of<Kind>[];
  texts(): readonly string[];
  /** What was last said of a room, or of the link. */
  state(room: RoomId | null): LinkState | undefined;
  relink(rooms: readonly string[]): void;
}

const open: (() => Promise<void>)[] = [];

/** For `afterEach`: stops what the test has started. */
export async function closeRigs(): Promise<void> {
  for (const close of open.splice(0)) await close();
}

export async function createRig(options: RigOptions = {}): Promise<Rig> {
  const server = options.twitch ?? (await startTwitch(options.scopes));
  const hub = createPortDouble([]);
  const kept = options.kept ?? new Map<string, string>();
  const [room] = server.rooms;
  const rooms = createRooms(options.rooms ?? server.rooms);
  const port: HubPort = {
    ...hub.port,
    rooms: rooms.port,
    clock: options.clock ?? systemClock,
    state: {
      load: async (name) => kept.get(name) ?? null,
      save: async (name, value) => void kept.set(name, value),
    },
    ...options.port,
  };
  const bridge = twitch.create(twitch.parseConfig(server.config(options.fields)), port);
  open.push(async () => {
    await bridge.stop();
    if (options.twitch === undefined) await server.stop();
  });
  const heard = <Kind extends Inbound['kind']>(kind: Kind): readonly Of<Kind>[] =>
    hub.received.filter((one): one is Of<Kind> => one.kind === kind);
  const can = (of = room): Capabilities => bridge.capabilities(of);
  return {
    twitch: server,
    hub,
    bridge,
    kept,
    can,
    heard,
    start: () => bridge.start(new AbortController().signal),
    async post(text, more = {}) {
      const { rich } = typeof text === 'string' ? textContent(text) : text;
      const base = { room, speaker: { kind: 'hub' }, media: [], replyTo: null, key: 'k' } as const;
      const run = can(more.room).post?.run;
      if (run === undefined) throw new Error('the bridge cannot post');
      return run({ ...base, text: rich, sentAt: systemClock.now(), ...more }, new AbortController().signal);
    },
    texts: () => heard('message').map(({ content }) => plainText(content.rich)),
    state: (of) => hub.states.findLast((one) => one.room === of)?.state,
    relink: rooms.relink,
  };
}

function createRooms(first: readonly string[]) {
  const listeners = new Set<Parameters<HubPort['rooms']['onChange']>[0]>();
  const linkOf = (room: string): LinkedRoom => ({
    room: room as RoomId,
    channel: 'lobby' as ChannelId,
    direction: 'both',
  });
  let list = first.map(linkOf);
  return {
    port: {
      list: () => list,
      onChange(listener: Parameters<HubPort['rooms']['onChange']>[0]) {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    },
    relink(rooms: readonly string[]) {
      const before = list;
      list = rooms.map(linkOf);
      for (const tell of listeners) {
        for (const room of before) if (!list.some((one) => one.room === room.room)) tell({ kind: 'unlinked', room });
        for (const room of list) if (!before.some((one) => one.room === room.room)) tell({ kind: 'linked', room });
      }
    },
  };
}

/** The failure that an attempt ends with. */
export async function failureOf(attempt: Promise<unknown>): Promise<BridgeFailure> {
  try {
    await attempt;
  } catch (error) {
    if (isBridgeError(error)) return error.failure;
    throw error;
  }
  throw new Error('it did not fail');
}
