import { systemClock } from '../../core/async/clock.ts';
import type { ChannelId, EpochMs, UserId } from '../../core/domain/ids.ts';
import type { InForce } from '../../core/pipeline/live-facts.ts';
import { startTestHub, type TestHub, type TestHubOptions } from '../fakes/hub.ts';
import { outcomeOf, type Participant, participant } from '../fakes/people.ts';
import { startRedis } from '../fakes/redis-server.ts';

export const WITHIN = { interval: 20 };
export const MINUTE = 60_000;
export const LOBBY = 'lobby' as ChannelId;

/** One or two hubs, the time of which a test can put forward. */
export interface Rig {
  readonly hub: TestHub;
  /** The second hub, on the same Redis. */
  readonly other: TestHub;
  forward(ms: number): void;
  now(): EpochMs;
  /** Somebody with a client, at this hub or the other. */
  come(name: string, options?: Come): Promise<Participant>;
  /** Gives a command and returns what was answered. */
  give(by: Participant, text: string, more?: { channel?: string; replyTo?: string }): Promise<string>;
  /** What becomes of a post. */
  post(who: Participant, channel?: string): Promise<string>;
  moderator(name: string, channel?: string): Promise<void>;
  /** Stops the first hub, lets time pass, and starts it again over the same data. */
  restart(passedMs?: number): Promise<void>;
  close(): Promise<void>;
}
interface Come {
  readonly role?: 'admin' | 'dj';
  readonly channel?: string;
  readonly at?: 'hub' | 'other';
}

export async function startRig(
  kind: 'embedded' | 'redis',
  options: Partial<TestHubOptions> & { readonly isTwo?: boolean } = {},
): Promise<Rig> {
  const redis = kind === 'redis' ? await startRedis({ appendonly: true }) : null;
  const { isTwo = false, ...rest } = options;
  let aheadMs = 0;
  const clock = { ...systemClock, now: () => (systemClock.now() + aheadMs) as EpochMs };
  const settings = { clock, redisUrl: redis?.url ?? null, ...rest };
  let hub = await startTestHub(settings);
  const other = isTwo ? await startTestHub({ ...settings, dataDir: hub.dataDir }) : null;
  const people: Participant[] = [];
  return {
    get hub() {
      return hub;
    },
    get other() {
      if (other === null) throw new Error('there is one hub');
      return other;
    },
    forward(ms) {
      aheadMs += ms;
    },
    now: clock.now,
    async come(name, { role, channel, at = 'hub' } = {}) {
      const here = at === 'other' && other !== null ? other : hub;
      const one = await participant(here.wsUrl, await here.user(name, role), channel);
      people.push(one);
      return one;
    },
    async give(by, text, { channel = 'lobby', replyTo } = {}) {
      const answer = await by.client.command(channel, text, replyTo ?? null);
      return answer.ok ? answer.value : `${answer.code}: ${answer.say}`;
    },
    post: async (who, channel = 'lobby') => outcomeOf(await who.client.post({ channel, text: 'hi' }).done),
    async moderator(name, channel = 'lobby') {
      await hub.hub.accounts.makeModerator(name, channel as ChannelId, null);
    },
    async restart(passedMs = 0) {
      for (const one of people.splice(0)) one.close();
      await hub.stop();
      aheadMs += passedMs;
      hub = await startTestHub({ ...settings, dataDir: hub.dataDir });
    },
    async close() {
      for (const one of people) one.close();
      await other?.stop();
      await hub.close();
      await redis?.stop();
    },
  };
}

export function idOf(who: Participant): UserId {
  const user = who.client.you()?.user;
  if (user === undefined) throw new Error('not signed in');
  return user as UserId;
}

/** All that restrains anybody, by what this hub knows. */
export function inForce(hub: TestHub): readonly InForce[] {
  const { knowledge, live } = hub.hub;
  return Array.from({ length: live.store.log.shards }, (_, shard) => knowledge.facts.inForce(shard).sanctions).flat();
}
