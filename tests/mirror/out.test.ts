import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestHub } from '../fakes/hub.ts';
import { startRedis } from '../fakes/redis-server.ts';
import {
  actAs,
  FOUR,
  LOBBY,
  linkEverywhere,
  MINUTE_MS,
  openStage,
  PLATFORMS,
  type Stage,
  userOn,
  WITHIN,
} from './rig.ts';
import { startProcess } from './start-process.ts';

const SECOND_MS = 1_000;
let stage: Stage;
const MALLORY = userOn('north', 'mallory');

beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage.close());

async function startWithMallory(...args: Parameters<Stage['start']>): Promise<void> {
  await stage.start(...args);
  await stage.hub().user('carla', 'admin');
  await linkEverywhere(stage.hub(), MALLORY, 'mallory');
}
const acts = () => PLATFORMS.map((name) => stage.world.acts(name).map(({ act }) => act));

describe('one act, everywhere', () => {
  it('M1: a person known on four platforms is timed out from a fifth: natively where it may be, by the hub elsewhere, and the moderator is told', async () => {
    // the bridge lacks the right in the east; nobody has allowed anything in the south
    await startWithMallory({}, { east: null });
    for (const name of ['north', 'east', 'west'] as const) await stage.reach(name, 'timeouts');
    const before = stage.clock.now();
    const answer = await stage.act('carla', `timeout ${MALLORY} 5 spam`);
    expect(answer).toContain(
      'North, West: applied; East: by the hub, the bot lacks the right there; South: by the hub, native acts are not allowed there',
    );
    for (const name of ['north', 'west'] as const) {
      const [act, ...more] = stage.world.acts(name);
      expect(more).toEqual([]);
      expect(act).toMatchObject({ account: 'mallory', act: 'timeout' });
      expect((act?.until ?? 0) - before).toBeGreaterThan(5 * MINUTE_MS - SECOND_MS);
      expect((act?.until ?? 0) - before).toBeLessThan(5 * MINUTE_MS + 10 * SECOND_MS);
    }
    expect([stage.world.acts('south'), stage.world.acts('east')]).toEqual([[], []]);
    const told = await stage
      .hub()
      .hub.sql.read(stage.hub().hub.sql.build.selectFrom('audit_effects').selectAll().compile());
    expect(told.map(({ effect }) => effect)).toEqual([answer.slice(answer.indexOf('North'))]);
  });

  it('lifts everywhere what a moderator lifts, and says so', async () => {
    await startWithMallory();
    for (const name of PLATFORMS) await stage.reach(name, 'bans');
    await stage.act('carla', `ban ${MALLORY} spam`);
    expect(acts()).toEqual([['ban'], ['ban'], ['ban'], ['ban']]);
    expect(await stage.act('carla', `unban ${MALLORY}`)).toContain('East, North, South, West: lifted');
    expect(acts()).toEqual(PLATFORMS.map(() => ['ban', 'lift']));
  });

  it('never makes a ban of a timeout, nor bans where timeouts alone are allowed', async () => {
    await startWithMallory({}, { north: { acts: ['ban', 'lift'] } });
    await stage.reach('north', 'bans');
    await stage.reach('west', 'timeouts');
    expect(await stage.act('carla', `timeout ${MALLORY} 2`)).toContain('North: by the hub, there is no such act there');
    expect(await stage.act('carla', `ban ${MALLORY}`)).toMatch(
      /North: applied.*West: by the hub, bans are not allowed/,
    );
    expect(stage.world.acts('north').map(({ act }) => act)).toEqual(['ban']);
    // the timeout was ended by the ban of the hub, which holds the line alone there
    expect(stage.world.acts('west').map(({ act }) => act)).not.toContain('ban');
  });

  it('sends a timeout nowhere with less than 35 s left, however it came about', async () => {
    await startWithMallory();
    await stage.reach('north', 'timeouts');
    await stage.reach('west', 'timeouts');
    stage.world.rooms.west.failNext('rate-limit', 1);
    const release = stage.world.rooms.north.stall('dance');
    const answer = stage.act('carla', `timeout ${MALLORY} 2`);
    await expect.poll(() => stage.world.acts('west').length, WITHIN).toBe(1);
    await stage.hub().stop();
    release();
    stage.clock.ahead(2 * MINUTE_MS - 20 * SECOND_MS);
    await answer.catch(() => null);
    const before = stage.world.acts('north').length;
    await stage.start({ dataDir: stage.hub().dataDir });
    await expect
      .poll(
        async () =>
          (
            await stage
              .hub()
              .hub.sql.read(
                stage
                  .hub()
                  .hub.sql.build.selectFrom('mirror_effects')
                  .select('why')
                  .where('portal', '=', stage.portal('north').id)
                  .compile(),
              )
          )[0]?.why,
        WITHIN,
      )
      .toBe('too-short');
    expect(stage.world.acts('north')).toHaveLength(before);
  });

  it('brings it to a platform once that is there, and in a new room that allows it', async () => {
    await startWithMallory();
    await stage.act('carla', `ban ${MALLORY}`);
    expect(acts()).toEqual([[], [], [], []]);
    await stage.reach('north', 'bans');
    await expect.poll(acts, WITHIN).toEqual([['ban'], [], [], []]);
    // less is allowed: what was done is taken back
    await stage.reach('north', 'none');
    await expect.poll(acts, WITHIN).toEqual([['ban', 'lift'], [], [], []]);
  });

  it('tries again what failed for now, keeps the newest, and gives up what is refused for good', async () => {
    await startWithMallory();
    await stage.reach('north', 'bans');
    await stage.reach('west', 'bans');
    stage.world.rooms.north.failNext('outage', 2);
    stage.world.rooms.west.failNext('bad-command', 1);
    expect(await stage.act('carla', `ban ${MALLORY}`)).toContain('West: by the hub, the platform refused it');
    await expect.poll(() => acts()[0], WITHIN).toEqual(['ban']);
    stage.world.rooms.north.failNext('outage', 1);
    await stage.act('carla', `unban ${MALLORY}`);
    await expect.poll(() => acts()[0], WITHIN).toEqual(['ban', 'lift']);
    expect(acts()[3]).toEqual([]);
  });

  it('an event moderator bans nobody in a place that has not allowed it', async () => {
    await startWithMallory();
    await stage.hub().user('mo');
    const made = await stage.hub().hub.accounts.makeModerator('mo', LOBBY, null);
    expect(made.ok).toBe(true);
    expect(await stage.act('mo', `ban ${MALLORY}`)).toContain('native acts are not allowed there');
    expect(acts()).toEqual([[], [], [], []]);
  });
});

