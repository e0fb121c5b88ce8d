import { bridges } from '../../bridges/index.ts';
import { systemClock } from '../../core/async/clock.ts';
import { userIdOf } from '../../core/async/mint.ts';
import type { AccountId, BridgeId, ChannelId, EpochMs, RoomId, UserId } from '../../core/domain/ids.ts';
import type { Inbound } from '../../core/domain/inbound.ts';
import type { Portal } from '../../core/domain/portal.ts';
import type { BuiltIns } from '../../core/plugin/load.ts';
import { type FakeAct, type FakeRoomServer, startFakeRoom } from '../fakes/fake-room.ts';
import fakeRoomBridge from '../fakes/fake-room-bridge.ts';
import { startTestHub, type TestHub, type TestHubOptions } from '../fakes/hub.ts';
import { movedClock } from '../portals/rig.ts';

export const WITHIN = { interval: 20 };
export const MINUTE_MS = 60_000;
export const LOBBY = 'lobby' as ChannelId;
export const PLATFORMS = ['north', 'south', 'east', 'west'] as const;
export type PlatformName = (typeof PLATFORMS)[number];

/** Four platforms that are told apart by nothing but their names and what they let the bridge do. */
export const FOUR: BuiltIns = {
  ...bridges,
  bridges: {
    ...bridges.bridges,
    ...Object.fromEntries(PLATFORMS.map((platform) => [platform, async () => ({ ...fakeRoomBridge, platform })])),
  },
};

export type Can = Readonly<Partial<Record<PlatformName, object | null>>>;

export interface World {
  readonly rooms: Readonly<Record<PlatformName, FakeRoomServer>>;
  /** Each platform is a bridge of its own name with one room, `dance`, linked with the channel. */
  config(can?: Can, channel?: string): Record<string, unknown>;
  acts(platform: PlatformName): readonly FakeAct[];
  close(): Promise<void>;
}

export async function startWorld(): Promise<World> {
  const servers = await Promise.all(PLATFORMS.map(() => startFakeRoom()));
  const rooms = Object.fromEntries(PLATFORMS.map((name, at) => [name, servers[at]])) as World['rooms'];
  return {
    rooms,
    config(can = {}, channel = 'lobby') {
      const configs = PLATFORMS.map((name) => {
        const { port, token } = rooms[name];
        const sanction = name in can ? can[name] : {};
        const config = { port, token, knowsRoles: true, sanction };
        return { id: name, use: name, required: true, config };
      });
      return { bridges: configs, portals: PLATFORMS.map((name) => ({ channel, bridge: name, room: 'dance' })) };
    },
    acts: (platform) => rooms[platform].acts('dance'),
    async close() {
      await Promise.all(servers.map((one) => one.stop()));
    },
  };
}

export interface Stage {
  readonly world: World;
  readonly clock: ReturnType<typeof movedClock>;
  hub(): TestHub;
  start(options?: Partial<TestHubOptions>, can?: Can): Promise<TestHub>;
  /** As somebody of the native chat. @returns the answer */
  act(name: string, text: string, channel?: string): Promise<string>;
  portal(platform: PlatformName): Portal;
  reach(platform: PlatformName, reach: Portal['reach']): Promise<void>;
  /** Somebody says something on a platform, and the hub has dealt with it. */
  writes(platform: PlatformName, name: string, text: string): Promise<string>;
  /** Tells of a native act. */
  tells(platform: PlatformName, act: Partial<Extract<Inbound, { kind: 'sanction' }>> & { readonly on: string }): void;
  /** Makes a bridged person a moderator of the lobby. */
  moderator(user: UserId): Promise<void>;
  /** The channel lets the own moderators of this platform's room act for it. */
  trust(platform: PlatformName): Promise<void>;
  /** What is written down of acts of moderation, as far as it is archived. */
  audit(): Promise<readonly Audited[]>;
  sanction(user: UserId): { readonly act: string; readonly until: number | null } | null;
  close(): Promise<void>;
}

interface Audited {
  readonly act: string;
  readonly by: string | null;
  readonly target: string | null;
  readonly reason: string | null;
  readonly channel: string | null;
}

