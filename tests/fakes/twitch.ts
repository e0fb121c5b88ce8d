import type { PlatformDouble } from 'slipmat-hub/contract';
import type { AccountId, RoomId } from '../../core/domain/ids.ts';
import { removeMessage, startTwitchHelix, type TwitchHelix } from './twitch-helix.ts';
import { startTwitchIrc, type TwitchIrc } from './twitch-irc.ts';
import { ALL_SCOPES, createWorld, type World } from './twitch-world.ts';

/** A whole small Twitch on the loopback, with a bot that is a moderator in two channels, and two people. */
export interface FakeTwitch {
  readonly world: World;
  readonly irc: TwitchIrc;
  readonly helix: TwitchHelix;
  /** Broadcasters. */
  readonly rooms: readonly [RoomId, RoomId];
  readonly bot: string;
  readonly ben: string;
  readonly tokens: { readonly access: string; readonly refresh: string };
  /** What the bridge needs to work on it. */
  config(fields?: object): object;
  /** Somebody says something in a channel. @returns its id */
  says(
    room: string,
    by: string,
    text: string,
    replyTo?: string | null,
    tags?: Readonly<Record<string, string>>,
  ): string;
  /** What the bot said and still stands there. */
  posted(room: string): readonly { readonly id: string; readonly text: string }[];
  stop(): Promise<void>;
}

const DJ = '1001';
const MC = '1002';
const BOT = '2001';
const BEN = '3001';

export async function startTwitch(scopes: readonly string[] = ALL_SCOPES): Promise<FakeTwitch> {
  const world = createWorld();
  for (const [id, login, name] of [
    [DJ, 'dj_kool', 'DJ_Kool'],
    [MC, 'mc_ann', 'MC_Ann'],
    [BOT, 'slipmat_bot', 'Slipmat_Bot'],
    [BEN, 'ben', 'Ben'],
  ] as const) {
    world.users.push({ id, login, name, avatarUrl: `https://static-cdn.jtvnw.net/${login}-profile_image-300x300.png` });
  }
  world.moderators.add(`${DJ}/${BOT}`).add(`${MC}/${BOT}`);
  const tokens = world.authorize(BOT, scopes);
  const irc = await startTwitchIrc(world);
  const helix = await startTwitchHelix(world);
  return {
    world,
    irc,
    helix,
    rooms: [DJ as RoomId, MC as RoomId],
    bot: BOT,
    ben: BEN,
    tokens,
    config: (fields = {}) => ({
      clientId: world.clientId,
      clientSecret: world.clientSecret,
      accessToken: tokens.access,
      refreshToken: tokens.refresh,
      endpoints: { helix: helix.helixUrl, oauth: helix.oauthUrl, chat: irc.url },
      ...fields,
    }),
    says(room, by, text, replyTo = null, tags = {}) {
      const message = world.say(room, by, text, replyTo);
      world.tell(room, world.lineOf(message, tags));
      return message.id;
    },
    posted: (room) =>
      world.messages
        .filter((one) => one.room === room && one.by === BOT && !one.isGone)
        .map(({ id, text }) => ({ id, text })),
    async stop() {
      await irc.stop();
      await helix.stop();
    },
  };
}

/** The same as the contract kit sees it. */
export function doubleOf(twitch: FakeTwitch): PlatformDouble {
  const { world, irc, helix, ben } = twitch;
  const [room, other] = twitch.rooms;
  return {
    room,
    secret: twitch.tokens.access,
    retryAfterMs: helix.retryAfterMs,
    userPosts: async (text) => twitch.says(room, ben, text),
    async deliverAgain(id) {
      const message = world.messages.find((one) => one.id === id);
      if (message !== undefined) world.tell(message.room, world.lineOf(message));
    },
    posted: () => twitch.posted(room),
    failNext(failure) {
      // a token that was refused is renewed and the request repeated: it must be refused twice
      if (failure === 'unauthorized') helix.failNext('unauthorized');
      helix.failNext(failure);
    },
    stop: twitch.stop,
    failures: ['cut', 'outage', 'silence'],
    refuseLogin() {
      world.tokens.clear();
      world.refreshTokens.clear();
    },
    dropConnections: () => irc.dropConnections(),
    echoBeforeResponse: () => helix.answerLate(),
    userRedacts: async (id) => removeMessage(world, id),
    userReplies: async (to, text) => twitch.says(room, ben, text, to),
    second: {
      room: other,
      userPosts: async (text) => twitch.says(other, ben, text),
      posted: () => twitch.posted(other),
    },
    tricks: ['@everyone hello', '/ban ben', '.timeout ben 600', '\\me waves', '@ben', '*bold*', 'a\nb'],
    pinged: () => [],
    formatted: () => [],
    replyOf: (id) => world.messages.find((one) => one.id === id)?.replyTo ?? null,
    person: {
      account: ben as AccountId,
      standing() {
        const ban = world.bans.get(`${room}/${ben}`);
        if (ban === undefined) return 'free';
        return ban.until === null ? 'ban' : 'timeout';
      },
    },
  };
}
