import { afterEach, describe, expect, it } from 'vitest';
import type { BridgeId, PortalId, RoomId } from '../../core/domain/ids.ts';
import type { Portal } from '../../core/domain/portal.ts';
import { startTestHub } from '../fakes/hub.ts';
import { type RedisServer, startRedis } from '../fakes/redis-server.ts';
import { FAKE_BUILT_INS } from '../relay/rig.ts';
import { codeIn, LOBBY, movedClock, type Rig, startRig, WITHIN } from './rig.ts';

let rig: Rig;
let redis: RedisServer | null = null;
afterEach(async () => {
  await rig.close();
  await redis?.stop();
  redis = null;
});

/** Links a room as the operator does. */
async function link(room: string, wish: Partial<Portal> = {}): Promise<PortalId> {
  const made = await rig.hub().hub.linking.desk.link({
    channel: LOBBY,
    bridge: 'fake' as BridgeId,
    room: room as RoomId,
    direction: wish.direction ?? null,
    reach: wish.reach ?? null,
    prefix: wish.prefix ?? null,
    madeBy: null,
  });
  if (!made.ok) throw new Error(made.say);
  await rig.told(room);
  return made.value;
}
const shape = () =>
  rig
    .hub()
    .hub.portals.list()
    .map(({ room, direction, isPaused, reach, prefix }) => ({ room, direction, isPaused, reach, prefix }));

