import { afterEach, beforeEach, expect, it } from 'vitest';
import { userIdOf } from '../../core/async/mint.ts';
import type { AccountId, ChannelId, RoomId, UserId } from '../../core/domain/ids.ts';
import { outcomeOf, type Participant, participant } from '../fakes/people.ts';
import { actAs, LOBBY, MINUTE_MS, openStage, type PlatformName, type Stage, WITHIN } from '../mirror/rig.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage.close());

const hub = () => stage.hub().hub;
const on = (platform: string, name: string): UserId => userIdOf(platform, name as AccountId);
const sameAs = (user: UserId) => hub().knowledge.directory.sameAs(user);

async function native(name: string): Promise<UserId> {
  const person = await hub().accounts.findByName(name);
  if (person === null) throw new Error(`nobody is called ${name}`);
  return person.user;
}

let said = 0;
/** The answer to a command that somebody types in the room of a platform. */
async function types(platform: PlatformName, name: string, text: string, isProved = true): Promise<string> {
  const room = stage.world.rooms[platform];
  const before = room.ever('dance').length;
  said += 1;
  const by = { id: name as AccountId, name, avatarUrl: null, isBot: false };
  room.tells({
    kind: 'message',
    ref: { room: 'dance' as RoomId, id: `typed-${said}` },
    by: isProved ? by : { ...by, isProved },
    content: { rich: [{ t: 'text', text }], attachments: [] },
    replyTo: null,
    at: stage.clock.now(),
  });
  await expect.poll(() => room.ever('dance').length, WITHIN).toBeGreaterThan(before);
  return room.ever('dance')[before]?.text ?? '';
}

async function codeFor(name: string, platform: string): Promise<string> {
  const said = await stage.act(name, `link ${platform}`);
  return /[0-9A-Z]{5}-[0-9A-Z]{5}/.exec(said)?.[0] ?? said;
}

async function linkTo(platform: PlatformName, native: string, name = native): Promise<void> {
  const code = await codeFor(native, platform);
  await types(platform, name, `!link ${code}`);
  expect(await types(platform, name, '!link yes')).toContain('one person here');
}

async function stored(): Promise<readonly string[]> {
  const { messages } = await hub().knowledge.history.page(mega(), null, 50);
  return messages.map(({ message }) => JSON.stringify(message.content));
}

function mega() {
  const channel = hub().knowledge.facts.channel(LOBBY);
  if (channel === null) throw new Error('no lobby');
  return channel;
}

function rank(user: UserId, channel = 'lobby') {
  const at = hub().knowledge.facts.channel(channel as ChannelId);
  return at === null ? null : hub().knowledge.facts.standing(user, false, at).rank;
}

it('a code shown in the native chat and typed in a room joins two accounts once it is confirmed, and is shown to no one', async () => {
  await stage.start();
  await stage.hub().user('ann');
  const code = await codeFor('ann', 'north');
  const asked = await types('north', 'ann_n', `!link ${code}`);
  expect(asked).toContain('This joins your account with ann of Slipmat. If that is you, write !link yes');
  expect(sameAs(on('north', 'ann_n'))).toEqual([on('north', 'ann_n')]);
  expect(await types('north', 'ann_n', '!link yes')).toContain('one person here');
  expect(sameAs(await native('ann'))).toEqual([await native('ann'), on('north', 'ann_n')].toSorted());
  expect(await stage.act('ann', 'link')).toMatch(/^Yours: (?=.*ann \(Slipmat\))(?=.*ann_n \(North\))/);
  expect(await types('north', 'ann_n', '!link')).not.toContain('Slipmat');
  stage.world.rooms.north.userPosts('dance', 'ann_n', 'over');
  await expect.poll(stored, WITHIN).toHaveLength(1);
  expect((await stored())[0]).toContain('over');
  for (const platform of ['south', 'east', 'west'] as const) {
    expect(JSON.stringify(stage.world.rooms[platform].ever('dance'))).not.toContain(code);
  }
});