describe('over stops', () => {
  it('what the platform does not end by itself is lifted when its time is over, also while the hub was down', async () => {
    await startWithMallory({}, { north: { needsLift: true } });
    await stage.reach('north', 'timeouts');
    await stage.reach('west', 'timeouts');
    await stage.act('carla', `timeout ${MALLORY} 5`);
    const { dataDir } = stage.hub();
    await stage.hub().stop();
    stage.clock.ahead(6 * MINUTE_MS);
    await stage.start({ dataDir }, { north: { needsLift: true } });
    await expect.poll(acts, WITHIN).toEqual([['timeout', 'lift'], [], [], ['timeout']]);
    expect(stage.sanction(MALLORY)).toBe(null);
  });

  it('is not repeated by a new start', async () => {
    await startWithMallory();
    for (const name of PLATFORMS) await stage.reach(name, 'bans');
    await stage.act('carla', `ban ${MALLORY}`);
    const { dataDir } = stage.hub();
    await stage.hub().stop();
    await stage.start({ dataDir });
    // what is brought there after the hub has looked at what is in force
    await linkEverywhere(stage.hub(), userOn('west', 'other'), 'other');
    await stage.act('carla', `ban ${userOn('west', 'other')}`);
    await expect.poll(acts, WITHIN).toEqual(PLATFORMS.map(() => ['ban', 'ban']));
    await expect.poll(() => stage.world.acts('north').map(({ account }) => account)).toEqual(['mallory', 'other']);
  });

  it('M1: is lifted on all platforms at its time, with the hub killed in between, and what was not yet done is done', async () => {
    await startWithMallory({}, { north: { needsLift: true } });
    for (const name of PLATFORMS) await stage.reach(name, 'bans');
    const { dataDir } = stage.hub();
    await stage.hub().stop();
    const killed = await startProcess(dataDir, stage.world.config({ north: { needsLift: true } }));
    // one platform does not answer, and the hub falls while it waits
    stage.world.rooms.west.failNext('silence', 1, 'dance');
    const answer = await killed.say(`timeout ${MALLORY} 10`);
    expect(answer).toContain('West: pending');
    await killed.kill();
    expect(stage.world.acts('west')).toEqual([]);
    await stage.start({ dataDir }, { north: { needsLift: true } });
    await expect.poll(() => stage.world.acts('west').at(-1)?.act, WITHIN).toBe('timeout');
    const { dataDir: same } = stage.hub();
    await stage.hub().stop();
    stage.clock.ahead(11 * MINUTE_MS);
    await stage.start({ dataDir: same }, { north: { needsLift: true } });
    await expect.poll(() => stage.world.acts('north').map(({ act }) => act), WITHIN).toEqual(['timeout', 'lift']);
    await expect.poll(() => stage.sanction(MALLORY), WITHIN).toBe(null);
    for (const { until } of PLATFORMS.flatMap((name) =>
      stage.world.acts(name).filter(({ act }) => act === 'timeout'),
    )) {
      expect(until ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(stage.clock.now());
    }
  });

  it('two hubs: whichever takes the command, the one that runs the bridge acts, once, and both tell what became of it', async () => {
    const redis = await startRedis({ appendonly: true });
    try {
      await startWithMallory({ redisUrl: redis.url });
      for (const name of PLATFORMS) await stage.reach(name, 'bans');
      const first = stage.hub();
      const second = await startTestHub({
        builtIns: FOUR,
        redisUrl: redis.url,
        dataDir: first.dataDir,
        config: { ...stage.world.config(), ...notRequired(stage.world.config()) },
      });
      expect(await actAs(second, 'carla', `timeout ${MALLORY} 5`)).toContain('East, North, South, West: applied');
      expect(acts()).toEqual(PLATFORMS.map(() => ['timeout']));
      expect(await stage.act('carla', `untimeout ${MALLORY}`)).toContain('East, North, South, West: lifted');
      await second.stop();
      expect(acts()).toEqual(PLATFORMS.map(() => ['timeout', 'lift']));
    } finally {
      await stage.hub().stop();
      await redis.stop();
    }
  });
});

/** A second hub stands by for the bridges of the first. */
function notRequired(config: Record<string, unknown>) {
  const bridges = config.bridges as readonly object[];
  return { bridges: bridges.map((one) => ({ ...one, required: false })) };
}
