import { expect } from 'vitest';
import telegram from '../../../bridges/telegram/index.ts';
import { systemClock } from '../../../core/async/clock.ts';
import { createPortDouble, type PortDouble } from '../../../core/contract/port-double.ts';
import { plainText, textContent } from '../../../core/domain/content.ts';
import type { RoomId } from '../../../core/domain/ids.ts';
import type { Inbound } from '../../../core/domain/inbound.ts';
import type { RemoteRef } from '../../../core/domain/message.ts';
import type { Bridge } from '../../../core/plugin/bridge.ts';
import { isBridgeError } from '../../../core/plugin/errors.ts';
import type { HubPort } from '../../../core/plugin/hub-port.ts';
import type { Capabilities, Operations, Post } from '../../../core/plugin/operations.ts';
import type { FakeChat } from '../../fakes/telegram-chats.ts';
import { startTelegram, type TelegramServer } from '../../fakes/telegram-server.ts';

export const GROUP = -1_001_000_000_001;
export const FORUM = -1_001_000_000_002;
export const ROOM = `${GROUP}` as RoomId;
export const TOPIC = `${FORUM}/7` as RoomId;

/** Waits that a test would not sit out pass a hundred times faster. */
export const QUICK_CLOCK = { ...systemClock, after: (ms: number, run: () => void) => systemClock.after(ms / 100, run) };

export interface TelegramRig {
  readonly server: TelegramServer;
  readonly group: FakeChat;
  readonly forum: FakeChat;
  readonly hub: PortDouble;
  readonly bridge: Bridge;
  start(): Promise<void>;
  /** Another bridge with the same cursor and state, as after a new start of the hub. */
  again(): Promise<Bridge>;
  heard<K extends Inbound['kind']>(kind: K): readonly Extract<Inbound, { readonly kind: K }>[];
  hears<K extends Inbound['kind']>(kind: K, count: number): Promise<readonly Extract<Inbound, { readonly kind: K }>[]>;
  texts(): readonly string[];
  can(room?: RoomId): Capabilities;
  run<K extends keyof Operations>(operation: K, command: Operations[K][0], room?: RoomId): Promise<Operations[K][1]>;
  post(text: string, more?: Partial<Post>): Promise<RemoteRef>;
  stop(): Promise<void>;
}

export async function openRig(
  change: (port: HubPort, hub: PortDouble) => Partial<HubPort> = () => ({}),
): Promise<TelegramRig> {
  const server = await startTelegram();
  const group = server.group(GROUP);
  const forum = server.group(FORUM, { isForum: true });
  const hub = createPortDouble([ROOM, TOPIC]);
  const port = { ...hub.port, ...change(hub.port, hub) };
  const make = (): Bridge =>
    telegram.create(telegram.parseConfig({ token: server.token, apiRoot: server.url, pollSeconds: 5 }), port);
  const bridge = make();
  const bridges = [bridge];

  const heard: TelegramRig['heard'] = (kind) =>
    hub.received.flatMap((one) => (one.kind === kind ? [one as never] : []));
  return {
    server,
    group,
    forum,
    hub,
    bridge,
    start: () => bridge.start(AbortSignal.timeout(10_000)),
    async again() {
      const next = make();
      bridges.push(next);
      await next.start(AbortSignal.timeout(10_000));
      return next;
    },
    heard,
    async hears(kind, count) {
      await expect.poll(() => heard(kind).length).toBeGreaterThanOrEqual(count);
      return heard(kind);
    },
    texts: () => heard('message').map(({ content }) => plainText(content.rich)),
    can: (room = ROOM) => bridge.capabilities(room),
    async run(operation, command, room = ROOM) {
      const found = bridge.capabilities(room)[operation];
      if (found === undefined) throw new Error(`no ${operation}`);
      return found.run(command, AbortSignal.timeout(10_000)) as never;
    },
    async post(text, more = {}) {
      const post = bridge.capabilities(ROOM).post;
      const [ref] = (await post?.run(postOf(text, more), AbortSignal.timeout(10_000))) ?? [];
      if (ref === undefined) throw new Error('no ref');
      return ref;
    },
    async stop() {
      for (const one of bridges) await one.stop();
      await server.stop();
    },
  };
}

export function postOf(text: string, more: Partial<Post> = {}): Post {
  const plain = textContent(text).rich;
  const at = systemClock.now();
  return { room: ROOM, speaker: { kind: 'hub' }, text: plain, media: [], replyTo: null, sentAt: at, key: 'k', ...more };
}

/** How an attempt failed. */
export async function failureOf(attempt: Promise<unknown>) {
  const error = await attempt.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!isBridgeError(error)) throw new Error('it did not end with a BridgeError', { cause: error });
  return error.failure;
}