export async function openStage(): Promise<Stage> {
  const world = await startWorld();
  const clock = movedClock();
  let running: TestHub | null = null;
  let events = 0;
  const hub = (): TestHub => {
    if (running === null) throw new Error('no hub runs');
    return running;
  };
  const stage: Stage = {
    world,
    clock,
    hub,
    async start(options = {}, can = {}) {
      running = await startTestHub({ builtIns: FOUR, clock, config: world.config(can), ...options });
      return running;
    },
    act: (name, text, channel) => actAs(hub(), name, text, channel),
    portal(platform) {
      const found = hub().hub.portals.at(platform as string as BridgeId, 'dance' as RoomId);
      if (found === null) throw new Error(`no portal of ${platform}`);
      return found;
    },
    async reach(platform, reach) {
      const changed = await hub().hub.linking.desk.change(stage.portal(platform).id, { reach });
      if (!changed.ok) throw new Error(changed.say);
    },
    async writes(platform, name, text) {
      const id = world.rooms[platform].userPosts('dance', name, text);
      return id;
    },
    tells(platform, { on, ...act }) {
      events += 1;
      const account = { id: on as AccountId, name: on, avatarUrl: null, isBot: false };
      const told = {
        kind: 'sanction',
        eventId: `native-${events}`,
        room: 'dance' as RoomId,
        account,
        by: null,
      } as const;
      const at = systemClock.now() as EpochMs;
      world.rooms[platform].tells({ ...told, act: 'timeout', until: null, reason: null, at, ...act });
    },
    async moderator(user) {
      const { sql, knowledge } = hub().hub;
      const row = { user_id: user, scope: 'mega', channel_id: '', role: 'moderator', granted_by: null, granted_at: 0 };
      const query = sql.build.insertInto('role_grants').values(row).compile();
      await knowledge.directory.change({ statements: [{ query }], scopes: null, what: [{ kind: 'roles', user }] });
    },
    async trust(platform) {
      const { sql, knowledge } = hub().hub;
      const settings = JSON.stringify({ trustedPortals: [stage.portal(platform).id] });
      const row = { channel_id: LOBBY, settings, changed_by: null, changed_at: 0 };
      const query = sql.build.insertInto('channel_settings').values(row).compile();
      const what = [{ kind: 'settings', channel: LOBBY }] as const;
      await knowledge.directory.change({ statements: [{ query }], scopes: null, what });
    },
    audit() {
      const { build, read } = hub().hub.sql;
      const columns = ['act', 'by_id as by', 'target_id as target', 'reason', 'channel_id as channel'] as const;
      return read(build.selectFrom('audit').select(columns).compile());
    },
    sanction(user) {
      const found = hub().hub.knowledge.facts.sanction('mega' as never, user);
      return found === null ? null : { act: found.act, until: found.until };
    },
    async close() {
      await running?.close();
      await world.close();
    },
  };
  return stage;
}

export async function actAs({ hub }: TestHub, name: string, text: string, channel = 'lobby'): Promise<string> {
  const person = await hub.accounts.findByName(name);
  if (person === null) throw new Error(`nobody is called ${name}`);
  const { user, platform } = person;
  const actor = { user, name, platform, avatarUrl: null, isGuest: false, isBot: false };
  const answer = await hub.linking.act(actor, { channel: channel as ChannelId, text, replyTo: null });
  return answer.ok ? answer.value.say : answer.say;
}

export function by(name: string) {
  return { id: name as AccountId, name, avatarUrl: null, isBot: false };
}

export function userOn(platform: PlatformName, name: string): UserId {
  return userIdOf(platform, name as AccountId);
}

/** One person with an account of this name on each of the platforms. */
export async function linkEverywhere({ hub }: TestHub, user: UserId, name: string): Promise<void> {
  const rows = PLATFORMS.map((platform) => ({ platform, account_id: name, user_id: user, name, at: 0 }));
  await hub.sql.write([{ query: hub.sql.build.insertInto('seen_accounts').values(rows).compile() }]);
}
