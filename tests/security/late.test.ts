import { afterEach, expect, it } from 'vitest';
import { bridges } from '../../bridges/index.ts';
import { systemClock } from '../../core/async/clock.ts';
import type { EpochMs } from '../../core/domain/ids.ts';
import { startFakeRoom } from '../fakes/fake-room.ts';
import { startTestHub } from '../fakes/hub.ts';
import { FAKE_BUILT_INS, until } from '../relay/rig.ts';

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

it('a platform that tells again what the log has long forgotten makes no second message', async () => {
  let aheadMs = 0;
  const clock = { ...systemClock, now: () => (Date.now() + aheadMs) as EpochMs };
  const room = await startFakeRoom();
  cleanups.push(() => room.stop());
  const link = (name: string) => ({ channel: 'lobby', bridge: 'fake', room: name });
  const hub = await startTestHub({
    clock,
    builtIns: { ...bridges, bridges: { ...bridges.bridges, ...FAKE_BUILT_INS.bridges } },
    config: {
      bridges: [{ id: 'fake', use: 'fakeroom', required: true, config: { port: room.port, token: room.token } }],
      portals: [link('a'), link('b')],
      log: { hotMinutes: 1 },
    },
  });
  cleanups.push(() => hub.close());
  const texts = (): readonly string[] => room.posts('b').map(({ text }) => text);
  const id = room.userPosts('a', 'Ben', 'once');
  await until('copied', () => texts().length === 1);
  aheadMs = 3_600_000;
  await expect.poll(async () => (await hub.hub.live.store.log.size()).entries).toBe(0);
  room.tellAgain('a', id);
  room.userPosts('a', 'Ben', 'after');
  await until('the next is there', () => texts().includes('[Fakeroom] Ben: after'));
  expect(texts()).toEqual(['[Fakeroom] Ben: once', '[Fakeroom] Ben: after']);
});
