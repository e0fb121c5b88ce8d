import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../core/async/clock.ts';
import type { ChannelId, PortalId } from '../../core/domain/ids.ts';
import type { PortalHealth } from '../../core/plugin/asked/portals.ts';
import { type FakeRoomServer, startFakeRoom } from '../fakes/fake-room.ts';
import { startRedis } from '../fakes/redis-server.ts';
import { closeAll, closing, join, movableClock, type OrderHub, type Someone, soon, start } from '../moderation/rig.ts';
import { FAKE_BUILT_INS } from '../relay/rig.ts';

const LOBBY = 'lobby' as ChannelId;
const here = { channel: LOBBY } as const;
const clock = movableClock(systemClock);

let room: FakeRoomServer;
let root: Someone;
/** At the hub that does not run the bridge. */
let mia: Someone;
let hubs: readonly [OrderHub, OrderHub];

beforeAll(async () => {
  room = await startFakeRoom();
  closing.push(() => room.stop());
  const redis = await startRedis();
  closing.push(() => redis.stop());
  const options = {
    redisUrl: redis.url,
    clock,
    bridges: FAKE_BUILT_INS.bridges,
    config: {
      moderation: { rules: 'none' },
      bridges: [{ id: 'fake', use: 'fakeroom', required: true, config: { port: room.port, token: room.token } }],
      portals: [{ channel: 'lobby', bridge: 'fake', room: 'techno' }],
    },
  };
  const one = await start(options);
  hubs = [one, await start({ ...options, dataDir: one.dataDir })];
  root = await join(one, 'root', 'admin');
  mia = await join(hubs[1], 'mia', 'admin');
}, 60_000);
afterAll(closeAll);

const healthOf = async (who: Someone): Promise<PortalHealth | undefined> =>
  (await who.ask('portal-health', here)).portals[0];
const portalOf = async (): Promise<PortalId> =>
  (await root.ask('portals', here)).portals[0]?.id ?? ('none' as PortalId);

it('is well while all that was said has arrived, and both hubs say so', async () => {
  const { bridges } = await root.ask('portal-health', here);
  expect(bridges).toMatchObject([{ id: 'fake', state: 'live' }]);
  expect((await mia.ask('portal-health', here)).bridges).toMatchObject([{ id: 'fake', state: 'elsewhere' }]);
  await root.say('one');
  room.userPosts('techno', 'Nils', 'two');
  for (const who of [root, mia]) {
    await soon(() => healthOf(who)).toMatchObject({
      state: 'ok',
      waiting: 0,
      behindMs: null,
      lately: { messages: 2, there: 2, failed: 0 },
      letters: 0,
    });
  }
});

it('says how many messages wait and for how long while the room does not answer', async () => {
  const letGo = room.stall('techno');
  for (const text of ['three', 'four', 'five']) await root.say(text);
  clock.forward(30_000);
  for (const who of [root, mia]) {
    await soon(() => healthOf(who)).toMatchObject({ state: 'behind', waiting: 3 });
    expect((await healthOf(who))?.behindMs).toBeGreaterThanOrEqual(30_000);
  }
  letGo();
  for (const who of [root, mia]) {
    await soon(() => healthOf(who)).toMatchObject({ state: 'ok', waiting: 0, lately: { messages: 5, there: 5 } });
  }
});

it('sends a test into the room from whichever hub, not twice at once, and tells when it cannot', async () => {
  const portal = await portalOf();
  const tests = () => room.posts('techno').filter(({ text }) => text.includes('A test from the chat')).length;
  expect(await root.client.command(LOBBY, 'bridge test')).toMatchObject({
    ok: true,
    value: 'The test has arrived in the room.',
  });
  expect(tests()).toBe(1);
  expect(await root.do('test-portal', { ...here, portal })).toMatchObject({ ok: false, code: 'unavailable' });
  expect(await mia.do('test-portal', { ...here, portal })).toMatchObject({ ok: true });
  await soon(tests).toBe(2);
});

it('counts what was given up, and what may or may not have arrived', async () => {
  room.failNext('bad-command');
  await root.say('six');
  await soon(() => healthOf(root)).toMatchObject({ state: 'ok', letters: 1, lately: { failed: 1 } });
});

it('says that it is paused, and by whose hand', async () => {
  const portal = await portalOf();
  expect(await root.do('change-portal', { ...here, portal, ...NOTHING, isPaused: true })).toMatchObject({ ok: true });
  await soon(() => healthOf(mia)).toMatchObject({ state: 'paused', say: 'Nothing passes until it is resumed.' });
  expect(await mia.do('test-portal', { ...here, portal })).toMatchObject({ ok: false });
  await root.do('change-portal', { ...here, portal, ...NOTHING, isPaused: false });
  await soon(() => healthOf(mia)).toMatchObject({ state: 'ok' });
});
const NOTHING = { direction: null, isPaused: null, reach: null, prefix: null } as const;

it('says what to mend once the room takes nothing any more', async () => {
  room.failNext('room-gone');
  await root.say('seven');
  await soon(() => healthOf(root)).toMatchObject({ state: 'failed', say: expect.stringContaining('pause and resume') });
});

it('says that the platform refuses the credential, and who mends that', async () => {
  const portal = await portalOf();
  for (const isPaused of [true, false]) await root.do('change-portal', { ...here, portal, ...NOTHING, isPaused });
  await soon(() => healthOf(root)).toMatchObject({ state: 'ok' });
  room.failNext('unauthorized', 100);
  await root.say('eight');
  // each hub finds out by itself, in turn
  await soon(() => healthOf(root)).toMatchObject({ state: 'refused', say: expect.stringContaining('doctor') });
});
