import { afterAll, beforeAll, expect, it } from 'vitest';
import { staffDeeds, staffQuestions } from '../../core/plugin/asked/staff.ts';
import { type Participant, participant } from '../fakes/people.ts';
import { by, LOBBY, linkEverywhere, MINUTE_MS, openStage, type Stage, userOn, WITHIN } from './rig.ts';

let stage: Stage;
let carla: Participant;
let ann: Participant;
const MALLORY = userOn('north', 'mallory');

beforeAll(async () => {
  stage = await openStage();
  const hub = await stage.start();
  carla = await participant(hub.wsUrl, await hub.user('carla', 'admin'));
  ann = await participant(hub.wsUrl, await hub.user('ann'));
  await linkEverywhere(hub, MALLORY, 'mallory');
  await stage.reach('north', 'timeouts');
  await stage.reach('west', 'timeouts');
});
afterAll(async () => {
  carla.close();
  ann.close();
  await stage.close();
});

async function shown(): Promise<string[]> {
  const asked = await carla.client.ask('native-acts', { channel: LOBBY });
  if (!asked.ok) throw new Error(asked.say);
  staffQuestions['native-acts'].output.parse(asked.value);
  return asked.value.acts.map(({ id }) => id);
}

it('M1: a timeout chosen from a menu holds on every platform, says so, and is lifted the same way', async () => {
  stage.world.rooms.north.userPosts('dance', 'mallory', 'spam');
  await expect.poll(async () => (await carla.page()).length, WITHIN).toBe(1);
  const wish = { channel: LOBBY, target: MALLORY, act: 'timeout', minutes: 5, reason: 'spam' } as const;
  const refused = await ann.client.do('sanction', wish);
  expect(refused).toMatchObject({ ok: false, code: 'forbidden' });
  const done = await carla.client.do('sanction', { ...wish, redactMinutes: 10 });
  if (!done.ok) throw new Error(done.say);
  staffDeeds.sanction.output.parse(done.value);
  expect(done.value.say).toContain('is timed out for 5 minutes. 1 message of the last 10 minutes is gone. North');
  expect(done.value.effect).toMatch(/^North, West: applied; East, South: by the hub/);
  expect((done.value.until ?? 0) - stage.clock.now()).toBeGreaterThan(4 * MINUTE_MS);
  expect(stage.world.acts('north').map(({ act }) => act)).toEqual(['timeout']);
  await expect.poll(() => stage.world.rooms.north.posts('dance'), WITHIN).toEqual([]);
  expect(await carla.client.do('sanction', { ...wish, minutes: 11 })).toMatchObject({ ok: false, code: 'bad-request' });
  const ofMallory = () => carla.client.ask('person', { channel: LOBBY, user: MALLORY });
  // where they were seen last is written down a moment later
  await expect.poll(ofMallory, WITHIN).toMatchObject({ value: { platform: 'north' } });
  const person = await ofMallory();
  if (!person.ok) throw new Error(person.say);
  staffQuestions.person.output.parse(person.value);
  expect(person.value).toMatchObject({
    user: MALLORY,
    name: 'mallory',
    platform: 'north',
    rank: 'listener',
    restraint: { act: 'timeout', until: done.value.until, reason: 'spam' },
  });
  expect(person.value.karma).toBeLessThan(0);
  await expect
    .poll(async () => {
      const again = await carla.client.ask('person', { channel: LOBBY, user: MALLORY });
      return again.ok ? again.value.acts.map(({ act }) => act).toSorted() : again.code;
    }, WITHIN)
    .toEqual(['redact', 'timeout']);
  expect(await ann.client.ask('person', { channel: LOBBY, user: MALLORY })).toMatchObject({ code: 'forbidden' });
  const lifted = await carla.client.do('sanction', { channel: LOBBY, target: MALLORY, act: 'lift' });
  expect(lifted).toMatchObject({ ok: true, value: { until: null, effect: 'North, West: lifted' } });
  expect(stage.world.acts('north').map(({ act }) => act)).toEqual(['timeout', 'lift']);
  // each line of the audit tells what became of that act
  const lines = async () => {
    const asked = await carla.client.ask('audit', { channel: LOBBY });
    return asked.ok ? asked.value.acts.flatMap(({ act, effect }) => (act === 'redact' ? [] : [[act, effect]])) : [];
  };
  await expect.poll(lines, WITHIN).toEqual([
    ['lift', 'North, West: lifted'],
    ['timeout', done.value.effect],
  ]);
});

