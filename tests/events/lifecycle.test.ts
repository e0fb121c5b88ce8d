import { afterEach, describe, expect, it } from 'vitest';
import { outcomeOf } from '../fakes/people.ts';
import { type RedisServer, startRedis } from '../fakes/redis-server.ts';
import { movedClock, type Rig, startRig, WITHIN } from '../portals/rig.ts';
import { MIN, notices, plan, reaches, stateOf, turn } from './rig.ts';

let rig: Rig;
let redis: RedisServer | null = null;
let clock: ReturnType<typeof movedClock>;
afterEach(async () => {
  await rig.close();
  await redis?.stop();
  redis = null;
});

describe.each(['embedded', 'redis'] as const)('on the %s store', (store) => {
  async function start(): Promise<void> {
    redis = store === 'redis' ? await startRedis() : null;
    clock = movedClock();
    rig = await startRig({ redisUrl: redis?.url ?? null, clock });
    await rig.native('kool', 'dj', 'lobby');
  }
  const hub = () => rig.hub().hub;

  it('T5: a planned event opens, is live, cools down and is archived, also over a restart; its chat takes posts meanwhile alone', async () => {
    await start();
    const ann = await rig.native('ann');
    const event = await plan(hub(), 'kool', 'Summer Night', clock.now() + 60 * MIN);
    const { channel } = event;
    expect(channel).toBe('live-summer-night');
    const post = async (text: string) => outcomeOf(await ann.client.post({ channel, text }).done);
    expect((await ann.client.join(channel)).ok).toBe(true);
    expect(await post('too early')).toBe('read-only');
    clock.ahead(30 * MIN);
    await reaches(hub(), channel, 'warmup');
    expect(await post('warm')).toBe('posted');
    await rig.restart({ clock });
    expect(stateOf(hub(), channel)).toBe('warmup');
    expect((await turn(hub(), 'kool', event, 'start')).ok).toBe(true);
    clock.ahead(29 * MIN);
    await rig.restart({ clock });
    // 30 minutes without stream
    clock.ahead(2 * MIN);
    await reaches(hub(), channel, 'ended');
    clock.ahead(31 * MIN);
    await reaches(hub(), channel, 'archived');
    const eve = await rig.native('eve', undefined, channel);
    expect(outcomeOf(await eve.client.post({ channel, text: 'too late' }).done)).toBe('read-only');
    await expect
      .poll(() => notices(hub(), channel), WITHIN)
      .toEqual(['event-open', 'event-start', 'event-end', 'event-archive']);
    expect(await notices(hub(), 'dj-kool')).toEqual(['event-plan', 'event-open', 'event-start', 'event-end']);
    // the DJ's own chat was open all the time
    expect(outcomeOf(await eve.client.post({ channel: 'dj-kool', text: 'hello' }).done)).toBe('posted');
  });
});
