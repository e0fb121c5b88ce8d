import { afterEach, beforeEach, expect, it } from 'vitest';
import { userIdOf } from '../../core/async/mint.ts';
import type { BridgeId, RoomId, UserId } from '../../core/domain/ids.ts';
import type { Portal } from '../../core/domain/portal.ts';
import { type DiscordServer, startDiscord } from '../fakes/discord-server.ts';
import { CHANNEL_ID, BEN as DISCORD_BEN } from '../fakes/discord-world.ts';
import { startTestHub, type TestHub } from '../fakes/hub.ts';
import { BOT, member } from '../fakes/telegram-chats.ts';
import { startTelegram, BEN as TELEGRAM_BEN, type TelegramServer } from '../fakes/telegram-server.ts';
import { type FakeTwitch, startTwitch } from '../fakes/twitch.ts';
import { actAs, MINUTE_MS, WITHIN } from './rig.ts';

const GROUP = -1_001_000_000_001;
let discord: DiscordServer;
let telegram: TelegramServer;
let twitch: FakeTwitch;
let hub: TestHub | null = null;
let ben: UserId;

beforeEach(async () => {
  discord = await startDiscord();
  telegram = await startTelegram();
  twitch = await startTwitch();
  telegram.group(GROUP);
  ben = userIdOf('discord', DISCORD_BEN.id as never);
});
afterEach(async () => {
  await hub?.close();
  await Promise.all([discord.stop(), telegram.stop(), twitch.stop()]);
});

const running = (): TestHub => hub ?? expect.fail('no hub runs');
const act = (text: string, name = 'carla') => actAs(running(), name, text);

async function start(): Promise<void> {
  const [room] = twitch.rooms;
  const links = [
    { id: 'discord', room: CHANNEL_ID, config: { token: discord.world.token, apiRoot: discord.apiRoot } },
    { id: 'telegram', room: `${GROUP}`, config: { token: telegram.token, apiRoot: telegram.url, pollSeconds: 5 } },
    { id: 'twitch', room, config: twitch.config() },
  ];
  hub = await startTestHub({
    config: {
      bridges: links.map(({ id, config }) => ({ id, use: id, required: true, config })),
      portals: links.map(({ id, room: place }) => ({ channel: 'lobby', bridge: id, room: place })),
    },
  });
  await hub.user('carla', 'admin');
  const accounts = { discord: DISCORD_BEN.id, telegram: `${TELEGRAM_BEN.id}`, twitch: twitch.ben };
  const rows = Object.entries(accounts).map(([platform, account_id]) => {
    return { platform, account_id, user_id: ben, name: 'Ben', at: 0 };
  });
  const { sql } = hub.hub;
  await sql.write([{ query: sql.build.insertInto('seen_accounts').values(rows).compile() }]);
}

async function reach(bridge: string, how: Portal['reach']): Promise<void> {
  const { linking, portals } = running().hub;
  const found = portals.list().find((one) => one.bridge === (bridge as BridgeId));
  await linking.desk.change(found?.id ?? expect.fail(`no portal of ${bridge}`), { reach: how });
}
const onTelegram = () => telegram.world.chat(GROUP).members.get(TELEGRAM_BEN.id);
const onTwitch = () => twitch.world.bans.get(`${twitch.rooms[0] as RoomId}/${twitch.ben}`);
const onDiscord = () => discord.world.members.get(DISCORD_BEN.id)?.communication_disabled_until ?? null;

it('M1: a timeout from the web holds on Discord, Telegram and Twitch for as long, is no news when they tell of it, and is lifted on each', async () => {
  await start();
  for (const bridge of ['discord', 'telegram', 'twitch']) await reach(bridge, 'timeouts');
  const until = Date.now() + 5 * MINUTE_MS;
  expect(await act(`timeout ${ben} 5 spam`)).toContain('Discord, Telegram, Twitch: applied');
  const isNear = (end: number) => expect(Math.abs(end - until)).toBeLessThan(15_000);
  isNear(Date.parse(onDiscord() ?? ''));
  expect(onTelegram()?.status).toBe('restricted');
  isNear(Number(Object(onTelegram()).until_date) * 1_000);
  isNear(onTwitch()?.until ?? 0);
  expect(await act('apply')).toContain('Nothing was done');
  expect(await act(`untimeout ${ben}`)).toContain('Discord, Telegram, Twitch: lifted');
  expect([onDiscord(), onTelegram()?.status, onTwitch()]).toEqual([null, 'member', undefined]);
  expect(await act('apply')).toContain('Nothing was done');
});

it('where nobody of the server has allowed it no ban of a moderator reaches Discord, and where the bot is no admin the hub holds the line', async () => {
  telegram.world.chat(GROUP).members.set(BOT.id, member(BOT));
  await start();
  await running().user('mo');
  await running().hub.accounts.makeModerator('mo', 'lobby' as never, null);
  await reach('telegram', 'bans');
  await reach('twitch', 'bans');
  expect(await act(`ban ${ben}`, 'mo')).toContain(
    'Twitch: applied; Discord: by the hub, native acts are not allowed there; Telegram: by the hub, the bot lacks the right there',
  );
  expect([...discord.world.banned]).toEqual([]);
  expect(
    discord.requests.filter(({ path }) => /bans|members\/\d+$/.test(path)).map(({ method }) => method),
  ).not.toContain('PUT');
  expect(onTwitch()).toMatchObject({ until: null });
});

it('what a stranger does on Discord stays there and is shown to moderators', async () => {
  await start();
  discord.bans({ ...DISCORD_BEN, id: '1000000000000000999', username: 'owner' }, DISCORD_BEN);
  await expect.poll(() => act('apply'), WITHIN).toContain('was banned on Discord');
  expect(onTwitch()).toBe(undefined);
});
