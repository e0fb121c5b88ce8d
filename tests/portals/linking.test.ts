import { afterEach, expect, it } from 'vitest';
import { CODE_MS } from '../../core/community/portals/codes.ts';
import { codeIn, LOBBY, movedClock, type Rig, startRig, WITHIN } from './rig.ts';

let rig: Rig;
afterEach(() => rig.close());

it('links a room by a code that a DJ asked for and an administrator of the room wrote there, and tells both', async () => {
  rig = await startRig({ extra: { publicUrl: 'http://chat.example.org', accounts: { signUp: 'open' } } });
  const dj = await rig.native('kool', 'dj', 'lobby');
  const code = codeIn(await rig.act('kool', 'bridge code', 'dj-kool'));
  rig.room.setRole('floor', 'ann', 'admin');
  expect(await rig.ask('floor', 'ann', `!bridge ${code}`)).toBe('Linked.');
  await rig.told('floor');
  const told = rig.texts('floor').find((text) => text.includes('!nobridge'));
  expect(told).toContain('http://chat.example.org/privacy');
  const entries = await rig
    .hub()
    .hub.knowledge.feed.since('dj-kool' as never, rig.hub().hub.knowledge.feed.epoch(), 0 as never, 10);
  expect(JSON.stringify(entries)).toContain('portal-linked');
  rig.room.userPosts('floor', 'ben', 'hello');
  await expect.poll(() => rig.said('dj-kool'), WITHIN).toEqual(['hello']);
  const there = await rig.native('kool', 'dj', 'dj-kool');
  await there.say('and back');
  await expect.poll(() => rig.texts('floor').at(-1), WITHIN).toBe('[Slipmat] kool: and back');
  expect(await rig.said('dj-kool')).toEqual(['hello', 'and back']);
  dj.close();
});

it('refuses a code from somebody who does not administer the room, and voids it, for everybody has seen it', async () => {
  rig = await startRig();
  await rig.native('root', 'admin');
  const code = codeIn(await rig.act('root', 'bridge code'));
  rig.room.setRole('floor', 'mod', 'moderator');
  rig.room.setRole('floor', 'ann', 'owner');
  expect(await rig.ask('floor', 'mod', `!bridge ${code}`)).toContain('administer');
  expect(await rig.ask('floor', 'ann', `!bridge ${code}`)).toContain('wrong, used or over');
  expect(rig.hub().hub.portals.list()).toEqual([]);
});

it('takes a code once, and not after ten minutes', async () => {
  const clock = movedClock();
  rig = await startRig({ clock });
  await rig.native('root', 'admin');
  for (const room of ['floor', 'bar', 'roof']) rig.room.setRole(room, 'ann', 'admin');
  const first = codeIn(await rig.act('root', 'bridge code'));
  expect(await rig.ask('floor', 'ann', `!bridge ${first.toLowerCase().replace('-', '')}`)).toBe('Linked.');
  expect(await rig.ask('bar', 'ann', `!bridge ${first}`)).toContain('wrong, used or over');
  const second = codeIn(await rig.act('root', 'bridge code'));
  clock.ahead(CODE_MS);
  expect(await rig.act('root', 'bridge')).toContain('A room on Fakeroom');
  rig.room.tells({
    kind: 'message',
    ref: { room: 'roof' as never, id: 'late' },
    by: { id: 'ann' as never, name: 'ann', avatarUrl: null, isBot: false },
    content: { rich: [{ t: 'text', text: `!bridge ${second}` }], attachments: [] },
    replyTo: null,
    at: clock.now(),
  });
  await expect.poll(() => rig.lastLine('roof'), WITHIN).toContain('wrong, used or over');
});

it('stops looking at codes in a room where too many wrong ones were tried, and voids one that is read there then', async () => {
  rig = await startRig();
  await rig.native('root', 'admin');
  rig.room.setRole('floor', 'ann', 'admin');
  for (let n = 0; n < 5; n += 1) await rig.ask('floor', 'eve', `!bridge AAAAA-AAAA${n}`);
  const code = codeIn(await rig.act('root', 'bridge code'));
  expect(await rig.ask('floor', 'ann', `!bridge ${code}`)).toContain('Too many wrong codes');
  rig.room.setRole('bar', 'eve', 'admin');
  expect(await rig.ask('bar', 'eve', `!bridge ${code}`)).toContain('wrong, used or over');
  const another = codeIn(await rig.act('root', 'bridge code'));
  expect(await rig.ask('bar', 'eve', `!bridge ${another}`)).toBe('Linked.');
});

