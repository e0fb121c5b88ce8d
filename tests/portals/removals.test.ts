import type { EpochMs, Inbound, RemoteRef, RoomId } from 'slipmat-hub/plugin';
import { textContent } from 'slipmat-hub/plugin';
import { afterEach, describe, expect, it } from 'vitest';
import { account, type Rig, startRig, WITHIN } from './rig.ts';

let rig: Rig;
afterEach(() => rig.close());

const TWO_ROOMS = [
  { channel: 'lobby', bridge: 'fake', room: 'floor' },
  { channel: 'lobby', bridge: 'fake', room: 'bar' },
];
type Removal = Extract<Inbound, { kind: 'redaction' }>;
let events = 0;

function removal(of: Removal['of'], by: string | null): Removal {
  events += 1;
  return { kind: 'redaction', eventId: `gone-${events}`, of, by: by === null ? null : account(by), at: now() };
}
const refs = (...ids: readonly RemoteRef[]): Removal['of'] => ({ kind: 'refs', refs: ids });
const now = (): EpochMs => Date.now() as EpochMs;
const FLOOR = 'floor' as RoomId;
const BAR = 'bar' as RoomId;

describe.each(['nobody knows who', 'somebody of that room'])('the removal of a message by %s', (who) => {
  const by = who === 'nobody knows who' ? null : 'mod';

  it('is honoured everywhere where the message first appeared', async () => {
    rig = await startRig({ portals: TWO_ROOMS });
    const id = rig.room.userPosts('floor', 'ann', 'rude');
    await expect.poll(() => rig.texts('bar').length, WITHIN).toBe(1);
    rig.room.tells(removal(refs({ room: FLOOR, id }), by));
    await expect.poll(() => rig.said(), WITHIN).toEqual(['(gone)']);
    await expect.poll(() => rig.texts('bar'), WITHIN).toEqual([]);
  });

  it('takes away one of our copies alone', async () => {
    rig = await startRig({ portals: [...TWO_ROOMS, { channel: 'lobby', bridge: 'fake', room: 'roof' }] });
    const id = rig.room.userPosts('floor', 'ann', 'rude');
    await expect.poll(() => rig.texts('bar').length + rig.texts('roof').length, WITHIN).toBe(2);
    const copy = await rig.copyIn('bar');
    rig.room.tells(removal(refs({ room: BAR, id: copy }), by));
    rig.room.userEdits('floor', id, 'polite');
    await expect.poll(() => rig.texts('roof'), WITHIN).toEqual(['[Fakeroom] ann: polite']);
    expect(await rig.said()).toEqual(['polite']);
    // it is no copy any more: nothing is edited there
    expect(rig.texts('bar')).toEqual(['[Fakeroom] ann: rude']);
  });
});

it('is honoured while the link is paused', async () => {
  rig = await startRig({ portals: TWO_ROOMS });
  const id = rig.room.userPosts('floor', 'ann', 'rude');
  await expect.poll(() => rig.texts('bar').length, WITHIN).toBe(1);
  const [floor] = rig.hub().hub.portals.list();
  if (floor !== undefined) await rig.hub().hub.linking.desk.change(floor.id, { isPaused: true });
  rig.room.userRedacts('floor', id);
  await expect.poll(() => rig.texts('bar'), WITHIN).toEqual([]);
});

it('takes away all that an account said in the room since then, and nothing that others or it elsewhere said', async () => {
  rig = await startRig({ portals: TWO_ROOMS });
  const say = (room: string, name: string, text: string, at: number): void =>
    rig.room.tells({
      kind: 'message',
      ref: { room: room as RoomId, id: `${room}-${text}` },
      by: account(name),
      content: textContent(text),
      replyTo: null,
      at: at as EpochMs,
    });
  say('floor', 'spam', 'one', now());
  say('floor', 'ann', 'two', now());
  await expect.poll(() => rig.said(), WITHIN).toEqual(['one', 'two']);
  const since = now();
  say('floor', 'spam', 'three', now());
  say('bar', 'spam', 'four', now());
  say('floor', 'spam', 'five', now());
  say('floor', 'ann', 'six', now());
  await expect.poll(() => rig.said().then((all) => all.length), WITHIN).toBe(6);
  rig.room.tells(removal({ kind: 'account', room: FLOOR, account: account('spam').id, since }, null));
  await expect.poll(() => rig.said(), WITHIN).toEqual(['one', 'two', '(gone)', 'four', '(gone)', 'six']);
  await expect
    .poll(() => rig.texts('bar'), WITHIN)
    .toEqual(['[Fakeroom] spam: one', '[Fakeroom] ann: two', '[Fakeroom] ann: six']);
});

