import { afterEach, describe, expect, it } from 'vitest';
import type { BridgeId, ChannelId, EpochMs, RoomId } from '../../core/domain/ids.ts';
import { startTestHub } from '../fakes/hub.ts';
import { type RedisServer, startRedis } from '../fakes/redis-server.ts';
import { movedClock, type Rig, startRig, WITHIN } from '../portals/rig.ts';
import { FAKE_BUILT_INS } from '../relay/rig.ts';
import { asDj, MIN, notices, plan, reaches, turn } from './rig.ts';

let rig: Rig;
let redis: RedisServer | null = null;
let clock: ReturnType<typeof movedClock>;
afterEach(async () => {
  await rig.close();
  await redis?.stop();
  redis = null;
});
const hub = () => rig.hub().hub;
const HOME = 'dj-kool';

async function start(store: 'embedded' | 'redis' = 'embedded', rooms: readonly string[] = ['floor']): Promise<void> {
  redis = store === 'redis' ? await startRedis() : null;
  clock = movedClock();
  const portals = rooms.map((room) => ({ channel: HOME, bridge: 'fake', room }));
  rig = await startRig({ redisUrl: redis?.url ?? null, clock, portals });
  await rig.native('kool', 'dj');
}
const where = (room = 'floor') => hub().portals.at('fake' as BridgeId, room as RoomId)?.channel;

describe.each(['embedded', 'redis'] as const)('on the %s store', (store) => {
  it('a DJ’s rooms follow the event from warmup until it is archived, both ways, and come back', async () => {
    await start(store, ['floor', 'bar']);
    const home = await rig.native('kool', undefined, HOME);
    await home.say('at home');
    await expect.poll(() => rig.texts('floor').at(-1), WITHIN).toBe('[Slipmat] kool: at home');
    const event = await plan(hub(), 'kool', 'Night', clock.now() + 10 * MIN);
    await reaches(hub(), event.channel, 'warmup');
    expect(where()).toBe(event.channel);
    const show = await rig.native('kool', undefined, event.channel);
    await home.say('unheard in rooms');
    await show.say('warm');
    await expect.poll(() => rig.texts('floor').at(-1), WITHIN).toBe('[Slipmat] kool: warm');
    rig.room.userPosts('bar', 'ann', 'from the bar');
    await expect.poll(() => rig.texts('floor').at(-1), WITHIN).toBe('[Fakeroom] ann: from the bar');
    expect(await rig.said(event.channel)).toEqual(['warm', 'from the bar']);
    await turn(hub(), 'kool', event, 'start');
    await rig.restart({ clock });
    expect(where()).toBe(event.channel);
    await turn(hub(), 'kool', event, 'end');
    rig.room.userPosts('bar', 'ann', 'encore');
    await expect.poll(() => rig.said(event.channel), WITHIN).toEqual(['warm', 'from the bar', 'encore']);
    clock.ahead(31 * MIN);
    await reaches(hub(), event.channel, 'archived');
    expect(where()).toBe(HOME);
    const back = await rig.native('kool', undefined, HOME);
    await back.say('home again');
    await expect.poll(() => rig.texts('floor').at(-1), WITHIN).toBe('[Slipmat] kool: home again');
    rig.room.userPosts('bar', 'ann', 'me too');
    await expect.poll(() => rig.said(HOME), WITHIN).toEqual(['at home', 'unheard in rooms', 'home again', 'me too']);
    expect(rig.texts('floor').filter((text) => text.includes('unheard'))).toEqual([]);
  });

  it('edits and redactions of what was said before still reach their copies, whichever way it went, also after the return', async () => {
    await start(store, ['floor', 'bar']);
    const home = await rig.native('kool', undefined, HOME);
    const first = await home.say('frist');
    rig.room.userPosts('bar', 'ann', 'form the bar');
    await expect
      .poll(() => rig.texts('floor'), WITHIN)
      .toEqual(['[Slipmat] kool: frist', '[Fakeroom] ann: form the bar']);
    const said = rig.room.posts('bar').find(({ text }) => text === 'form the bar');
    const event = await plan(hub(), 'kool', 'Night', clock.now() + 10 * MIN);
    const show = await rig.native('kool', undefined, event.channel);
    const during = await show.say('druing');
    await expect.poll(() => rig.texts('floor').at(-1), WITHIN).toBe('[Slipmat] kool: druing');
    // of the time before, while the rooms are at the event
    expect((await home.client.edit(HOME, first, 'first')).ok).toBe(true);
    rig.room.userEdits('bar', said?.id ?? '', 'from the bar');
    await expect
      .poll(() => rig.texts('floor'), WITHIN)
      .toEqual(['[Slipmat] kool: first', '[Fakeroom] ann: from the bar', '[Slipmat] kool: druing']);
    expect((await show.client.edit(event.channel, during, 'during')).ok).toBe(true);
    await expect.poll(() => rig.texts('floor').at(-1), WITHIN).toBe('[Slipmat] kool: during');
    await turn(hub(), 'kool', event, 'start');
    await turn(hub(), 'kool', event, 'end');
    clock.ahead(31 * MIN);
    await reaches(hub(), event.channel, 'archived');
    await rig.restart({ clock });
    const kool = await rig.native('kool', undefined, HOME);
    await kool.client.join(event.channel);
    // of the event, once the rooms are at home
    expect((await kool.client.redact(event.channel, during)).ok).toBe(true);
    await expect
      .poll(() => rig.texts('floor'), WITHIN)
      .toEqual(['[Slipmat] kool: first', '[Fakeroom] ann: from the bar']);
    rig.room.userRedacts('bar', said?.id ?? '');
    await expect.poll(() => rig.texts('floor'), WITHIN).toEqual(['[Slipmat] kool: first']);
    await expect.poll(() => rig.said(HOME), WITHIN).toEqual(['first', '(gone)']);
  });
});

