import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { userIdOf } from '../../core/async/mint.ts';
import type { AccountId } from '../../core/domain/ids.ts';
import { type DiscordServer, startDiscord } from '../fakes/discord-server.ts';
import { CHANNEL_ID, BEN as DISCORD_BEN } from '../fakes/discord-world.ts';
import { type FakeRoomServer, startFakeRoom } from '../fakes/fake-room.ts';
import {
  HS_TOKEN,
  BEN as MATRIX_BEN,
  ROOM as MATRIX_ROOM,
  type OpenedDouble,
  openMatrixDouble,
} from '../fakes/matrix-double.ts';
import { BOT, member } from '../fakes/telegram-chats.ts';
import { startTelegram, BEN as TELEGRAM_BEN, type TelegramServer } from '../fakes/telegram-server.ts';
import { type FakeTwitch, startTwitch } from '../fakes/twitch.ts';
import { MINUTE_MS, WITHIN } from './rig.ts';
import type { SetUp } from './set-up.ts';
import { type HubProcess, startProcess } from './start-process.ts';

const GROUP = -1_001_000_000_001;
const BEN = userIdOf('discord', DISCORD_BEN.id as AccountId);
const MONA = userIdOf('north', 'Mona' as AccountId);

let discord: DiscordServer;
let telegram: TelegramServer;
let twitch: FakeTwitch;
let matrix: OpenedDouble;
let north: FakeRoomServer;
let hub: HubProcess | null = null;
const folder = mkdtempSync(join(tmpdir(), 'slipmat-five-'));

beforeEach(async () => {
  discord = await startDiscord();
  telegram = await startTelegram();
  twitch = await startTwitch();
  matrix = await openMatrixDouble();
  north = await startFakeRoom();
  telegram.group(GROUP);
});
afterEach(async () => {
  await hub?.kill();
  await Promise.all([discord.stop(), telegram.stop(), twitch.stop(), matrix.double.stop(), north.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

async function start(setUp: SetUp & { readonly aheadMs?: number }): Promise<void> {
  const [room = ''] = twitch.rooms;
  const links = [
    { id: 'discord', room: CHANNEL_ID, config: { token: discord.world.token, apiRoot: discord.apiRoot } },
    { id: 'telegram', room: `${GROUP}`, config: { token: telegram.token, apiRoot: telegram.url, pollSeconds: 5 } },
    { id: 'twitch', room, config: twitch.config() },
    { id: 'matrix', room: MATRIX_ROOM, config: matrix.config },
    { id: 'north', room: 'dance', config: { port: north.port, token: north.token, knowsRoles: true } },
  ];
  const started = await startProcess(
    folder,
    {
      bridges: links.map(({ id, config }) => ({ id, use: id, required: true, config })),
      portals: links.map(({ id, room: place }) => ({ channel: 'lobby', bridge: id, room: place })),
    },
    setUp,
  );
  hub = started;
  matrix.server.pushBy(async (path, body) => {
    const headers = { authorization: `Bearer ${HS_TOKEN}`, 'content-type': 'application/json' };
    const request = { method: 'PUT', headers, body: JSON.stringify(body) };
    return (await fetch(`${started.url}/bridges/matrix${path}`, request)).status;
  });
}
const onTelegram = () => telegram.world.chat(GROUP).members.get(TELEGRAM_BEN.id);
const onTwitch = () => twitch.world.bans.get(`${twitch.rooms[0]}/${twitch.ben}`);
const onDiscord = () => discord.world.members.get(DISCORD_BEN.id)?.communication_disabled_until ?? null;
const onMatrix = () => matrix.double.person?.standing();
/** What the hub said on the fifth platform itself. */
const told = () => north.posts('dance').map(({ text }) => text);

it('M1: somebody known on Discord, Telegram, Twitch and Matrix is timed out from a fifth; the hub is killed, and all is lifted at its time', async () => {
  // nobody has allowed anything on Discord, and in the Telegram group the bot is no admin
  telegram.world.chat(GROUP).members.set(BOT.id, member(BOT));
  const accounts = {
    discord: DISCORD_BEN.id,
    telegram: `${TELEGRAM_BEN.id}`,
    twitch: twitch.ben,
    matrix: MATRIX_BEN,
  };
  await start({
    admin: 'carla',
    moderators: [MONA],
    accounts: { user: BEN, name: 'Ben', at: accounts },
    reach: { telegram: 'bans', twitch: 'timeouts', matrix: 'timeouts' },
  });
  const until = Date.now() + 5 * MINUTE_MS;
  north.userPosts('dance', 'Mona', `!timeout ${BEN} 5 spam`);
  await expect.poll(told, WITHIN).toHaveLength(2);
  expect(told()[1]).toContain('is timed out for 5 minutes.');
  expect(told()[1]).toContain(
    'Matrix, Twitch: applied; Discord: by the hub, native acts are not allowed there; Telegram: by the hub, the bot lacks the right there',
  );
  expect(Math.abs((onTwitch()?.until ?? 0) - until)).toBeLessThan(15_000);
  expect([onMatrix(), onDiscord(), onTelegram()?.status]).toEqual(['timeout', null, 'member']);
  // where the hub holds the line, what they write goes no further
  discord.world.members.get(DISCORD_BEN.id);
  await hub?.kill();
  await start({ aheadMs: 6 * MINUTE_MS });
  // Matrix ends nothing by itself
  await expect.poll(onMatrix, WITHIN).toBe('free');
  matrix.server.world.add({
    room: MATRIX_ROOM,
    sender: MATRIX_BEN,
    type: 'm.room.message',
    content: { msgtype: 'm.text', body: 'back again' },
  });
  await expect.poll(() => told().at(-1), WITHIN).toContain('back again');
  expect([onDiscord(), onTelegram()?.status]).toEqual([null, 'member']);
  // nothing was sent anew by the second hub
  expect(Math.abs((onTwitch()?.until ?? 0) - until)).toBeLessThan(15_000);
});