describe.each(['embedded', 'redis'] as const)('on the %s store', (store) => {
  async function start(options: Parameters<typeof startRig>[0] = {}): Promise<void> {
    redis = store === 'redis' ? await startRedis() : null;
    rig = await startRig({ redisUrl: redis?.url ?? null, ...options });
  }

  it('keeps links and their switches over a restart, those of the configuration too', async () => {
    await start({ portals: [{ channel: 'lobby', bridge: 'fake', room: 'bar' }] });
    const id = await link('floor', { prefix: '?' });
    await rig.hub().hub.linking.desk.change(id, { reach: 'timeouts' });
    const [bar] = rig.hub().hub.portals.list();
    await rig.hub().hub.linking.desk.change(bar?.id ?? id, { direction: 'in', prefix: '.' });
    const before = shape();
    expect(before).toEqual([
      { room: 'bar', direction: 'in', isPaused: false, reach: 'none', prefix: '.' },
      { room: 'floor', direction: 'both', isPaused: false, reach: 'timeouts', prefix: '?' },
    ]);
    await rig.restart();
    expect(shape()).toEqual(before);
    rig.room.userPosts('bar', 'ann', 'one');
    await expect.poll(() => rig.texts('floor').at(-1), WITHIN).toBe('[Fakeroom] ann: one');
    rig.room.userPosts('floor', 'ben', 'two');
    await expect.poll(() => rig.said(), WITHIN).toEqual(['one', 'two']);
    expect(rig.texts('bar')).toEqual(['one']);
  });

  it('tells a room once of its link, also over a restart', async () => {
    await start();
    await link('floor');
    await expect.poll(() => rig.lastLine('floor'), WITHIN).toContain('linked with the chat "Lobby"');
    await rig.restart();
    rig.room.userPosts('floor', 'ann', 'one');
    await expect.poll(() => rig.said(), WITHIN).toEqual(['one']);
    expect(rig.room.ever('floor').length).toBe(1);
  });

  it('lets nothing pass while it is paused, and goes on after in order', async () => {
    await start();
    const root = await rig.native('root', 'admin');
    await link('floor');
    rig.room.setRole('floor', 'ann', 'admin');
    expect(await rig.ask('floor', 'ann', '!bridge pause')).toBe('Done.');
    await expect.poll(() => shape()[0]?.isPaused, WITHIN).toBe(true);
    rig.room.userPosts('floor', 'ben', 'unheard');
    await root.say('while paused');
    await root.say('while paused still');
    expect(await rig.ask('floor', 'ann', '!bridge resume')).toBe('Done.');
    await expect
      .poll(() => rig.texts('floor').filter((text) => text.startsWith('[Slipmat]')), WITHIN)
      .toEqual(['[Slipmat] root: while paused', '[Slipmat] root: while paused still']);
    rig.room.userPosts('floor', 'ben', 'heard');
    await expect.poll(() => rig.said(), WITHIN).toEqual(['while paused', 'while paused still', 'heard']);
  });

  it('sums up a long pause in one line', async () => {
    const clock = movedClock();
    await start({ clock });
    const root = await rig.native('root', 'admin');
    const id = await link('floor');
    await rig.hub().hub.linking.desk.change(id, { isPaused: true });
    // what it was at when the answer came is not among what waits
    const isAtRest = () => [...rig.hub().hub.lanes().values()].every(({ phase }) => phase === 'stopped');
    await expect.poll(isAtRest, WITHIN).toBe(true);
    for (const text of ['one', 'two', 'three']) await root.say(text);
    clock.ahead(11 * 60_000);
    await rig.hub().hub.linking.desk.change(id, { isPaused: false });
    await root.say('four');
    await expect.poll(() => rig.texts('floor').at(-1), WITHIN).toBe('[Slipmat] root: four');
    expect(rig.texts('floor').filter((text) => /: (?:one|two|three)$/.test(text))).toEqual([]);
    expect(rig.texts('floor').some((text) => text.startsWith('3 messages'))).toBe(true);
  });

  it('ends a link in the middle of a flow: nothing passes after the answer, and both sides are told', async () => {
    await start();
    const root = await rig.native('root', 'admin');
    await link('floor');
    rig.room.setRole('floor', 'ann', 'owner');
    let isOver = false;
    const flow = (async () => {
      for (let n = 0; n < 200 && !isOver; n += 1) await root.say(`n ${n}`);
    })();
    await expect.poll(() => rig.texts('floor').length, WITHIN).toBeGreaterThan(10);
    expect(await rig.act('root', 'bridge off')).toBe('The link is ended.');
    isOver = true;
    await flow;
    await expect.poll(() => rig.texts('floor').at(-1), WITHIN).toContain('no longer linked');
    const after = rig.texts('floor').length;
    await root.say('too late');
    rig.room.userPosts('floor', 'ben', 'unheard');
    await link('bar');
    await root.say('elsewhere');
    await expect.poll(() => rig.texts('bar'), WITHIN).toContain('[Slipmat] root: elsewhere');
    expect(rig.texts('floor').slice(after)).toEqual(['unheard']);
    expect(rig.texts('bar').join()).not.toContain('too late');
    expect((await rig.said()).includes('unheard')).toBe(false);
  });

  it('follows a room that got another id, both ways', async () => {
    await start();
    const root = await rig.native('root', 'admin');
    const id = await link('floor');
    rig.room.userPosts('floor', 'ann', 'before');
    await expect.poll(() => rig.said(), WITHIN).toEqual(['before']);
    const kept = await root.say('kept');
    await expect.poll(() => rig.texts('floor').at(-1), WITHIN).toBe('[Slipmat] root: kept');
    await rig.copyIn('floor');
    rig.room.tells({ kind: 'room-moved', from: 'floor' as RoomId, to: 'dance' as RoomId });
    rig.room.tells({ kind: 'room-renamed', room: 'dance' as RoomId, name: 'Dance floor' });
    await expect.poll(() => rig.hub().hub.portals.byId(id)?.roomName, WITHIN).toBe('Dance floor');
    expect(rig.hub().hub.portals.byId(id)?.room).toBe('dance');
    await root.say('after');
    await expect.poll(() => rig.texts('dance').at(-1), WITHIN).toBe('[Slipmat] root: after');
    rig.room.userPosts('dance', 'ann', 'still here');
    await expect.poll(() => rig.said(), WITHIN).toEqual(['before', 'kept', 'after', 'still here']);
    // what stood in the old room is still known there
    await root.client.redact('lobby', kept);
    await expect.poll(() => rig.texts('floor').includes('[Slipmat] root: kept'), WITHIN).toBe(false);
    await rig.restart();
    expect(rig.hub().hub.portals.byId(id)?.room).toBe('dance');
  });

  it('lets the DJ change a link from the native chat, but not widen what moderators may do in that room', async () => {
    await start();
    await rig.native('root', 'admin');
    await link('floor');
    expect(await rig.act('root', 'bridge direction in')).toBe('Done.');
    expect(await rig.act('root', 'bridge reach bans')).toContain('somebody who administers it');
    rig.room.setRole('floor', 'ann', 'admin');
    expect(await rig.ask('floor', 'ann', '!bridge reach bans')).toBe('Done.');
    expect(await rig.act('root', 'bridge reach timeouts')).toBe('Done.');
    expect(shape()).toEqual([{ room: 'floor', direction: 'in', isPaused: false, reach: 'timeouts', prefix: '!' }]);
    expect(await rig.ask('floor', 'eve', '!bridge off')).toContain('administer');
    expect(await rig.ask('floor', 'eve', '!bridge')).toContain('linked with the chat "Lobby"');
  });
});

