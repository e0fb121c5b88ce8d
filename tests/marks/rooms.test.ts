import { afterEach, expect, it } from 'vitest';
import { userIdOf } from '../../core/async/mint.ts';
import type { UserId } from '../../core/domain/ids.ts';
import { BEN } from '../fakes/discord-world.ts';
import { startTestHub, type TestHub } from '../fakes/hub.ts';
import { type Participant, participant } from '../fakes/people.ts';
import { type RedisServer, startRedis } from '../fakes/redis-server.ts';
import { WITHIN } from '../library/rig.ts';
import { THIS_MACHINE } from '../media/rig.ts';
import { openDiscordPlace } from '../route/golden-discord.ts';
import { openMatrixPlace } from '../route/golden-matrix.ts';
import { findIn, type Place } from '../route/golden-place.ts';
import { openTelegramPlace } from '../route/golden-telegram.ts';
import { mark, pictures, png, postPicture } from './rig.ts';

let hub: TestHub;
let redis: RedisServer | null = null;
let discord: Place;
let telegram: Place;
let matrix: Place;
afterEach(async () => {
  await hub.close();
  for (const place of [discord, telegram, matrix]) await place.stop();
  await redis?.stop();
  redis = null;
});

async function start(kind: 'embedded' | 'redis'): Promise<Participant> {
  redis = kind === 'redis' ? await startRedis() : null;
  discord = await openDiscordPlace();
  telegram = await openTelegramPlace();
  matrix = await openMatrixPlace();
  const places = [discord, telegram, matrix];
  hub = await startTestHub({
    redisUrl: redis?.url ?? null,
    outside: THIS_MACHINE,
    config: {
      publicUrl: 'https://chat.example',
      accounts: { signUp: 'open' },
      bridges: places.map(({ link }) => link?.bridge),
      portals: places.map(({ link }) => ({ channel: 'lobby', ...link?.portal })),
    },
  });
  for (const place of places) place.connect?.(hub.url);
  return participant(hub.wsUrl, await hub.user('root', 'admin'));
}

/** How a picture with these words is shown in a room, in the place where it stands. */
async function shown(place: Place, words: string): Promise<string> {
  const all = (await place.shown()).filter(({ isOurs }) => isOurs);
  const at = all.findIndex(({ text, line }) => text.includes(words) || line.includes(words));
  const { line = '' } = all[at] ?? {};
  // the picture may stand behind its words
  const next = all[at + 1]?.line ?? '';
  const both = `${line} ${/flyer|picture|photo|image/.test(line) ? '' : next}`;
  if (/SPOILER_|covered/.test(both)) return 'covered';
  return /https:\/\/chat\.example\//.test(both) ? 'link' : /picture|photo|image|flyer/.test(both) ? 'open' : 'none';
}
const inAll = async (words: string) => ({
  discord: await shown(discord, words),
  telegram: await shown(telegram, words),
  matrix: await shown(matrix, words),
});
const OPEN = { discord: 'open', telegram: 'open', matrix: 'open' };
const COVERED = { discord: 'covered', telegram: 'covered', matrix: 'link' };

it('M2: a picture marked NSFW here is a spoiler or a link in every room, before and after, in its old place where that can be', async () => {
  const root = await start('embedded');
  const first = await postPicture({ hub }, root, 'root', await png(), { text: 'before the mark' });
  await expect.poll(() => inAll('before the mark'), WITHIN).toEqual(OPEN);
  const ids = async () =>
    [await findIn(discord, 'before the mark'), await findIn(telegram, 'before the mark')].map(({ id }) => id);
  const before = await ids();
  expect(await mark(root, first, 'nsfw')).toContain('NSFW');
  await expect.poll(() => inAll('before the mark'), WITHIN).toEqual(COVERED);
  expect(await ids()).toEqual(before);
  await postPicture({ hub }, root, 'root', await png(), { text: 'after the mark' });
  await expect.poll(() => inAll('after the mark'), WITHIN).toEqual(COVERED);
  expect(await mark(root, first, 'safe')).toContain('safe');
  await expect
    .poll(() => inAll('before the mark'), WITHIN)
    .toEqual({ discord: 'open', telegram: 'open', matrix: 'link' });
  expect(await mark(root, first, 'remove')).toContain('removed');
  for (const words of ['before the mark', 'after the mark']) {
    await expect.poll(() => inAll(words), WITHIN).toEqual({ discord: 'none', telegram: 'none', matrix: 'none' });
  }
});

it('M2: marked on one platform by a moderator’s reply, a picture from another is covered everywhere else, and stays in its own room', async () => {
  const root = await start('redis');
  const ben = userIdOf('discord', BEN.id as never);
  await hub.hub.knowledge.directory.change({
    statements: [{ query: grantOf(ben) }],
    scopes: ['mega' as never],
    what: [{ kind: 'roles', user: ben }],
  });
  const bytes = await png(3);
  await telegram.acts.postsImage?.({ name: 'flyer.png', bytes }, 'from telegram');
  await expect.poll(() => shown(discord, 'from telegram'), WITHIN).toBe('open');
  await expect.poll(() => shown(matrix, 'from telegram'), WITHIN).toBe('open');
  await discord.acts.answers((await findIn(discord, 'from telegram')).id, '!nsfw');
  await expect.poll(() => shown(discord, 'from telegram'), WITHIN).toBe('covered');
  await expect.poll(() => shown(matrix, 'from telegram'), WITHIN).toBe('link');
  expect(await pictures(root)).toContain('covered nsfw');
  expect((await findIn(telegram, 'from telegram')).line).not.toContain('covered');
  await discord.acts.postsImage?.({ name: 'flyer.png', bytes }, 'from discord');
  await expect.poll(() => shown(telegram, 'from discord'), WITHIN).toBe('covered');
  await expect.poll(() => shown(matrix, 'from discord'), WITHIN).toBe('link');
});

function grantOf(user: UserId) {
  const row = { user_id: user, scope: 'mega', channel_id: '', role: 'moderator', granted_at: 1 };
  return hub.hub.sql.build.insertInto('role_grants').values(row).compile();
}
