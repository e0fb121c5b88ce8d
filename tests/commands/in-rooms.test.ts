import type { EpochMs, InboundCommand, RoomId } from 'slipmat-hub/plugin';
import { afterEach, describe, expect, it } from 'vitest';
import { account, LOBBY, type Rig, startRig, userOf, WITHIN } from '../portals/rig.ts';

let rig: Rig;
afterEach(() => rig.close());

const TWO_ROOMS = [
  { channel: 'lobby', bridge: 'fake', room: 'floor' },
  { channel: 'lobby', bridge: 'fake', room: 'bar' },
];

/** A grant of the hub's own, for somebody of the room. */
async function makeModerator(name: string): Promise<void> {
  const { sql, knowledge } = rig.hub().hub;
  const row = { user_id: userOf(name), scope: 'mega', channel_id: '', role: 'moderator', granted_at: 1 };
  await knowledge.directory.change({
    statements: [{ query: sql.build.insertInto('role_grants').values(row).compile() }],
    scopes: null,
    what: [{ kind: 'roles', user: userOf(name) }],
  });
}

function command(name: string, text: string, ticket: string | null, room = 'floor', eventId = name): InboundCommand {
  const at = Date.now() as EpochMs;
  const about = { by: account('ann'), target: null, replyTo: null, at };
  return { kind: 'command', eventId, room: room as RoomId, name, text, ticket, ...about };
}

it('answers help in the room, and neither stores nor relays the question', async () => {
  rig = await startRig({ portals: TWO_ROOMS });
  const help = await rig.ask('floor', 'ann', '!help');
  expect(help).toContain('!redact [reason]: ');
  expect(await rig.ask('floor', 'ann', '!HELP !nobridge')).toContain('!nobridge [state]: Keeps your messages');
  rig.room.userPosts('floor', 'ann', 'over');
  await expect.poll(() => rig.texts('bar'), WITHIN).toEqual(['[Fakeroom] ann: over']);
  expect(await rig.said()).toEqual(['over']);
});

it('takes an unknown command for an ordinary message and never answers it', async () => {
  rig = await startRig({ portals: TWO_ROOMS });
  rig.room.userPosts('floor', 'ann', '!song please');
  rig.room.userPosts('floor', 'ann', '! help');
  await expect.poll(() => rig.texts('bar'), WITHIN).toEqual(['[Fakeroom] ann: !song please', '[Fakeroom] ann: ! help']);
  expect(rig.room.ever('floor')).toEqual([]);
});

it('listens to the prefix that was chosen for each portal', async () => {
  rig = await startRig({ portals: TWO_ROOMS });
  rig.room.setRole('floor', 'ann', 'admin');
  expect(await rig.ask('floor', 'ann', '!bridge prefix ?')).toBe('Done.');
  expect(await rig.ask('floor', 'ann', '?whois')).toContain('You are ann, a listener in the chat "Lobby"');
  rig.room.userPosts('floor', 'ann', '!whois');
  await expect.poll(() => rig.texts('bar'), WITHIN).toEqual(['[Fakeroom] ann: !whois']);
  expect(await rig.ask('bar', 'ann', '!whois')).toContain('You are ann');
  expect(await rig.ask('floor', 'ann', '?bridge prefix abc')).toContain('prefix: must be');
});

it('says nothing in a room that is linked with no chat', async () => {
  rig = await startRig({ portals: TWO_ROOMS });
  for (const text of ['!help', '!bridge', '!redact', 'hello']) rig.room.userPosts('elsewhere', 'ann', text);
  rig.room.userPosts('floor', 'ann', 'over');
  await expect.poll(() => rig.texts('bar'), WITHIN).toEqual(['[Fakeroom] ann: over']);
  expect(rig.room.ever('elsewhere')).toEqual([]);
});

it('keeps its answers to ten a minute in a room, and those to moderators apart', async () => {
  rig = await startRig({ portals: TWO_ROOMS });
  for (let n = 0; n < 15; n += 1) rig.room.userPosts('floor', `p${n}`, '!whois');
  rig.room.userPosts('floor', 'ann', 'over');
  await expect.poll(() => rig.texts('bar'), WITHIN).toEqual(['[Fakeroom] ann: over']);
  await expect.poll(() => rig.room.ever('floor').length, WITHIN).toBe(10);
  await makeModerator('mod');
  expect(await rig.ask('floor', 'mod', '!whois')).toContain('You are mod, a moderator');
  expect(rig.room.ever('floor')).toHaveLength(11);
});

it('answers a command that the platform registers by its ticket, privately, and once when it is told twice', async () => {
  rig = await startRig({ portals: TWO_ROOMS });
  rig.room.tells(command('whois', '', 't-1'));
  rig.room.tells(command('whois', '', 't-1'));
  rig.room.tells(command('bridge', '', 't-2', 'elsewhere'));
  rig.room.tells(command('dance', '', null));
  await expect.poll(() => rig.room.responses().length, WITHIN).toBe(2);
  expect(rig.room.responses()).toEqual([
    { ticket: 't-1', text: expect.stringContaining('You are ann'), isPrivate: true },
    { ticket: 't-2', text: 'This room is linked with no chat.', isPrivate: true },
  ]);
  expect(rig.room.ever('floor')).toEqual([]);
});