it('what was done on one platform alone is shown to moderators, who make it hold everywhere with a button', async () => {
  stage.tells('south', { on: 'eve', by: by('stranger'), until: (stage.clock.now() + 8 * MINUTE_MS) as never });
  await expect.poll(shown, WITHIN).toHaveLength(1);
  const asked = await carla.client.ask('native-acts', { channel: LOBBY });
  expect(asked).toMatchObject({
    value: {
      acts: [
        {
          user: userOn('south', 'eve'),
          name: 'eve',
          platform: 'South',
          byName: 'stranger',
          act: 'timeout',
          say: 'eve was timed out on South by stranger. It holds there alone.',
        },
      ],
    },
  });
  const [act = ''] = await shown();
  expect(await ann.client.ask('native-acts', { channel: LOBBY })).toMatchObject({ ok: false, code: 'forbidden' });
  expect(await ann.client.do('apply-native-act', { channel: LOBBY, act })).toMatchObject({ code: 'forbidden' });
  expect(stage.sanction(userOn('south', 'eve'))).toBe(null);
  const applied = await carla.client.do('apply-native-act', { channel: LOBBY, act });
  expect(applied).toMatchObject({ ok: true, value: { say: expect.stringContaining('It holds everywhere now.') } });
  expect(stage.sanction(userOn('south', 'eve'))).toMatchObject({ act: 'timeout' });
  expect(await shown()).toEqual([]);
  expect(await carla.client.do('apply-native-act', { channel: LOBBY, act })).toMatchObject({ code: 'decided' });
});

it('what was done on one platform alone can be left there by a moderator, who is written down', async () => {
  stage.tells('south', { on: 'finn', by: by('stranger'), act: 'ban' });
  await expect.poll(shown, WITHIN).toHaveLength(1);
  const [act = ''] = await shown();
  expect(await ann.client.do('dismiss-native-act', { channel: LOBBY, act })).toMatchObject({ code: 'forbidden' });
  const done = await carla.client.do('dismiss-native-act', { channel: LOBBY, act });
  expect(done).toMatchObject({ ok: true, value: { say: expect.stringContaining('stays where it is') } });
  expect(await shown()).toEqual([]);
  expect(stage.sanction(userOn('south', 'finn'))).toBe(null);
  expect(await carla.client.do('dismiss-native-act', { channel: LOBBY, act })).toMatchObject({ code: 'decided' });
  const lines = async () => {
    const asked = await carla.client.ask('audit', { channel: LOBBY });
    return asked.ok ? asked.value.acts.filter((one) => one.act === 'native-dismiss') : [];
  };
  await expect
    .poll(lines, WITHIN)
    .toMatchObject([{ by: { name: 'carla' }, target: { user: userOn('south', 'finn'), name: 'finn' }, reason: 'ban' }]);
});

it('what a platform says of a native act is one short line when moderators read it, in the list and in the audit', async () => {
  const reason = `rude\n\u202eadmin: all is well ${'x'.repeat(5_000)}`;
  const name = `stranger\nadmin ${'y'.repeat(500)}`;
  stage.tells('south', { on: 'gus', by: { ...by('stranger'), name }, act: 'kick', reason });
  await expect.poll(shown, WITHIN).toHaveLength(1);
  const asked = await carla.client.ask('native-acts', { channel: LOBBY });
  const [act] = asked.ok ? asked.value.acts : [];
  expect(act?.byName).toMatch(/^stranger admin y{20,}$/);
  expect(act?.byName?.length).toBeLessThan(50);
  expect(act?.reason).toMatch(/^rude admin: all is well x+$/);
  expect(act?.reason?.length).toBe(300);
  const kicks = async () => (await stage.audit()).filter((one) => one.act === 'kick').map((one) => one.reason);
  await expect.poll(kicks, WITHIN).toEqual([act?.reason]);
  expect(await carla.client.do('dismiss-native-act', { channel: LOBBY, act: act?.id ?? '' })).toMatchObject({
    ok: true,
  });
});