it('what stands in a room from long ago is still reached when it is redacted a month after the event', async () => {
  await start();
  const event = await plan(hub(), 'kool', 'Night', clock.now() + 10 * MIN);
  const show = await rig.native('kool', undefined, event.channel);
  const said = await show.say('regretted');
  await expect.poll(() => rig.texts('floor').at(-1), WITHIN).toBe('[Slipmat] kool: regretted');
  await turn(hub(), 'kool', event, 'start');
  await turn(hub(), 'kool', event, 'end');
  clock.ahead(31 * MIN);
  await reaches(hub(), event.channel, 'archived');
  clock.ahead(29 * 24 * 60 * MIN);
  await rig.restart({ clock });
  expect(
    hub()
      .portals.legs()
      .map(({ channel }) => channel),
  ).toEqual([HOME]);
  const kool = await rig.native('kool', undefined, HOME);
  await kool.client.join(event.channel);
  expect((await kool.client.redact(event.channel, said)).ok).toBe(true);
  await expect.poll(() => rig.texts('floor'), WITHIN).toEqual([]);
});

it('nothing that is said at the very turn is lost or goes to the wrong place', async () => {
  await start('embedded', ['floor', 'bar']);
  const event = await plan(hub(), 'kool', 'Night', clock.now() + 40 * MIN);
  let count = 0;
  let isOver = false;
  const crowd = (async () => {
    while (!isOver) {
      count += 1;
      rig.room.userPosts('bar', 'ann', `n${count}`);
      await expect.poll(() => rig.room.ever('floor').length, WITHIN).toBeGreaterThanOrEqual(count);
    }
  })();
  await expect.poll(() => count, WITHIN).toBeGreaterThan(20);
  const startsAt = (clock.now() + 10 * MIN) as EpochMs;
  expect((await hub().liveEvents.edit(event, { startsAt }, await asDj(hub(), 'kool'))).ok).toBe(true);
  await reaches(hub(), event.channel, 'warmup');
  const atTurn = count;
  await expect.poll(() => count, WITHIN).toBeGreaterThan(atTurn + 20);
  isOver = true;
  await crowd;
  const all = Array.from({ length: count }, (_, n) => `n${n + 1}`);
  expect([...(await everSaid(HOME)), ...(await everSaid(event.channel))]).toEqual(all);
  expect(rig.texts('floor')).toEqual(all.map((text) => `[Fakeroom] ann: ${text}`));
});