it('voids a code that is read in a room which cannot be linked by it', async () => {
  rig = await startRig({ portals: [{ channel: 'lobby', bridge: 'fake', room: 'floor' }] });
  await rig.native('root', 'admin');
  rig.room.setRole('floor', 'ann', 'admin');
  rig.room.setRole('lair', 'eve', 'owner');
  const code = codeIn(await rig.act('root', 'bridge code'));
  expect(await rig.ask('floor', 'ann', `!bridge ${code}`)).toContain('void now');
  expect(await rig.ask('lair', 'eve', `!bridge ${code}`)).toContain('wrong, used or over');
});

it('keeps a code for the room where it was written first while the platform is asked who wrote it', async () => {
  rig = await startRig();
  await rig.native('root', 'admin');
  rig.room.setRole('floor', 'ann', 'admin');
  rig.room.setRole('lair', 'eve', 'owner');
  const code = codeIn(await rig.act('root', 'bridge code'));
  rig.room.userPosts('floor', 'ann', `!bridge ${code}`);
  rig.room.userPosts('lair', 'eve', `!bridge ${code}`);
  await expect
    .poll(
      () =>
        rig
          .hub()
          .hub.portals.list()
          .map(({ room }) => room),
      WITHIN,
    )
    .toEqual(['floor']);
  await expect.poll(() => rig.lastLine('lair'), WITHIN).toContain('wrong, used or over');
});

it('binds a code to the bridge that was named', async () => {
  rig = await startRig();
  await rig.native('root', 'admin');
  expect(await rig.act('root', 'bridge code nowhere')).toContain('Name one of the bridges: fake');
  const made = await rig.hub().hub.linking.codes.make({ channel: LOBBY, bridge: 'other' as never, madeBy: null });
  rig.room.setRole('floor', 'ann', 'admin');
  expect(await rig.ask('floor', 'ann', `!bridge ${made.code}`)).toContain('another platform');
  const own = await rig.hub().hub.linking.codes.find(made.code);
  expect(own).toBeNull();
});

it('says that a room cannot be linked by a code where the bridge cannot tell who administers it', async () => {
  rig = await startRig({ bridge: { knowsRoles: false } });
  await rig.native('root', 'admin');
  const code = codeIn(await rig.act('root', 'bridge code'));
  expect(await rig.ask('floor', 'ann', `!bridge ${code}`)).toContain('cannot see who administers');
});

it('lets only the DJ and admins make a code, and gives none for a channel of members alone', async () => {
  rig = await startRig();
  await rig.native('ann');
  expect(await rig.act('ann', 'bridge code')).toContain('Only the DJ');
  const { sql } = rig.hub().hub;
  const row = { id: 'crew-1', kind: 'crew', name: 'Crew', topic: '', owner_id: null, created_at: 1 };
  await rig.hub().hub.knowledge.directory.change({
    statements: [{ query: sql.build.insertInto('channels').values(row).compile() }],
    scopes: null,
    what: [{ kind: 'channel', channel: 'crew-1' as never }],
  });
  const made = await rig.hub().hub.linking.desk.link({
    channel: 'crew-1' as never,
    bridge: 'fake' as never,
    room: 'floor' as never,
    direction: null,
    reach: null,
    prefix: null,
    madeBy: null,
  });
  expect(made).toMatchObject({ ok: false, code: 'forbidden' });
});

it('refuses a second link of a room, with the name of the first', async () => {
  rig = await startRig({ portals: [{ channel: 'lobby', bridge: 'fake', room: 'floor' }] });
  await rig.native('kool', 'dj', 'lobby');
  const code = codeIn(await rig.act('kool', 'bridge code', 'dj-kool'));
  rig.room.setRole('floor', 'ann', 'admin');
  expect(await rig.ask('floor', 'ann', `!bridge ${code}`)).toContain('linked with the chat "Lobby" already');
});

it('never stores or relays a message with a code, whatever sign stands before it', async () => {
  rig = await startRig({
    portals: [
      { channel: 'lobby', bridge: 'fake', room: 'floor' },
      { channel: 'lobby', bridge: 'fake', room: 'bar' },
    ],
  });
  const root = await rig.native('root', 'admin');
  const code = codeIn(await rig.act('root', 'bridge code'));
  await rig.ask('floor', 'eve', `/bridge ${code}`);
  const posted = await root.client.post({ channel: 'lobby', text: `!bridge ${code}` }).done;
  expect(posted).toMatchObject({ ok: false, code: 'bad-request' });
  const id = rig.room.userPosts('floor', 'eve', 'before');
  await expect.poll(() => rig.texts('bar'), WITHIN).toEqual(['[Fakeroom] eve: before']);
  rig.room.userEdits('floor', id, `!bridge ${code}`);
  rig.room.userPosts('floor', 'eve', 'after');
  await expect.poll(() => rig.texts('bar').length, WITHIN).toBe(2);
  expect(rig.texts('bar')).toEqual(['[Fakeroom] eve: before', '[Fakeroom] eve: after']);
  expect(await rig.said()).toEqual(['before', 'after']);
});
