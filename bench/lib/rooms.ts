import { startModernServer } from '../../tests/examples/irc/modern-server.ts';
import { openDiscordDouble } from '../../tests/fakes/discord-double.ts';
import { startFakeRoom } from '../../tests/fakes/fake-room.ts';
import { HS_TOKEN, openMatrixDouble } from '../../tests/fakes/matrix-double.ts';
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
  /** For platforms that call the hub: where it is now. */
  connect?(hubUrl: string): void;
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

/** A homeserver tells again and again until the hub has taken it. */
export async function matrixRooms(): Promise<BenchPlatform> {
  const { double, server, config } = await openMatrixDouble();
  const headers = { authorization: `Bearer ${HS_TOKEN}`, 'content-type': 'application/json' };
  let hub = '';
  return {
    bridge: { id: 'matrix', use: 'matrix', config },
    rooms: [
      {
        bridge: 'matrix',
        room: double.room,
        hasKey: true,
        userPosts: async (text) => void (await double.userPosts(text)),
        tellAgain: null,
        shown: () => double.posted().map(({ text }) => text),
        times: null,
      },
    ],
    connect(hubUrl) {
      if (hub === '') {
        server.pushBy(async (path, body) => {
          const request = { method: 'PUT', headers, body: JSON.stringify(body) };
          return (await fetch(`${hub}/bridges/matrix${path}`, request)).status;
        });
      }
      hub = hubUrl;
    },
    stop: double.stop,
  };
}

/** A network that keeps a history: what was said meanwhile is asked for, and a post in doubt is looked for. */
export async function ircRooms(): Promise<BenchPlatform> {
  const room = '#club';
  const server = await startModernServer({ tokens: 'CASEMAPPING=ascii CHATHISTORY=1000 PREFIX=(ov)@+ NICKLEN=20' });
  const ida = { nick: 'ida', account: 'ida', at: 'ida@home.example' };
  server.enter(ida, room);
  const pace = { count: 1_000, perMs: 1_000 };
  return {
    bridge: { id: 'irc', use: 'irc', config: { host: '127.0.0.1', port: server.port, tls: false, nick: 'hub', pace } },
    rooms: [
      {
        bridge: 'irc',
        room,
        hasKey: true,
        userPosts: async (text) => void server.say(ida, room, text),
        tellAgain: null,
        shown: () => server.lines.flatMap((line) => /PRIVMSG #club :(.*)$/.exec(line)?.[1] ?? []),
        times: null,
      },
    ],
    stop: server.stop,
  };
}

/** Those that the quick runs leave out. */
export async function otherRooms(): Promise<readonly BenchPlatform[]> {
  return [await telegramRooms(), await twitchRooms(), await matrixRooms(), await ircRooms()];
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
