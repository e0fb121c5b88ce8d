import { systemClock } from '../../core/async/clock.ts';
import type { ChannelId, EpochMs, UserId } from '../../core/domain/ids.ts';
import { startTestHub, type TestHub, type TestHubOptions } from '../fakes/hub.ts';
import { startRedis } from '../fakes/redis-server.ts';
import { connectPeer, PATIENT, type Peer } from '../fakes/socket-peer.ts';

export const WITHIN = { interval: 20 };
export const MINUTE_MS = 60_000;
export const LOBBY = 'lobby' as ChannelId;

/** One hub on the embedded store, or two on one Redis; time can be put forward. */
export interface Rig {
  readonly hubs: readonly [TestHub, ...TestHub[]];
  /** The last of them: another than the first, where there are two. */
  readonly other: TestHub;
  readonly redisUrl: string | null;
  forward(ms: number): void;
  /** A device of somebody, at this hub. */
  device(name: string | null, at?: TestHub, role?: 'admin' | 'dj'): Promise<Device>;
  /** Makes these users one person, as a confirmed link does. */
  link(...users: readonly UserId[]): Promise<void>;
  /** Starts the first hub again over the same data. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** A connection that holds every frame against the protocol, with what is asked for often. */
export interface Device extends Peer {
  readonly user: UserId;
  /** @returns what was answered; throws when it was refused */
  asks<T = unknown>(kind: string, of?: object): Promise<T>;
  does<T = unknown>(kind: string, of?: object): Promise<T>;
  /** The code that it was refused with; null: it was not. */
  refusal(frame: object): Promise<string | null>;
  gives(text: string, channel?: string): Promise<string>;
  join(channel?: string, more?: object): Promise<void>;
}

export async function startRig(
  kind: 'embedded' | 'redis',
  options: Partial<TestHubOptions> & { readonly clock?: never } = {},
): Promise<Rig> {
  const redis = kind === 'redis' ? await startRedis({ appendonly: true }) : null;
  let aheadMs = 0;
  const clock = { ...systemClock, now: () => (systemClock.now() + aheadMs) as EpochMs };
  const settings = { redisUrl: redis?.url ?? null, ...options, clock, config: { ...PATIENT, ...options.config } };
  const first = await startTestHub(settings);
  const { dataDir } = first;
  const hubs: [TestHub, ...TestHub[]] = [first];
  if (kind === 'redis') hubs.push(await startTestHub({ ...settings, dataDir }));
  const devices: Peer[] = [];
  let persons = 0;

  return {
    hubs,
    get other() {
      return hubs.at(-1) ?? hubs[0];
    },
    redisUrl: redis?.url ?? null,
    forward(ms) {
      aheadMs += ms;
    },
    async device(name, at = hubs[0], role) {
      const peer = await connectPeer(at.wsUrl, { token: name === null ? null : await at.user(name, role) });
      devices.push(peer);
      return deviceOf(peer);
    },
    async link(...users) {
      persons += 1;
      const { sql, knowledge } = hubs[0].hub;
      const row = { person: `person-${persons}`, platform: 'north', name: 'somebody', linked_at: 1 };
      await knowledge.directory.change({
        statements: users.map((user_id) => ({
          query: sql.build
            .insertInto('person_links')
            .values({ ...row, user_id })
            .compile(),
        })),
        scopes: null,
        what: [{ kind: 'person', person: row.person }],
      });
    },
    async restart() {
      await Promise.all(devices.splice(0).map((one) => one.close()));
      await hubs[0].stop();
      hubs[0] = await startTestHub({ ...settings, dataDir });
    },
    async close() {
      await Promise.all(devices.map((one) => one.close()));
      for (const one of hubs.slice(1)) await one.stop();
      await hubs[0].close();
      await redis?.stop();
    },
  };
}

async function deviceOf(peer: Peer): Promise<Device> {
  const { you } = await peer.next('welcome');
  async function answered<T>(frame: object): Promise<T> {
    const answer = await peer.ask(frame);
    if (answer.type !== 'answered') throw new Error(`refused: ${JSON.stringify(answer)}`);
    return answer.value as T;
  }
  return {
    ...peer,
    user: you.user,
    asks: (kind, of = {}) => answered({ type: 'ask', kind, of }),
    does: (kind, of = {}) => answered({ type: 'do', kind, of }),
    async refusal(frame) {
      const answer = await peer.ask(frame);
      return answer.type === 'error' ? answer.code : null;
    },
    async gives(text, channel = LOBBY) {
      const answer = await peer.ask({ type: 'command', channel, text });
      if (answer.type !== 'answer') throw new Error(`refused: ${JSON.stringify(answer)}`);
      return answer.say;
    },
    async join(channel = LOBBY, more = {}) {
      const answer = await peer.ask({ type: 'join', channel, after: null, ...more });
      if (answer.type !== 'joined') throw new Error(`not joined: ${JSON.stringify(answer)}`);
    },
  };
}

/** News of this kind that the device has had. */
export function newsOf(device: Peer, kind: string): readonly { readonly kind: string }[] {
  return device.frames.flatMap((frame) => (frame.type === 'self' && frame.what.kind === kind ? [frame.what] : []));
}