it('takes away all that was said in the room, also what only the archive knows after a restart', async () => {
  rig = await startRig({ portals: TWO_ROOMS });
  for (const text of ['one', 'two']) rig.room.userPosts('floor', 'ann', text);
  rig.room.userPosts('bar', 'ben', 'three');
  await expect.poll(() => rig.said().then((all) => all.length), WITHIN).toBe(3);
  await rig.restart();
  rig.room.userPosts('floor', 'ann', 'four');
  await expect.poll(() => rig.said().then((all) => all.length), WITHIN).toBe(4);
  rig.room.tells(removal({ kind: 'room', room: FLOOR, since: 0 as EpochMs }, null));
  await expect.poll(async () => (await rig.said()).filter((text) => text !== '(gone)'), WITHIN).toEqual(['three']);
  await expect.poll(() => rig.texts('bar'), WITHIN).toEqual(['three']);
});

describe('what a platform announces by itself', () => {
  const notice = (text: string, id: string): Inbound => {
    return { kind: 'notice', ref: { room: FLOOR, id }, code: 'raid', text, at: now() };
  };

  it('is shown to readers of the channel once, and said in no other room', async () => {
    rig = await startRig({ portals: TWO_ROOMS });
    rig.room.tells(notice('kool raids with 20', 'n1'));
    rig.room.tells(notice('kool raids with 20', 'n1'));
    rig.room.userPosts('floor', 'ann', 'over');
    await expect.poll(() => rig.texts('bar'), WITHIN).toEqual(['[Fakeroom] ann: over']);
    const { feed } = rig.hub().hub.knowledge;
    const since = await feed.since('lobby' as never, feed.epoch(), 0 as never, 50);
    const bodies =
      since.kind === 'entries' ? since.entries.map(({ body }) => body).filter((one) => one.includes('raid')) : [];
    expect(bodies.map((body) => JSON.parse(body))).toEqual([
      expect.objectContaining({ type: 'notice', code: 'fakeroom-raid', say: 'kool raids with 20' }),
    ]);
  });

  it('is bounded', async () => {
    rig = await startRig({ portals: TWO_ROOMS });
    for (let n = 0; n < 100; n += 1) rig.room.tells(notice(`sub ${n}`, `n${n}`));
    rig.room.userPosts('floor', 'ann', 'over');
    await expect.poll(() => rig.texts('bar').length, WITHIN).toBe(1);
    const { feed } = rig.hub().hub.knowledge;
    const since = await feed.since('lobby' as never, feed.epoch(), 0 as never, 500);
    expect(since.kind === 'entries' ? since.entries.length : 0).toBe(61);
  });
});

describe('another relay in a room', () => {
  it('does not carry our own messages back, and whoever looks after the room is told', async () => {
    rig = await startRig({ portals: TWO_ROOMS });
    rig.room.userPosts('floor', 'ann', 'hello everyone');
    await expect.poll(() => rig.texts('bar'), WITHIN).toEqual(['[Fakeroom] ann: hello everyone']);
    rig.botPosts('bar', 'relaybot', 'hello everyone');
    rig.botPosts('bar', 'relaybot', '<ann> hello everyone');
    rig.botPosts('bar', 'relaybot', 'relay: [Fakeroom] ann: hello everyone');
    rig.botPosts('bar', 'scorebot', 'the score is 3');
    rig.room.userPosts('bar', 'ben', 'hello everyone');
    await expect.poll(() => rig.texts('floor').length, WITHIN).toBe(3);
    expect(rig.texts('floor')).toEqual([
      'hello everyone',
      '[Fakeroom] scorebot: the score is 3',
      '[Fakeroom] ben: hello everyone',
    ]);
    expect(await rig.ask('bar', 'ben', '!bridge')).toContain('(relaybot) carries our own messages back');
    const { checks } = await rig.hub().hub.health.report();
    expect(checks.find(({ name }) => name === 'rooms')).toMatchObject({ status: 'warn' });
  });

  it('is not seen in people, nor in a bot that says what was said in its own room', async () => {
    rig = await startRig({ portals: TWO_ROOMS });
    rig.room.userPosts('bar', 'ann', 'play that again');
    rig.botPosts('bar', 'echobot', 'play that again');
    await expect
      .poll(() => rig.texts('floor'), WITHIN)
      .toEqual(['[Fakeroom] ann: play that again', '[Fakeroom] echobot: play that again']);
  });
});