it('a code works once, for ten minutes, on its platform alone, and only for whoever typed it', async () => {
  await stage.start();
  await stage.hub().user('ann');
  await stage.hub().user('bob');
  const wrong = await codeFor('ann', 'north');
  expect(await types('south', 'ann_s', `!link ${wrong}`)).toContain('no such code for this place');
  // whoever read it there cannot use it any more
  expect(await types('north', 'mallory', `!link ${wrong}`)).toContain('no such code for this place');

  const used = await codeFor('ann', 'north');
  expect(await types('north', 'ann_n', `!link ${used}`)).toContain('This joins');
  expect(await types('north', 'mallory', '!link yes')).toBe('There is nothing to confirm.');
  expect(await types('north', 'mallory', `!link ${used}`)).toContain('no such code');
  stage.clock.ahead(10 * MINUTE_MS + 1_000);
  expect(await types('north', 'ann_n', '!link yes')).toBe('There is nothing to confirm.');

  const old = await codeFor('bob', 'north');
  stage.clock.ahead(10 * MINUTE_MS + 1_000);
  expect(await types('north', 'bob_n', `!link ${old}`)).toContain('no such code');
  expect(sameAs(await native('ann'))).toEqual([await native('ann')]);
});

it('an account that its platform does not vouch for is linked with nothing', async () => {
  await stage.start();
  await stage.hub().user('ann');
  const code = await codeFor('ann', 'north');
  const answer = await types('north', 'host/ann@somewhere', `!link ${code}`, false);
  expect(answer).toContain('does not say for certain whose account this is');
  expect(await types('north', 'host/ann@somewhere', '!link yes', false)).toBe('There is nothing to confirm.');
});

it('sanctions and karma join at once, and a timeout of one account holds for all', async () => {
  await stage.start();
  await stage.hub().user('carla', 'admin');
  await stage.hub().user('ann');
  const bridged = on('north', 'ann_n');
  await stage.act('carla', `timeout ${bridged} 10`);
  expect(stage.sanction(await native('ann'))).toBeNull();
  const karma = hub().knowledge.karma.karmaOf(bridged);
  expect(karma).toBeLessThan(0);
  await linkTo('north', 'ann', 'ann_n');
  expect(stage.sanction(await native('ann'))?.act).toBe('timeout');
  expect(hub().knowledge.karma.karmaOf(await native('ann'))).toBe(karma);
  // lifted by either name, from all
  await stage.act('carla', `timeout ${await native('ann')} 5`);
  expect(await stage.act('carla', 'untimeout ann')).toContain('may write here again');
  expect([stage.sanction(bridged), stage.sanction(await native('ann'))]).toEqual([null, null]);
});

it('unlinking during a timeout sheds it from neither, nor what it cost; linking again does not cost it twice', async () => {
  await stage.start();
  await stage.hub().user('carla', 'admin');
  await stage.hub().user('ann');
  const bridged = on('north', 'ann_n');
  await linkTo('north', 'ann', 'ann_n');
  await stage.act('carla', `timeout ${bridged} 10`);
  const until = stage.sanction(bridged)?.until;
  const karma = hub().knowledge.karma.karmaOf(bridged);
  expect(await stage.act('ann', 'unlink north')).toContain('goes on for both');
  const user = await native('ann');
  expect(sameAs(user)).toEqual([user]);
  expect(stage.sanction(user)).toEqual({ act: 'timeout', until });
  expect(stage.sanction(bridged)).toEqual({ act: 'timeout', until });
  const balances = () => [user, bridged].map(hub().knowledge.karma.karmaOf);
  await expect.poll(balances, WITHIN).toEqual([karma, karma]);
  await linkTo('north', 'ann', 'ann_n');
  await expect.poll(balances, WITHIN).toEqual([karma, karma]);
  stage.clock.ahead(11 * MINUTE_MS);
  await expect.poll(() => [stage.sanction(user), stage.sanction(bridged)], WITHIN).toEqual([null, null]);
  const { sql } = hub();
  const acts = async () =>
    (await sql.read(sql.build.selectFrom('audit').select('act').where('act', 'like', '%link').compile())).length;
  await expect.poll(acts, WITHIN).toBe(3);
});

