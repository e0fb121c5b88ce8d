import { afterEach, expect, it } from 'vitest';
import type { EpochMs, RoomId } from '../../core/domain/ids.ts';
import { account, type Rig, startRig, userOf, WITHIN } from '../portals/rig.ts';

let rig: Rig;
afterEach(() => rig.close());

const PORTALS = [{ channel: 'lobby', bridge: 'fake', room: 'floor' }];

it('finds whom is meant: by name of several words, in quotes, by id, as a reply, also from platforms', async () => {
  rig = await startRig({ portals: PORTALS });
  const root = await rig.native('root', 'admin');
  await rig.native('Ann Lee');
  const ben = await rig.native('ben');
  const give = async (text: string, replyTo?: string) => {
    const answer = await root.client.command('lobby', text, replyTo ?? null);
    if (!answer.ok) throw new Error(answer.say);
    await root.client.command('lobby', 'untimeout "Ann Lee"');
    return answer.value;
  };
  for (const text of [
    'timeout Ann Lee 5 too loud',
    'timeout @Ann Lee 5',
    'timeout "Ann Lee" 5',
    'timeout “ann lee” 5m',
  ]) {
    expect(await give(text)).toContain('Ann Lee is timed out for 5 minutes.');
  }
  rig.room.userPosts('floor', 'Zoe', 'hello');
  await expect.poll(() => rig.said(), WITHIN).toContain('hello');
  expect(await give('timeout zoe 2')).toContain('Zoe is timed out for 2 minutes.');
  expect(await give(`untimeout ${userOf('Zoe')}`)).toContain('Zoe may write here again.');
  const id = await ben.say('rude');
  expect(await give('timeout 3 rude', id)).toContain('ben is timed out for 3 minutes.');
  // a name goes before the reply
  expect(await give('timeout @Zoe 3 rude', id)).toContain('Zoe is timed out for 3 minutes.');
  expect(await give('timeout nobody 3')).toContain('Nobody called nobody is known here');
  expect(await give('timeout')).toContain('Say whom');
});

it('lists those who go by the same name, with platform and id, and takes any of the ways to tell them apart', async () => {
  rig = await startRig({ portals: PORTALS });
  const root = await rig.native('root', 'admin');
  const own = await rig.native('Zoe');
  rig.room.userPosts('floor', 'Zoe', 'hello from there');
  await expect.poll(() => rig.said(), WITHIN).toContain('hello from there');
  const give = async (text: string) => {
    const answer = await root.client.command('lobby', text);
    return answer.ok ? answer.value : answer.say;
  };
  const listed = await give('timeout Zoe 5');
  expect(listed).toContain('Several people go by Zoe');
  expect(listed).toContain(`Zoe (slipmat): ${own.client.you()?.user}`);
  expect(listed).toContain(`Zoe (fakeroom): ${userOf('Zoe')}`);
  expect(await give('timeout Zoe@fakeroom 5')).toContain('Zoe is timed out for 5 minutes.');
  await own.say('that was not me');
  // of two of one name the one is lifted who is under something
  expect(await give('untimeout Zoe')).toContain('Zoe may write here again.');
  expect(await give(`timeout ${userOf('Zoe')} 5`)).toContain('Zoe is timed out for 5 minutes.');
});

it('never takes a number that belongs to the act for a part of a name, and asks where it may be either', async () => {
  rig = await startRig({ portals: PORTALS });
  const root = await rig.native('root', 'admin');
  const give = async (text: string) => {
    const answer = await root.client.command('lobby', text);
    return answer.ok ? answer.value : answer.say;
  };
  for (const name of ['raider3', 'raider35', 'Ann Lee']) await rig.native(name);
  expect(await give('timeout raider3 5')).toBe('raider3 is timed out for 5 minutes.');
  expect(await give('timeout ann lee 4')).toBe('Ann Lee is timed out for 4 minutes.');
  rig.room.userPosts('floor', 'raider3 5', 'hello from there');
  await expect.poll(() => rig.said(), WITHIN).toContain('hello from there');
  const asked = await give('timeout raider3 5');
  expect(asked).toContain('Several people go by raider3 5');
  expect(asked).toContain(`raider3 5 (fakeroom): ${userOf('raider3 5')}`);
  expect(asked).toContain('raider3 (slipmat): ');
  expect(await give('timeout "raider3 5" 2')).toContain('raider3 5 is timed out for 2 minutes.');
  // these two look alike
  expect(await give('timeout raider35 3')).toContain('Several people go by raider35');
});

it('shows moderators who somebody is, how they stand, and what holds against them', async () => {
  rig = await startRig({ portals: PORTALS });
  const root = await rig.native('root', 'admin');
  rig.room.userPosts('floor', 'Zoe', 'hello from there');
  await expect.poll(() => rig.said(), WITHIN).toContain('hello from there');
  const give = async (text: string) => {
    const answer = await root.client.command('lobby', text);
    return answer.ok ? answer.value : answer.say;
  };
  await give('timeout Zoe 5 loud');
  expect(await give('whois Zoe')).toMatch(
    /^Zoe of Fakeroom is a listener here with karma -\d+, and has no linked accounts\. They are timed out for 5 more minutes, because: loud\. Their id is u-/,
  );
});

it('M1: a moderator of a platform acts by a reply there, and on people of other platforms', async () => {
  rig = await startRig({ portals: PORTALS });
  const ann = await rig.native('ann');
  const hub = rig.hub().hub;
  const grant = hub.sql.build.insertInto('role_grants').values({
    user_id: userOf('Mod'),
    scope: 'mega',
    channel_id: '',
    role: 'moderator',
    granted_by: null,
    granted_at: 0,
  });
  await hub.knowledge.directory.change({
    statements: [{ query: grant.compile() }],
    scopes: ['mega' as never],
    what: [{ kind: 'roles', user: userOf('Mod') }],
  });
  await ann.say('loud');
  await rig.copyIn('floor');
  expect(await rig.ask('floor', 'Eve', '!timeout ann 5')).toContain('Only a moderator');
  expect(await rig.ask('floor', 'Mod', '!timeout ann 5 loud')).toContain('ann is timed out for 5 minutes.');
  const refused = await ann.client.post({ channel: 'lobby', text: 'still?' }).done;
  expect(refused).toMatchObject({ ok: false, code: 'sanctioned' });
  // one that is picked, as the platform knows them, needs no name that the hub knows
  const given = {
    eventId: 'pick-1',
    room: 'floor' as RoomId,
    by: account('Mod'),
    name: 'timeout',
    text: '@Zo_e 4 loud',
  };
  const target = { ...account('Zoe'), name: 'Zo e' };
  rig.room.tells({ kind: 'command', ...given, target, replyTo: null, ticket: null, at: Date.now() as EpochMs });
  await expect.poll(() => rig.lastLine('floor'), WITHIN).toContain('Zo e is timed out for 4 minutes.');
  expect(hub.knowledge.facts.sanction('mega' as never, userOf('Zoe'))).toMatchObject({ reason: 'loud' });
  // karma is nobody else's business
  expect(await rig.ask('floor', 'Mod', '!karma')).toContain('told to you alone');
  expect(await rig.ask('floor', 'Mod', '!karma ann')).toContain('told to you alone');
});