describe('redact by reply', () => {
  it('takes the own message away everywhere, in the room itself too', async () => {
    rig = await startRig({ portals: TWO_ROOMS });
    const id = rig.room.userPosts('floor', 'ann', 'oops');
    await expect.poll(() => rig.texts('bar'), WITHIN).toEqual(['[Fakeroom] ann: oops']);
    rig.room.userReplies('floor', id, 'ann', '!redact wrong room');
    await expect.poll(() => rig.lastLine('floor'), WITHIN).toBe('It is gone.');
    await expect.poll(() => rig.texts('bar'), WITHIN).toEqual([]);
    await expect.poll(() => rig.texts('floor').includes('oops'), WITHIN).toBe(false);
    expect(await rig.said()).toEqual(['(gone)']);
  });

  it('goes by the ranks of the hub alone, whatever somebody is on the platform', async () => {
    rig = await startRig({ portals: TWO_ROOMS });
    rig.room.setRole('bar', 'mod', 'owner');
    rig.room.userPosts('floor', 'ann', 'rude');
    const copy = await rig.copyIn('bar');
    rig.room.userReplies('bar', copy, 'mod', '!redact');
    await expect.poll(() => rig.lastLine('bar'), WITHIN).toContain('Only a moderator');
    await makeModerator('mod');
    rig.room.userReplies('bar', copy, 'mod', '!redact');
    await expect.poll(() => rig.said(), WITHIN).toEqual(['(gone)']);
    await expect.poll(() => rig.texts('floor').includes('rude'), WITHIN).toBe(false);
  });

  it('says what to do where it answers nothing', async () => {
    rig = await startRig({ portals: TWO_ROOMS });
    expect(await rig.ask('floor', 'ann', '!redact')).toContain('Answer the message');
  });
});

describe('nobridge', () => {
  it('keeps what somebody writes where it was written from the next message on: not stored, not relayed', async () => {
    rig = await startRig({ portals: TWO_ROOMS });
    const id = rig.room.userPosts('floor', 'ann', 'before');
    rig.room.userPosts('floor', 'ann', '!nobridge');
    rig.room.userPosts('floor', 'ann', 'private one');
    rig.room.userEdits('floor', id, 'private edit');
    rig.room.userReacts('floor', id, 'ann', '🔥');
    rig.room.userPosts('floor', 'ben', 'between');
    await expect.poll(() => rig.texts('bar'), WITHIN).toEqual(['[Fakeroom] ann: before', '[Fakeroom] ben: between']);
    expect(rig.lastLine('floor')).toContain('stays in this room');
    expect(await rig.said()).toEqual(['before', 'between']);
    await rig.restart();
    rig.room.userPosts('bar', 'ann', 'private two');
    rig.room.userPosts('floor', 'ben', 'later');
    await expect.poll(() => rig.texts('bar').at(-1), WITHIN).toBe('[Fakeroom] ben: later');
    expect(await rig.said()).toEqual(['before', 'between', 'later']);
    expect(rig.texts('floor').join()).not.toContain('private two');
    rig.room.userRedacts('floor', id);
    await expect.poll(() => rig.said(), WITHIN).toEqual(['(gone)', 'between', 'later']);
    expect(await rig.ask('floor', 'ann', '!nobridge')).toContain('carried');
    rig.room.userPosts('floor', 'ann', 'back');
    await expect.poll(() => rig.texts('bar').at(-1), WITHIN).toBe('[Fakeroom] ann: back');
  });

  it('is toggled once by one act, also when the platform tells of it again after a restart', async () => {
    rig = await startRig({ portals: TWO_ROOMS });
    const id = rig.room.userPosts('floor', 'ann', '!nobridge');
    await expect.poll(() => rig.lastLine('floor'), WITHIN).toContain('stays in this room');
    rig.room.tellAgain('floor', id);
    await rig.restart();
    rig.room.tellAgain('floor', id);
    rig.room.userPosts('floor', 'ann', 'private');
    rig.room.userPosts('floor', 'ben', 'over');
    await expect.poll(() => rig.texts('bar'), WITHIN).toEqual(['[Fakeroom] ben: over']);
    expect(rig.hub().hub.knowledge.directory.isOptedOut(userOf('ann'))).toBe(true);
  });

  it('keeps what somebody of the native chat writes out of all rooms', async () => {
    rig = await startRig({ portals: TWO_ROOMS });
    const ann = await rig.native('ann');
    expect(await rig.act('ann', 'nobridge on')).toContain('no other room');
    const alone = await ann.say('for us alone');
    expect(await rig.act('ann', 'nobridge off')).toContain('carried');
    await ann.say('for all', alone);
    await expect.poll(() => rig.texts('bar'), WITHIN).toEqual(['[Slipmat] ann: for all']);
    expect(await rig.said()).toEqual(['for us alone', 'for all']);
  });
});

it('ignores a command that comes long after it was given', async () => {
  rig = await startRig({ portals: TWO_ROOMS });
  rig.room.tells({
    kind: 'message',
    ref: { room: 'floor' as RoomId, id: 'late' },
    by: account('ann'),
    content: { rich: [{ t: 'text', text: '!nobridge' }], attachments: [] },
    replyTo: null,
    at: (Date.now() - 3_600_000) as EpochMs,
  });
  rig.room.userPosts('floor', 'ann', 'over');
  await expect.poll(() => rig.texts('bar'), WITHIN).toEqual(['[Fakeroom] ann: over']);
  expect(await rig.hub().hub.portals.list()[0]?.channel).toBe(LOBBY);
});