/** Everything of a channel, however much. */
async function everSaid(channel: string): Promise<readonly string[]> {
  const place = hub().knowledge.directory.channel(channel as ChannelId);
  if (place === null) return [];
  const entries = await hub().knowledge.history.entries(place, 0 as never, 10_000);
  return entries.flatMap(({ kind, body }) => {
    if (kind !== 'message') return [];
    const { message } = JSON.parse(body) as { message: { content: { rich: readonly { text: string }[] } } };
    return [message.content.rich.map(({ text }) => text).join('')];
  });
}

it('rooms that want it are told of the warmup, the start and the end, each once', async () => {
  clock = movedClock();
  rig = await startRig({
    clock,
    portals: [
      { channel: HOME, bridge: 'fake', room: 'floor', notice: true },
      { channel: HOME, bridge: 'fake', room: 'quiet' },
      { channel: HOME, bridge: 'fake', room: 'ears', direction: 'in', notice: true },
    ],
  });
  await rig.native('kool', 'dj');
  await expect.poll(() => rig.lastLine('floor'), WITHIN).toContain('linked with');
  const before = rig.texts('floor').length;
  const event = await plan(hub(), 'kool', 'Night', clock.now() + 10 * MIN);
  await turn(hub(), 'kool', event, 'start');
  await turn(hub(), 'kool', event, 'end');
  await expect.poll(() => rig.lastLine('floor'), WITHIN).toContain('has ended');
  expect(rig.texts('floor').slice(before)).toEqual([
    expect.stringContaining('Warmup: "Night" starts at'),
    '"Night" is live.',
    '"Night" has ended. The chat stays open for 30 minutes.',
  ]);
  expect(rig.texts('quiet')).toEqual([]);
  expect(rig.texts('ears').join()).not.toContain('Night');
});

it('keeps the order in a room over the turn, also when the room was slow before it', async () => {
  await start();
  const home = await rig.native('kool', undefined, HOME);
  const letGo = rig.room.stall('floor');
  for (const text of ['one', 'two', 'three']) await home.say(text);
  const event = await plan(hub(), 'kool', 'Night', clock.now() + 10 * MIN);
  const show = await rig.native('kool', undefined, event.channel);
  for (const text of ['four', 'five']) await show.say(text);
  await expect.poll(() => hub().lanes().size, WITHIN).toBe(2);
  letGo();
  const all = ['one', 'two', 'three', 'four', 'five'].map((text) => `[Slipmat] kool: ${text}`);
  await expect.poll(() => rig.texts('floor'), WITHIN).toEqual(all);
});

it('with two hubs on one Redis each goes by the turn once, whichever was asked, and the one that runs the bridge follows', async () => {
  await start('redis');
  const { dataDir } = rig.hub();
  const fake = { port: rig.room.port, token: rig.room.token, knowsRoles: true };
  const two = await startTestHub({
    redisUrl: redis?.url ?? null,
    dataDir,
    clock,
    builtIns: { bridges: FAKE_BUILT_INS.bridges, surfaces: {} },
    config: {
      bridges: [{ id: 'fake', use: 'fakeroom', config: fake }],
      portals: [{ channel: HOME, bridge: 'fake', room: 'floor' }],
    },
  });
  try {
    const event = await plan(two.hub, 'kool', 'Night', clock.now() + 40 * MIN);
    clock.ahead(11 * MIN);
    await reaches(hub(), event.channel, 'warmup');
    await reaches(two.hub, event.channel, 'warmup');
    expect(two.hub.portals.list().map(({ channel }) => channel)).toEqual([event.channel]);
    const show = await rig.native('kool', undefined, event.channel);
    await show.say('warm');
    await expect.poll(() => rig.texts('floor').at(-1), WITHIN).toBe('[Slipmat] kool: warm');
    // both try at once: one of them is told
    const both = await Promise.all([turn(hub(), 'kool', event, 'start'), turn(two.hub, 'kool', event, 'start')]);
    expect(both.filter(({ ok }) => ok).length).toBe(1);
    await expect.poll(() => notices(hub(), event.channel), WITHIN).toEqual(['event-open', 'event-start']);
  } finally {
    await two.stop();
  }
});
