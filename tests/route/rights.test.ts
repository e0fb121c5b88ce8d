import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../core/async/clock.ts';
import type { EpochMs, ScopeId, UserId } from '../../core/domain/ids.ts';
import { silentLogger } from '../../core/ops/log.ts';
import { bareSanction } from '../../core/pipeline/live-facts.ts';
import { sanctionStep } from '../../core/pipeline/steps.ts';
import type { LiveStore } from '../../core/store/ports.ts';
import { openRedis } from '../../core/store/redis/open.ts';
import { startTestHub, type TestHub } from '../fakes/hub.ts';
import { outcomeOf, type Participant, participant } from '../fakes/people.ts';
import { type RedisServer, startRedis } from '../fakes/redis-server.ts';

/** The hub's time, which a test can put forward. */
function movableClock() {
  let aheadMs = 0;
  return {
    clock: { ...systemClock, now: () => (Date.now() + aheadMs) as EpochMs },
    forward(ms: number) {
      aheadMs += ms;
    },
  };
}

describe('what is in force', () => {
  const time = movableClock();
  let redis: RedisServer;
  let hub: TestHub;
  /** As another hub, which gives the sanctions. */
  let other: LiveStore;
  let ann: Participant;
  beforeAll(async () => {
    redis = await startRedis({ appendonly: true });
    hub = await startTestHub({ redisUrl: redis.url, clock: time.clock });
    const memory = { highest: () => [], seqs: () => [] };
    other = await openRedis({ url: redis.url, clock: systemClock, log: silentLogger, maxEntries: 100_000, memory });
    ann = await participant(hub.wsUrl, await hub.user('ann'));
  });
  afterAll(async () => {
    ann.close();
    await other.close();
    await hub.close();
    await redis.stop();
  });

  const sanction = (act: 'timeout' | 'ban' | 'lift', until: number | null, cause: string) => {
    const user = ann.client.you()?.user as UserId;
    const body = bareSanction({ scope: 'mega' as ScopeId, user, act: 'timeout', until: until as EpochMs | null });
    return other.log.append(sanctionStep({ ...body, act }, [cause], systemClock.now()));
  };
  const post = async (): Promise<string> => outcomeOf(await ann.client.post({ channel: 'lobby', text: 'hi' }).done);

  it('a timeout given on another hub holds here at once, for posts, edits and reactions, and ends by itself', async () => {
    const id = await ann.say('before');
    await sanction('timeout', Date.now() + 120_000, 'one');
    expect(await post()).toBe('sanctioned');
    expect(outcomeOf(await ann.client.edit('lobby', id, 'other words'))).toBe('sanctioned');
    expect(outcomeOf(await ann.client.react('lobby', id, '🔥', true))).toBe('sanctioned');
    time.forward(121_000);
    expect(await post()).toBe('posted');
  });

  it('a ban holds until it is lifted, also over a restart of the hub', async () => {
    await sanction('ban', null, 'two');
    expect(await post()).toBe('sanctioned');
    ann.close();
    await hub.stop();
    hub = await startTestHub({ redisUrl: redis.url, dataDir: hub.dataDir, clock: time.clock });
    ann = await participant(hub.wsUrl, await hub.user('ann'));
    expect(await post()).toBe('sanctioned');
    await sanction('lift', null, 'three');
    expect(await post()).toBe('posted');
  });

  it('a change of rights that a crash left unannounced takes effect by the sweep', async () => {
    const bob = await participant(hub.wsUrl, await hub.user('bob'));
    const user = bob.client.you()?.user ?? '';
    const db = new Database(join(hub.dataDir, 'hub.sqlite'));
    db.prepare("insert into role_grants values (?, 'mega', 'lobby', 'moderator', null, 0)").run(user);
    db.prepare("insert into changes values ('left-by-a-crash', ?, ?, 0, 0)").run(
      JSON.stringify(['mega']),
      JSON.stringify([{ kind: 'roles', user }]),
    );
    const id = await ann.say('who may delete this?');
    const outcome = async () => outcomeOf(await bob.client.redact('lobby', id));
    await expect.poll(outcome).toBe('posted');
    const left = () => db.prepare('select count(*) from changes where is_announced = 0').pluck().get();
    await expect.poll(left).toBe(0);
    db.close();
    bob.close();
  });
});
