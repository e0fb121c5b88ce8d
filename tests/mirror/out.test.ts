import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestHub } from '../fakes/hub.ts';
import { LOBBY, linkEverywhere, MINUTE_MS, openStage, PLATFORMS, type Stage, userOn, WITHIN } from './rig.ts';

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

  it('is not repeated by a new start, nor by a second hub of the same host', async () => {
    await startWithMallory();
    for (const name of PLATFORMS) await stage.reach(name, 'bans');
    await stage.act('carla', `ban ${MALLORY}`);
    const { dataDir } = stage.hub();
    await stage.hub().stop();
    await stage.start({ dataDir });
    await stage.act('carla', `ban ${userOn('west', 'other')}`);
    await expect.poll(() => stage.hub().hub.knowledge.facts.inForce(0).sanctions.length, WITHIN).toBeGreaterThan(0);
    expect(acts()).toEqual(PLATFORMS.map(() => ['ban']));
    expect(startTestHub).toBeTypeOf('function');
  });
});
