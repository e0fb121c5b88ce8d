import sharp from 'sharp';
import { afterEach, expect, it } from 'vitest';
import { startTestHub, type TestHub } from '../fakes/hub.ts';
import { participant } from '../fakes/people.ts';
import { type RedisServer, startRedis } from '../fakes/redis-server.ts';
import { THIS_MACHINE } from '../media/rig.ts';
import { openDiscordPlace } from '../route/golden-discord.ts';
import { openMatrixPlace } from '../route/golden-matrix.ts';
import type { Place } from '../route/golden-place.ts';
import { openTelegramPlace } from '../route/golden-telegram.ts';
import { openTwitchPlace } from '../route/golden-twitch.ts';
import { libraryOf, linesOf, WITHIN } from './rig.ts';

let hub: TestHub;
let redis: RedisServer;
let places: readonly Place[] = [];
afterEach(async () => {
  await hub.close();
  for (const place of places) await place.stop();
  await redis.stop();
});

it('T8: what people post on every platform stands in one library, a thing posted on several once', async () => {
  redis = await startRedis();
  places = [await openDiscordPlace(), await openTwitchPlace(), await openTelegramPlace(), await openMatrixPlace()];
  hub = await startTestHub({
    redisUrl: redis.url,
    outside: THIS_MACHINE,
    config: {
      library: { titles: false },
      bridges: places.map(({ link }) => link?.bridge),
      portals: places.map(({ link }) => ({ channel: 'lobby', ...link?.portal })),
    },
  });
  for (const place of places) place.connect?.(hub.url);
  const ann = await participant(hub.wsUrl, await hub.user('ann'));
  await ann.say('https://www.mixcloud.com/dj/set/');
  for (const { name, acts } of places) await acts.says(`${name} https://example.org/${name} mixcloud.com/dj/set`);
  await expect
    .poll(async () => (await linesOf(ann, { channel: 'lobby', text: 'example.org' })).length, WITHIN)
    .toBe(places.length);
  const mixes = await libraryOf(ann, { channel: 'lobby', kind: 'mixcloud' });
  expect(mixes).toMatchObject([{ count: 1 + places.length, first: { platform: 'slipmat' } }]);
  const links = await libraryOf(ann, { channel: 'lobby', kind: 'link' });
  if (typeof links === 'string') throw new Error(links);
  for (const { url, last } of links) expect(url).toBe(`https://example.org/${last.platform}`);

  const bytes = await sharp({ create: { width: 64, height: 48, channels: 3, background: 'teal' } })
    .png()
    .toBuffer();
  const withPictures = places.filter(({ acts }) => acts.postsImage !== null);
  for (const { acts } of withPictures) await acts.postsImage?.({ name: 'flyer.png', bytes }, 'the flyer');
  await expect
    .poll(() => libraryOf(ann, { channel: 'lobby', kind: 'image' }), WITHIN)
    .toMatchObject([{ count: withPictures.length }]);
  ann.close();
});