it('a talked-into link gains nobody a role: not by the code of an attacker that a moderator types, nor the other way', async () => {
  await stage.start();
  await stage.hub().user('kool', 'dj');
  await stage.hub().user('mod');
  await stage.hub().user('eve');
  await hub().accounts.makeModerator('mod', 'dj-kool' as ChannelId, null);
  const [mod, eve, modOnNorth] = [await native('mod'), await native('eve'), on('north', 'mod_n')];
  // eve gets the moderator's own account on another platform to type her code
  await linkTo('north', 'eve', 'mod_n');
  // and that one is linked with the moderator too
  await linkTo('north', 'mod', 'mod_n');
  expect(sameAs(eve)).toEqual([mod, eve, modOnNorth].toSorted());
  for (const user of [eve, modOnNorth]) expect(rank(user, 'dj-kool')).toBe('listener');
  expect(rank(mod, 'dj-kool')).toBe('moderator');
  await stage.hub().user('carl');
  expect(await actAs(stage.hub(), 'eve', `timeout ${await native('carl')} 5`, 'dj-kool')).toContain('Only a moderator');
  // what eve brings upon herself does not silence the moderator, whom no moderator may silence
  await hub().accounts.makeModerator('carl', 'dj-kool' as ChannelId, null);
  expect(await actAs(stage.hub(), 'carl', `timeout ${eve} 5`, 'dj-kool')).toContain('timed out');
  const scope = `dj:${await native('kool')}` as never;
  const { facts } = hub().knowledge;
  expect([facts.sanction(scope, eve)?.act, facts.sanction(scope, modOnNorth)?.act]).toEqual(['timeout', 'timeout']);
  expect(facts.sanction(scope, mod)).toBeNull();
  // the DJ is told, and decides
  const crew = hub().knowledge.facts.channel('crew-kool' as ChannelId);
  expect(crew).not.toBeNull();
  expect(await actAs(stage.hub(), 'kool', `appoint ${modOnNorth}`, 'dj-kool')).toContain('moderates now');
  expect([rank(modOnNorth, 'dj-kool'), rank(eve, 'dj-kool')]).toEqual(['moderator', 'listener']);
  // and it goes with the link
  expect(await stage.act('mod', 'unlink north')).toContain('Done');
  expect([rank(modOnNorth, 'dj-kool'), rank(mod, 'dj-kool')]).toEqual(['listener', 'moderator']);
});

it('dismissing somebody takes the role from every account of theirs', async () => {
  await stage.start();
  await stage.hub().user('kool', 'dj');
  await stage.hub().user('mod');
  await hub().accounts.makeModerator('mod', 'dj-kool' as ChannelId, null);
  await linkTo('north', 'mod', 'mod_n');
  const there = on('north', 'mod_n');
  await actAs(stage.hub(), 'kool', `appoint ${there}`, 'dj-kool');
  expect(rank(there, 'dj-kool')).toBe('moderator');
  expect(await actAs(stage.hub(), 'kool', `dismiss ${await native('mod')}`, 'dj-kool')).toContain(
    'no longer moderates',
  );
  expect([rank(there, 'dj-kool'), rank(await native('mod'), 'dj-kool')]).toEqual(['listener', 'listener']);
});

it('one edits and deletes from one account what one wrote with another', async () => {
  await stage.start();
  await stage.hub().user('ann');
  await stage.hub().user('bob');
  stage.world.rooms.north.userPosts('dance', 'ann_n', 'frist');
  await expect.poll(stored, WITHIN).toHaveLength(1);
  const [first] = (await hub().knowledge.history.page(mega(), null, 5)).messages;
  const id = first?.message.id ?? '';
  const [ann, bob] = await Promise.all(
    ['ann', 'bob'].map(async (name) => participant(stage.hub().wsUrl, await stage.hub().user(name))),
  );
  if (ann === undefined || bob === undefined) throw new Error('nobody came');
  const edit = async ({ client }: Participant) => outcomeOf(await client.edit('lobby', id, 'first'));
  expect(await edit(ann)).toBe('not-yours');
  await linkTo('north', 'ann', 'ann_n');
  expect(await edit(ann)).toBe('posted');
  await expect.poll(async () => (await stored())[0], WITHIN).toContain('first');
  expect(await edit(bob)).toBe('not-yours');
  expect(outcomeOf(await ann.client.redact('lobby', id))).toBe('posted');
  ann.close();
  bob.close();
});
