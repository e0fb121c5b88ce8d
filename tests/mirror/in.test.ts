import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { by, LOBBY, linkEverywhere, MINUTE_MS, openStage, PLATFORMS, type Stage, userOn, WITHIN } from './rig.ts';

let stage: Stage;
const MALLORY = userOn('north', 'mallory');

beforeEach(async () => {
  stage = await openStage();
  await stage.start();
  await stage.hub().user('carla', 'admin');
  await linkEverywhere(stage.hub(), MALLORY, 'mallory');
  for (const name of PLATFORMS) await stage.reach(name, 'bans');
});
afterEach(() => stage.close());

const acts = () => PLATFORMS.map((name) => stage.world.acts(name).map(({ act }) => act));
const inMinutes = (minutes: number) => (stage.clock.now() + minutes * MINUTE_MS) as never;
/** The native acts that wait for a moderator. */
const waiting = async () => {
  const lines = (await stage.act('carla', 'apply')).split('\n');
  return lines.filter((line) => line.includes('It holds there alone'));
};

describe('a native act', () => {
  it('by somebody whom the hub knows and who may do it holds everywhere, for at most 10 minutes, and stays as it is where it was given', async () => {
    await stage.moderator(userOn('north', 'mo'));
    stage.tells('north', { on: 'mallory', by: by('mo'), until: inMinutes(60), reason: 'spam' });
    await expect.poll(acts, WITHIN).toEqual([[], ['timeout'], ['timeout'], ['timeout']]);
    const until = stage.sanction(MALLORY)?.until ?? 0;
    expect(until - stage.clock.now()).toBeGreaterThan(9 * MINUTE_MS);
    expect(until - stage.clock.now()).toBeLessThanOrEqual(10 * MINUTE_MS);
  });

  it('by somebody unknown stays there and is shown to moderators, who make it hold everywhere', async () => {
    stage.tells('north', { on: 'mallory', by: by('stranger'), act: 'ban' });
    await expect.poll(waiting, WITHIN).toHaveLength(1);
    expect(stage.sanction(MALLORY)).toBe(null);
    const [line = ''] = await waiting();
    expect(line).toContain('mallory was banned on North by stranger');
    const answer = await stage.act('carla', `apply ${line.slice(0, 6)}`);
    expect(answer).toBe('It holds everywhere now. East, North, South, West: applied');
    expect(acts()).toEqual([[], ['ban'], ['ban'], ['ban']]);
    expect(await waiting()).toEqual([]);
    expect(await stage.act('carla', `apply ${line.slice(0, 6)}`)).toContain('decided');
    // lifted, it is lifted where it came from too
    await stage.act('carla', `unban ${MALLORY}`);
    await expect.poll(acts, WITHIN).toEqual([['lift'], ['ban', 'lift'], ['ban', 'lift'], ['ban', 'lift']]);
  });

  it('by the own moderators of a room holds everywhere once the channel trusts them', async () => {
    stage.world.rooms.north.setRole('dance', 'mo', 'moderator');
    stage.tells('north', { on: 'mallory', by: by('mo'), until: inMinutes(5) });
    await expect.poll(waiting, WITHIN).toHaveLength(1);
    await stage.trust('north');
    stage.tells('north', { on: 'mallory', by: by('mo'), until: inMinutes(6) });
    await expect.poll(acts, WITHIN).toEqual([[], ['timeout'], ['timeout'], ['timeout']]);
    // one who is none there is not believed
    stage.tells('north', { on: 'eve', by: by('mallory2'), until: inMinutes(6) });
    await expect.poll(waiting, WITHIN).toHaveLength(2);
    expect(stage.sanction(userOn('north', 'eve'))).toBe(null);
  });

  it('that tells of what the hub did itself is dropped: nobody is shown it, and nothing is lengthened', async () => {
    await stage.act('carla', `timeout ${MALLORY} 5`);
    await expect.poll(acts, WITHIN).toEqual(PLATFORMS.map(() => ['timeout']));
    const { until } = stage.sanction(MALLORY) ?? {};
    await stage.act('carla', `untimeout ${MALLORY}`);
    await expect.poll(acts, WITHIN).toEqual(PLATFORMS.map(() => ['timeout', 'lift']));
    // each told of both; what is told after them has been taken once it is there
    for (const name of PLATFORMS) stage.tells(name, { on: 'marker', act: 'ban' });
    await expect.poll(waiting, WITHIN).toHaveLength(4);
    expect((await waiting()).every((line) => line.includes('marker'))).toBe(true);
    expect(until).toBeGreaterThan(0);
    expect(stage.sanction(MALLORY)).toBe(null);
  });

  it('on somebody of a higher rank, or too short to be more than a way to take messages away, changes nothing here', async () => {
    await stage.moderator(userOn('north', 'mo'));
    await stage.moderator(userOn('north', 'mallory'));
    stage.tells('north', { on: 'mallory', by: by('mo'), until: inMinutes(5) });
    stage.tells('north', { on: 'shorty', by: by('mo'), until: inMinutes(1 / 60) });
    await expect.poll(waiting, WITHIN).toHaveLength(1);
    expect(await waiting()).toEqual([expect.stringContaining('mallory')]);
    expect([stage.sanction(MALLORY), stage.sanction(userOn('north', 'shorty'))]).toEqual([null, null]);
  });

  it('that puts somebody out of a room is shown with who did it; it may become a timeout, or be left as it is', async () => {
    const shown = async () => (await stage.act('carla', 'apply')).split('\n').filter((line) => line.includes('kicked'));
    stage.tells('north', { on: 'mallory', by: by('stranger'), act: 'kick', reason: 'spam' });
    stage.tells('north', { on: 'eve', by: by('stranger'), act: 'kick' });
    await expect.poll(shown, WITHIN).toHaveLength(2);
    const lines = await shown();
    const line = (name: string) => lines.find((one) => one.includes(name)) ?? '';
    expect(line('mallory')).toContain('was kicked on North by stranger, because: spam. They may come back there.');
    expect(acts()).toEqual([[], [], [], []]);
    expect(await stage.act('carla', `apply ${line('eve').slice(0, 6)} no`)).toContain('asked about no more');
    expect(await stage.act('carla', `apply ${line('eve').slice(0, 6)} no`)).toContain('decided');
    expect(await stage.act('carla', `apply ${line('mallory').slice(0, 6)}`)).toContain('It holds everywhere now.');
    await expect.poll(acts, WITHIN).toEqual(PLATFORMS.map(() => ['timeout']));
    expect(stage.sanction(userOn('north', 'eve'))).toBe(null);
    expect(await shown()).toEqual([]);
  });

  it('of putting out, by a moderator, is written down and asked about nowhere', async () => {
    await stage.moderator(userOn('north', 'mo'));
    stage.tells('north', { on: 'mallory', by: by('mo'), act: 'kick', reason: 'again' });
    stage.tells('north', { on: 'marker', act: 'ban' });
    await expect.poll(waiting, WITHIN).toHaveLength(1);
    expect(await stage.act('carla', 'apply')).not.toContain('mallory');
    expect(stage.sanction(MALLORY)).toBe(null);
    const written = async () => (await stage.audit()).filter(({ act }) => act === 'kick');
    await expect
      .poll(written, WITHIN)
      .toMatchObject([{ by: userOn('north', 'mo'), target: MALLORY, reason: 'again', channel: LOBBY }]);
  });

  it('told twice is one', async () => {
    stage.tells('north', { on: 'mallory', act: 'ban', eventId: 'the same' });
    stage.tells('north', { on: 'mallory', act: 'ban', eventId: 'the same' });
    stage.tells('north', { on: 'marker', act: 'ban' });
    await expect.poll(waiting, WITHIN).toHaveLength(2);
  });
});

describe('where the hub holds the line', () => {
  it('what the sanctioned write in the room is shown nowhere else, and is taken away there', async () => {
    await stage.reach('north', 'none');
    await stage.act('carla', `ban ${MALLORY}`);
    stage.world.rooms.north.userPosts('dance', 'ann', 'before');
    stage.world.rooms.north.userPosts('dance', 'mallory', 'spam');
    stage.world.rooms.north.userPosts('dance', 'ann', 'after');
    const texts = (name: 'north' | 'west') => stage.world.rooms[name].posts('dance').map(({ text }) => text);
    await expect.poll(() => texts('north'), WITHIN).toEqual(['before', 'after']);
    await expect.poll(() => texts('west'), WITHIN).toEqual(['[North] ann: before', '[North] ann: after']);
    expect(LOBBY).toBe('lobby');
  });
});