it('pauses a link of the configuration, but does not end it', async () => {
  rig = await startRig({ portals: [{ channel: 'lobby', bridge: 'fake', room: 'bar' }] });
  rig.room.setRole('bar', 'ann', 'admin');
  expect(await rig.ask('bar', 'ann', '!bridge off')).toContain('configuration');
  expect(await rig.ask('bar', 'ann', '!bridge pause')).toBe('Done.');
  expect(shape()[0]?.isPaused).toBe(true);
});

it('tells a room of the configuration once that it is linked, unless that is turned off', async () => {
  rig = await startRig({
    portals: [
      { channel: 'lobby', bridge: 'fake', room: 'bar', notice: true },
      { channel: 'lobby', bridge: 'fake', room: 'roof' },
    ],
  });
  await expect.poll(() => rig.lastLine('bar'), WITHIN).toContain('and in its rooms on Fakeroom');
  await rig.restart();
  rig.room.userPosts('roof', 'ann', 'hi');
  await expect.poll(() => rig.texts('bar').length, WITHIN).toBe(2);
  expect(rig.room.ever('roof')).toEqual([]);
});

describe('two hubs on one Redis', () => {
  it('agree on links, whichever was asked, and the one that runs the bridge tells the room', async () => {
    redis = await startRedis();
    rig = await startRig({ redisUrl: redis.url });
    const { dataDir } = rig.hub();
    const fake = { port: rig.room.port, token: rig.room.token, knowsRoles: true };
    const two = await startTestHub({
      redisUrl: redis.url,
      dataDir,
      builtIns: { bridges: FAKE_BUILT_INS.bridges, surfaces: {} },
      config: { bridges: [{ id: 'fake', use: 'fakeroom', config: fake }] },
    });
    try {
      const made = await two.hub.linking.desk.link({
        channel: LOBBY,
        bridge: 'fake' as BridgeId,
        room: 'floor' as RoomId,
        direction: null,
        reach: null,
        prefix: null,
        madeBy: null,
      });
      expect(made.ok).toBe(true);
      await expect.poll(() => rig.lastLine('floor'), WITHIN).toContain('linked with the chat "Lobby"');
      rig.room.userPosts('floor', 'ann', 'hello');
      await expect.poll(() => rig.said(), WITHIN).toEqual(['hello']);
      await rig.native('root', 'admin');
      const code = codeIn(await rig.act('root', 'bridge code'));
      expect((await two.hub.linking.codes.find(code))?.channel).toBe(LOBBY);
      if (made.ok) await two.hub.linking.desk.unlink(made.value);
      await expect.poll(() => rig.lastLine('floor'), WITHIN).toContain('no longer linked');
      expect(rig.room.ever('floor').length).toBe(2);
      expect(rig.hub().hub.portals.list()).toEqual([]);
    } finally {
      await two.stop();
    }
  });
});
