import { afterEach, expect } from 'vitest';
import discord from '../../../bridges/discord/index.ts';
import { createPortDouble, type PortDouble } from '../../../core/contract/port-double.ts';
import { plainText, textContent } from '../../../core/domain/content.ts';
import type { EpochMs, RoomId } from '../../../core/domain/ids.ts';
import type { Inbound } from '../../../core/domain/inbound.ts';
import type { RemoteRef } from '../../../core/domain/message.ts';
import type { Bridge, Capabilities, CommandSpec, HubPort, Operations, Post } from '../../../core/plugin/index.ts';
import { type DiscordServer, startDiscord } from '../../fakes/discord-server.ts';
import { CHANNEL_ID } from '../../fakes/discord-world.ts';

export const ROOM = CHANNEL_ID as RoomId;

export interface Rig {
  readonly server: DiscordServer;
  readonly hub: PortDouble;
  readonly bridge: Bridge;
  start(): Promise<void>;
  /** Everything of one kind that the hub was told, once there are so many. */
  told<K extends Inbound['kind']>(kind: K, count?: number): Promise<readonly Extract<Inbound, { kind: K }>[]>;
  texts(): readonly string[];
  can(room?: RoomId): Capabilities;
  run<K extends keyof Operations>(operation: K, command: Operations[K][0], room?: RoomId): Promise<Operations[K][1]>;
  post(text: string, more?: Partial<Post>): Promise<RemoteRef>;
  /** Resolves once everything that was under way has been told. */
  settled(): Promise<void>;
}

export interface RigOptions {
  readonly rooms?: readonly RoomId[];
  readonly commands?: readonly CommandSpec[];
  readonly config?: object;
  readonly port?: (port: HubPort) => HubPort;
  readonly server?: DiscordServer;
}

const open: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.stop();
});

export async function createRig(options: RigOptions = {}): Promise<Rig> {
  const server = options.server ?? (await startDiscord());
  if (options.server === undefined) open.push(server);
  const hub = createPortDouble(options.rooms ?? [ROOM]);
  const port = { ...hub.port, commands: options.commands ?? [] };
  const config = discord.parseConfig({ token: server.world.token, apiRoot: server.apiRoot, ...options.config });
  const bridge = discord.create(config, options.port?.(port) ?? port);
  open.push(bridge);
  let marks = 0;

  function heard<K extends Inbound['kind']>(kind: K): readonly Extract<Inbound, { kind: K }>[] {
    return hub.received.filter((one): one is Extract<Inbound, { kind: K }> => one.kind === kind);
  }

  const rig: Rig = {
    server,
    hub,
    bridge,
    start: () => bridge.start(AbortSignal.timeout(20_000)),
    async told(kind, count = 1) {
      await expect.poll(() => heard(kind).length).toBeGreaterThanOrEqual(count);
      return heard(kind);
    },
    texts: () => heard('message').map(({ content }) => plainText(content.rich)),
    can: (room = ROOM) => bridge.capabilities(room),
    async run(operation, command, room = ROOM) {
      const able = bridge.capabilities(room)[operation];
      if (able === undefined) throw new Error(`it cannot ${operation}`);
      return able.run(command, AbortSignal.timeout(10_000));
    },
    async post(text, more = {}) {
      const [ref] = await rig.run('post', postOf(text, more), more.room ?? ROOM);
      if (ref === undefined) throw new Error('no ref');
      return ref;
    },
    async settled() {
      marks += 1;
      const mark = `settled ${marks}`;
      server.says({ ...STRANGER }, mark);
      await expect.poll(() => rig.texts()).toContain(mark);
    },
  };
  return rig;
}

const STRANGER = {
  id: '1000000000000000999',
  username: 'stranger',
  global_name: null,
  avatar: null,
  discriminator: '0',
};

export function postOf(text: string, more: Partial<Post> = {}): Post {
  return {
    room: ROOM,
    speaker: { kind: 'user', name: 'Ann', avatarUrl: null, key: 'u-ann' },
    text: textContent(text).rich,
    media: [],
    replyTo: null,
    sentAt: Date.now() as EpochMs,
    key: `key of ${text}`,
    ...more,
  };
}
