import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../core/async/clock.ts';
import { plainText } from '../../core/domain/content.ts';
import { type DiscordServer, startDiscord } from '../fakes/discord-server.ts';
import { CHANNEL_ID, ANN as DISCORD_ANN, BEN as DISCORD_BEN } from '../fakes/discord-world.ts';
import {
  startTelegram,
  ANN as TELEGRAM_ANN,
  BEN as TELEGRAM_BEN,
  type TelegramServer,
} from '../fakes/telegram-server.ts';
import { type FakeTwitch, startTwitch } from '../fakes/twitch.ts';
import { closeAll, join, LOBBY, movableClock, type OrderHub, type Someone, soon, start } from '../moderation/rig.ts';

const GROUP = -1_001_000_000_001;
const TEN_MINUTES = 10 * 60_000;
const RULES = 'Be kind to the DJ.';
let discord: DiscordServer;
let telegram: TelegramServer;
let twitch: FakeTwitch;
let hub: OrderHub;
let root: Someone;
let clock: ReturnType<typeof movableClock>;

beforeEach(async () => {
  [discord, telegram, twitch] = await Promise.all([startDiscord(), startTelegram(), startTwitch()]);
  telegram.group(GROUP);
  // behind that of the platforms, so that what they tell later is not late
  clock = movableClock(systemClock);
  clock.forward(-2 * TEN_MINUTES);
  await open();
});
afterEach(async () => {
  await closeAll();
  await Promise.all([discord.stop(), telegram.stop(), twitch.stop()]);
});

async function open(dataDir?: string): Promise<void> {
  const links = [
    { id: 'discord', room: CHANNEL_ID, config: { token: discord.world.token, apiRoot: discord.apiRoot } },
    { id: 'telegram', room: `${GROUP}`, config: { token: telegram.token, apiRoot: telegram.url, pollSeconds: 5 } },
    { id: 'twitch', room: twitch.rooms[0], config: twitch.config() },
  ];
  hub = await start({
    clock,
    ...(dataDir !== undefined && { dataDir }),
    config: {
      bridges: links.map(({ id, config }) => ({ id, use: id, required: true, config })),
      portals: links.map(({ id, room }) => ({ channel: 'lobby', bridge: id, room, notice: true })),
    },
  });
  root = await join(hub, 'root', 'admin');
}

async function ask(acceptance: 'off' | 'where-private' | 'everywhere', text = RULES): Promise<void> {
  const change = { acceptance, rules: { flood: { isOn: false, count: 8, seconds: 10 } } };
  expect(await root.do('set-settings', { channel: LOBBY, change })).toMatchObject({ ok: true });
  expect(await root.do('set-house-rules', { channel: LOBBY, text })).toMatchObject({ ok: true });
}
const texts = async () => (await root.page()).map(({ message }) => plainText(message.content.rich));
/** What the bot has written to this person alone. */
const toldAlone = (id: string) => discord.world.messages.get(discord.world.directs.get(id) ?? '') ?? [];
const rulesOnTwitch = () => twitch.posted(twitch.rooms[0]).filter(({ text }) => text.includes(RULES));
const rulesOnTelegram = () =>
  telegram.asked.filter(({ method, fields }) => method === 'sendMessage' && String(fields.text).includes(RULES));
const buttonIn = (components: unknown): string =>
  /"custom_id":"(hub:rules:[^"]+)"/.exec(JSON.stringify(components))?.[1] ?? '';

