import { openDiscordDouble } from '../../tests/fakes/discord-double.ts';
import { startFakeRoom } from '../../tests/fakes/fake-room.ts';
import { openTelegramDouble } from '../../tests/fakes/telegram-double.ts';
import { doubleOf, startTwitch } from '../../tests/fakes/twitch.ts';

/** One room of a platform's double, as a benchmark needs it. */
export interface BenchRoom {
  readonly bridge: string;
  readonly room: string;
  /** Whether a post can be repeated or looked for, so that none need be in doubt. */
  readonly hasKey: boolean;
  userPosts(text: string): Promise<void>;
  /** What happened while the hub was away, told in order as platforms with a history do; null where the bridge asks itself. */
  readonly tellAgain: (() => void) | null;
  /** What the hub posted there, in order. */
  shown(): readonly string[];
  /** When each of these came in; null where the double does not say. */
  readonly times: (() => readonly number[]) | null;
}

/** A platform's double and how the hub is to be linked with it. */
export interface BenchPlatform {
  readonly bridge: { readonly id: string; readonly use: string; readonly config: object };
  readonly rooms: readonly BenchRoom[];
  stop(): Promise<void>;
}

/** Told again after a reconnect: more than can be said meanwhile. */
const RETOLD = 300;

/** @param names of its rooms */
export async function fakeRooms(id: string, names: readonly string[], isIdempotent = false) {
  const server = await startFakeRoom();
  const rooms = names.map((room): BenchRoom => {
    const said: string[] = [];
    return {
      bridge: id,
      room,
      hasKey: isIdempotent,
      userPosts: async (text) => void said.push(server.userPosts(room, 'Ben', text)),
      tellAgain() {
        for (const one of said.slice(-RETOLD)) server.tellAgain(room, one);
      },
      shown: () => server.ever(room).map(({ text }) => text),
      times: () => server.postTimes(room),
    };
  });
  const config = { port: server.port, token: server.token, isIdempotent };
  const platform: BenchPlatform = { bridge: { id, use: 'fakeroom', config }, rooms, stop: server.stop };
  return { ...platform, server };
}

export async function discordRooms(): Promise<BenchPlatform> {
  const double = await openDiscordDouble();
  const { server, room, secret } = double;
  return {
    bridge: { id: 'discord', use: 'discord', config: { token: secret, apiRoot: server.apiRoot } },
    rooms: [
      {
        bridge: 'discord',
        room,
        hasKey: true,
        userPosts: async (text) => void (await double.userPosts(text)),
        tellAgain: null,
        shown: () => double.posted().map(({ text }) => text),
        times: null,
      },
    ],
    stop: double.stop,
  };
}

export async function telegramRooms(): Promise<BenchPlatform> {
  const { double, server } = await openTelegramDouble();
  return {
    bridge: { id: 'telegram', use: 'telegram', config: { token: server.token, apiRoot: server.url, pollSeconds: 5 } },
    rooms: [
      {
        bridge: 'telegram',
        room: double.room,
        hasKey: false,
        userPosts: async (text) => void (await double.userPosts(text)),
        tellAgain: null,
        shown: () => double.posted().map(({ text }) => text),
        times: null,
      },
    ],
    stop: double.stop,
  };
}

/** Twitch keeps nothing for those who were away, so nobody speaks there. */
export async function twitchRooms(): Promise<BenchPlatform> {
  const twitch = await startTwitch();
  const double = doubleOf(twitch);
  return {
    bridge: { id: 'twitch', use: 'twitch', config: twitch.config() },
    rooms: [
      {
        bridge: 'twitch',
        room: double.room,
        hasKey: false,
        userPosts: async (text) => void (await double.userPosts(text)),
        tellAgain: null,
        shown: () => double.posted().map(({ text }) => text),
        times: null,
      },
    ],
    stop: twitch.stop,
  };
}

/** Bridges and portals that link all of them with the lobby. */
export function settingsOf(platforms: readonly Pick<BenchPlatform, 'bridge' | 'rooms'>[]): string {
  const portals = platforms.flatMap(({ rooms }) =>
    rooms.map(({ bridge, room }) => ({ channel: 'lobby', bridge, room, direction: 'both', notice: false })),
  );
  return JSON.stringify({ bridges: platforms.map(({ bridge }) => bridge), portals });
}

const WORD = /\bw[a-z]*-\d+\b/;

/** What a message of a benchmark is told by: `wa-17`. */
export function wordIn(text: string): string | null {
  return WORD.exec(text)?.[0] ?? null;
}
