import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { userIdOf } from '../../core/async/mint.ts';
import { plainText } from '../../core/domain/content.ts';
import type { AccountId, ChannelId, UserId } from '../../core/domain/ids.ts';
import { type DiscordServer, startDiscord } from '../fakes/discord-server.ts';
import { CHANNEL_ID, ANN as DISCORD_ANN, BEN as DISCORD_BEN } from '../fakes/discord-world.ts';
import { startTelegram, BEN as TELEGRAM_BEN, type TelegramServer } from '../fakes/telegram-server.ts';
import { type FakeTwitch, startTwitch } from '../fakes/twitch.ts';
import { given, openTown, type Someone, STORES, type Town, WITHIN } from './rig.ts';

const GROUP = -1_001_000_000_001;

describe.each(STORES)('private messages over platforms, on %s', (store) => {
  let discord: DiscordServer;
  let telegram: TelegramServer;
  let twitch: FakeTwitch;
  let town: Town;
  let ann: Someone;
  beforeAll(async () => {
    [discord, telegram, twitch] = await Promise.all([startDiscord(), startTelegram(), startTwitch()]);
    telegram.group(GROUP);
    telegram.group(TELEGRAM_BEN.id, { type: 'private', title: 'Ben' });
    const links = [
      { id: 'discord', room: CHANNEL_ID, config: { token: discord.world.token, apiRoot: discord.apiRoot } },
      { id: 'telegram', room: `${GROUP}`, config: { token: telegram.token, apiRoot: telegram.url, pollSeconds: 5 } },
      { id: 'twitch', room: twitch.rooms[0], config: twitch.config() },
    ];
    town = await openTown(store, {
      config: {
        bridges: [
          { id: 'slipmat', use: 'slipmat', config: { frameBurst: 100_000, framesPerSecond: 100_000 } },
          ...links.map(({ id, config }) => ({ id, use: id, required: true, config })),
        ],
        portals: links.map(({ id, room }) => ({ channel: 'lobby', bridge: id, room })),
      },
    });
    ann = await town.someone('ann');
    discord.says(DISCORD_BEN, 'hello from discord');
    discord.says(DISCORD_ANN, 'me too');
    telegram.userPosts(telegram.world.chat(GROUP), TELEGRAM_BEN, { text: 'hello from telegram' });
    twitch.says(twitch.rooms[0], twitch.ben, 'hello from twitch');
  });
  afterAll(async () => {
    await town.close();
    await Promise.all([discord.stop(), telegram.stop(), twitch.stop()]);
  });

  const on = (platform: string, id: string | number): UserId => userIdOf(platform, `${id}` as AccountId);
  const aloneOf = (id: string) => discord.world.directs.get(id) ?? '';
  const toBen = () => discord.world.messages.get(aloneOf(DISCORD_BEN.id)) ?? [];
  const saidToBen = () => toBen().map(({ content }) => content.replaceAll('\\', ''));
  const telegramBen = () => telegram.world.chat(TELEGRAM_BEN.id);
  const saidOnTelegram = () =>
    [...telegramBen().messages.values()].filter(({ isGone }) => !isGone).map(({ text }) => text);
  const inPublic = () =>
    JSON.stringify([
      discord.world.messages.get(CHANNEL_ID)?.map(({ content }) => content),
      [...telegram.world.chat(GROUP).messages.values()].map(({ text }) => text),
      twitch.posted(twitch.rooms[0]),
    ]);
  const textsOf = async (channel: ChannelId) =>
    (await ann.rows(channel)).map(({ message }) => plainText(message.content.rich));

  it('people on platforms are known once they have written something', async () => {
    const seen = async () =>
      (await town.hub().hub.sql.read(town.hub().hub.sql.build.selectFrom('seen_accounts').selectAll().compile()))
        .length;
    await expect.poll(seen, WITHIN).toBeGreaterThanOrEqual(4);
  });

  it('U3: somebody on Discord is asked first, gets nothing before they accept, then all of it, and answers by replies', async () => {
    const opened = await given(ann.client.do('open-direct', { users: [on('discord', DISCORD_BEN.id)] }));
    expect(opened.say).toContain('was asked');
    const { channel } = opened;
    const first = await ann.tell(channel, 'secret one');
    await expect.poll(saidToBen, WITHIN).toHaveLength(1);
    expect(saidToBen()[0]).toContain('ann on Slipmat wants to write to you');
    const components = JSON.stringify(toBen()[0]?.components);
    const button = /"custom_id":"([^"]*direct:accept [^"]*)"/.exec(components)?.[1] ?? '';
    // the button is for whom it was shown
    const others = discord.asks(DISCORD_ANN, { custom_id: button, component_type: 2 }, 3, aloneOf(DISCORD_BEN.id));
    await expect.poll(() => others.answers.length, WITHIN).toBe(1);
    expect(saidToBen()).toHaveLength(1);
    const pressed = discord.asks(DISCORD_BEN, { custom_id: button, component_type: 2 }, 3, aloneOf(DISCORD_BEN.id));
    await expect.poll(() => pressed.answers[0]?.content, WITHIN).toContain('You can write to each other now');
    await expect.poll(saidToBen, WITHIN).toContain('[Slipmat] ann: secret one');
    await ann.client.edit(channel, first, 'secret two');
    await expect.poll(saidToBen, WITHIN).toContain('[Slipmat] ann: secret two');
    const [, copy] = toBen();
    if (copy === undefined) throw new Error('no copy');
    discord.says(DISCORD_BEN, 'secret answer', {
      channel: aloneOf(DISCORD_BEN.id),
      reply: copy,
      type: 19,
      extra: { guild_id: undefined },
    });
    await expect.poll(() => textsOf(channel), WITHIN).toEqual(['secret two', 'secret answer']);
    const answer = toBen().find(({ content }) => content === 'secret answer');
    if (answer === undefined) throw new Error('no answer');
    discord.edits(answer, 'secret better answer');
    await expect.poll(() => textsOf(channel), WITHIN).toEqual(['secret two', 'secret better answer']);
    discord.removes(answer);
    await expect.poll(() => textsOf(channel), WITHIN).toEqual(['secret two', '']);
    await ann.client.redact(channel, first);
    await expect.poll(saidToBen, WITHIN).not.toContain('[Slipmat] ann: secret two');
    // with the consent remembered nobody is asked again
    await ann.tell(channel, 'secret three');
    await expect.poll(saidToBen, WITHIN).toContain('[Slipmat] ann: secret three');
    expect(inPublic()).not.toContain('secret');
  });

  it('U3: plain words to the bot lead nowhere, and one line says how to write to people', async () => {
    discord.says(DISCORD_BEN, 'anybody?', { channel: aloneOf(DISCORD_BEN.id), extra: { guild_id: undefined } });
    await expect.poll(saidToBen, WITHIN).toContainEqual(expect.stringContaining('reply to a message of theirs'));
  });

  it('U3: from Telegram by !msg: whoever is written to here is asked too, and reads it once they accept', async () => {
    const typed = telegram.userPosts(telegramBen(), TELEGRAM_BEN, { text: '!msg ann@slipmat secret from telegram' });
    const invitations = async () => (await given(ann.client.ask('invitations', {}))).invitations;
    await expect
      .poll(invitations, WITHIN)
      .toMatchObject([{ kind: 'direct', by: { name: 'Ben', platform: 'telegram' } }]);
    await expect.poll(saidOnTelegram, WITHIN).toContainEqual(expect.stringContaining('ann was asked'));
    const [invitation] = await invitations();
    const channel = invitation?.channel ?? ('' as ChannelId);
    expect(await ann.client.history(channel, null, 10)).toMatchObject({ code: 'not-found' });
    await given(ann.client.do('answer-invitation', { channel, answer: 'accept' }));
    expect(await textsOf(channel)).toEqual(['secret from telegram']);
    await ann.tell(channel, 'secret back');
    await expect.poll(saidOnTelegram, WITHIN).toContain('[Slipmat] ann: secret back');
    telegram.userEdits(telegramBen(), TELEGRAM_BEN, typed.id, '!msg ann@slipmat secret, corrected');
    await expect.poll(() => textsOf(channel), WITHIN).toEqual(['secret, corrected', 'secret back']);
    expect(inPublic()).not.toContain('secret');
  });

  it('U6: whoever is blocked from a platform is told what they would be told anyway', async () => {
    const eve = await town.someone('eve');
    await given(eve.client.do('block', { user: on('telegram', TELEGRAM_BEN.id) }));
    telegram.userPosts(telegramBen(), TELEGRAM_BEN, { text: '!msg eve are you there' });
    await expect.poll(saidOnTelegram, WITHIN).toContainEqual(expect.stringContaining('eve was asked'));
    expect((await given(eve.client.ask('invitations', {}))).invitations).toEqual([]);
  });

  it('U3: who declines gets nothing, and Twitch says that it cannot', async () => {
    const { channel } = await given(ann.client.do('open-direct', { users: [on('discord', DISCORD_ANN.id)] }));
    await ann.tell(channel, 'secret for nobody');
    const toAnn = () => (discord.world.messages.get(aloneOf(DISCORD_ANN.id)) ?? []).map(({ content }) => content);
    await expect.poll(toAnn, WITHIN).toHaveLength(1);
    discord.says(DISCORD_ANN, '!decline ann', { channel: aloneOf(DISCORD_ANN.id), extra: { guild_id: undefined } });
    await expect.poll(toAnn, WITHIN).toContainEqual(expect.stringContaining('ann cannot write to you'));
    await ann.tell(channel, 'secret again');
    const refused = await ann.client.do('open-direct', { users: [on('twitch', twitch.ben)] });
    expect(refused).toMatchObject({ ok: false, code: 'forbidden' });
    expect(refused.ok ? '' : refused.say).toContain('Twitch lets nobody be written to');
    expect(
      JSON.stringify(discord.world.messages.get(aloneOf(DISCORD_ANN.id))?.map(({ content }) => content)),
    ).not.toContain('secret');
  });
});