describe('house rules in rooms of platforms', () => {
  it('T9: on Discord they are shown to each alone with a button, which is answered and posts what has waited', async () => {
    await ask('where-private');
    discord.says(DISCORD_BEN, 'hello from discord');
    await soon(() =>
      toldAlone(DISCORD_BEN.id)
        .map(({ content }) => content)
        .join(),
    ).toContain(RULES);
    expect(await texts()).toEqual([]);
    discord.says(DISCORD_BEN, 'is anybody here?');
    const [told] = toldAlone(DISCORD_BEN.id);
    const button = buttonIn(told?.components);
    await soon(() => hub.hub.knowledge.held.forRules(LOBBY).length).toBe(2);
    // somebody else's button is of no use to him
    discord.asks(DISCORD_ANN, { custom_id: button, component_type: 2 }, 3);
    const pressed = discord.asks(DISCORD_BEN, { custom_id: button, component_type: 2 }, 3);
    await soon(() => pressed.answers).toMatchObject([
      { content: 'Thank you. Your 2 messages are posted now.', flags: 64 },
    ]);
    expect(await texts()).toEqual(['hello from discord', 'is anybody here?']);
    expect(toldAlone(DISCORD_BEN.id)).toHaveLength(1);
    discord.says(DISCORD_ANN, 'I pressed it too');
    await soon(texts).toContain('I pressed it too');
  });

  it('T9: on Discord the command shows them to whoever asks alone, with the button; who takes no private messages is told with the room', async () => {
    await ask('where-private');
    const asked = discord.asks(DISCORD_BEN, { name: 'rules', options: [] });
    await soon(() => asked.answers).toMatchObject([{ flags: 64 }]);
    expect(asked.answers[0]?.content).toContain(RULES);
    expect(buttonIn(asked.answers[0]?.components)).toBe('hub:rules:1:lobby');
    discord.world.members.delete(DISCORD_ANN.id);
    discord.says(DISCORD_ANN, 'no messages please');
    const lines = () => (discord.world.messages.get(CHANNEL_ID) ?? []).filter(({ content }) => content.includes(RULES));
    await soon(lines).toHaveLength(1);
    const [line] = lines();
    if (line === undefined) throw new Error('no line');
    discord.reacts(DISCORD_ANN, line, '👍');
    await soon(texts).toEqual(['no messages please']);
  });

  it('T9: Twitch and Telegram rooms are told once in ten minutes, over restarts too, and nobody has to accept there by default', async () => {
    await ask('where-private');
    const ann = `${twitch.world.users.find(({ login }) => login === 'mc_ann')?.id}`;
    const [room] = twitch.rooms;
    const group = telegram.world.chat(GROUP);
    twitch.says(room, twitch.ben, 'one');
    telegram.userPosts(group, TELEGRAM_BEN, { text: 'two' });
    await soon(async () => [rulesOnTwitch().length, rulesOnTelegram().length, (await texts()).length]).toEqual([
      1, 1, 2,
    ]);
    twitch.says(room, ann, 'three');
    telegram.userPosts(group, TELEGRAM_ANN, { text: 'four' });
    await soon(async () => (await texts()).length).toBe(4);

    // a new version is new to everybody, and still the room is left alone
    await root.do('set-house-rules', { channel: LOBBY, text: `${RULES} Always.` });
    await hub.stop();
    await open(hub.dataDir);
    twitch.says(room, ann, 'five');
    telegram.userPosts(group, TELEGRAM_ANN, { text: 'six' });
    await soon(async () => (await texts()).length).toBe(6);
    expect([rulesOnTwitch().length, rulesOnTelegram().length]).toEqual([1, 1]);

    await root.do('set-house-rules', { channel: LOBBY, text: `${RULES} And ever.` });
    clock.forward(TEN_MINUTES);
    twitch.says(room, ann, 'seven');
    await soon(() => rulesOnTwitch().map(({ text }) => text.includes('And ever.'))).toEqual([false, true]);
    twitch.says(room, ann, 'eight');
    await soon(async () => (await texts()).length).toBe(8);
    expect([rulesOnTwitch().length, rulesOnTelegram().length]).toEqual([2, 1]);
  });

  it('T9: where everybody must accept, !accept in the room and a reaction on the line do it', async () => {
    await ask('everywhere');
    const [room] = twitch.rooms;
    twitch.says(room, twitch.ben, 'from twitch');
    const group = telegram.world.chat(GROUP);
    telegram.userPosts(group, TELEGRAM_BEN, { text: 'from telegram' });
    await soon(() => [rulesOnTwitch().length, rulesOnTelegram().length]).toEqual([1, 1]);
    expect(await texts()).toEqual([]);
    twitch.says(room, twitch.ben, '!accept');
    await soon(texts).toEqual(['from twitch']);
    const line = [...group.messages.values()].find((one) => JSON.stringify(one).includes(RULES));
    telegram.userReacts(group, TELEGRAM_BEN, line?.id ?? 0, ['👍']);
    await soon(texts).toEqual(['from twitch', 'from telegram']);
  });
});
