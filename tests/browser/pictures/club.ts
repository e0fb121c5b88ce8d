import { startDiscord } from '../../fakes/discord-server.ts';
import type { User as DiscordUser } from '../../fakes/discord-world.ts';
import { CHANNEL_ID } from '../../fakes/discord-world.ts';
import { HS_TOKEN, openMatrixDouble, ROOM } from '../../fakes/matrix-double.ts';
import { DOMAIN } from '../../fakes/matrix-world.ts';
import { member, person } from '../../fakes/telegram-chats.ts';
import { startTelegram } from '../../fakes/telegram-server.ts';
import { startTwitch } from '../../fakes/twitch.ts';

export const ELSEWHERE = ['discord', 'twitch', 'telegram', 'matrix'] as const;
export type Elsewhere = (typeof ELSEWHERE)[number];

/** Four platforms on the wire, each with a room that is linked with the channel, and people who write there. */
export interface Club {
  /** Of the hub's configuration. */
  readonly config: { readonly bridges: readonly object[]; readonly portals: readonly object[] };
  /** Once the hub runs: Matrix calls it. */
  connect(hubUrl: string): void;
  says(where: Elsewhere, name: string, text: string): Promise<void>;
  /** On Discord, with a picture. */
  shows(name: string, text: string, file: { readonly name: string; readonly bytes: Uint8Array }): Promise<void>;
  stop(): Promise<void>;
}

const GROUP = -1_001_000_000_077;

export async function openClub(channel: string): Promise<Club> {
  const discord = await startDiscord();
  const twitch = await startTwitch();
  const telegram = await startTelegram();
  const matrix = await openMatrixDouble();
  const group = telegram.group(GROUP, { title: 'Front left' });
  const [room] = twitch.rooms;
  const ids = new Map<string, number>();

  /** The same number for the same person. */
  function numberOf(where: Elsewhere, name: string): number {
    const known = ids.get(`${where} ${name}`) ?? ids.size + 1;
    ids.set(`${where} ${name}`, known);
    return known;
  }
  function onDiscord(name: string): DiscordUser {
    const id = `20000000000000${1000 + numberOf('discord', name)}`;
    const user = { id, username: name.toLowerCase(), global_name: name, avatar: null, discriminator: '0' };
    discord.world.members.set(id, { user, nick: null, roles: [], communication_disabled_until: null });
    return user;
  }
  function onTwitch(name: string): string {
    const id = `${5000 + numberOf('twitch', name)}`;
    const avatarUrl = `https://static-cdn.jtvnw.net/${name}.png`;
    if (!twitch.world.users.some((one) => one.id === id)) {
      twitch.world.users.push({ id, login: name.toLowerCase(), name, avatarUrl });
    }
    return id;
  }
  function onTelegram(name: string, text: string): void {
    const user = person(900 + numberOf('telegram', name), name);
    group.members.set(user.id, member(user));
    telegram.userPosts(group, user, { text });
  }
  function onMatrix(name: string, body: string): void {
    const sender = `@person${numberOf('matrix', name)}:${DOMAIN}`;
    matrix.server.world.profiles.set(sender, { displayname: name });
    if (matrix.server.world.membership(ROOM, sender) !== 'join') matrix.server.world.setMember(ROOM, sender, 'join');
    matrix.server.world.add({ room: ROOM, sender, type: 'm.room.message', content: { msgtype: 'm.text', body } });
  }

  const links = [
    { id: 'discord', room: CHANNEL_ID, config: { token: discord.world.token, apiRoot: discord.apiRoot } },
    { id: 'twitch', room, config: twitch.config() },
    { id: 'telegram', room: `${GROUP}`, config: { token: telegram.token, apiRoot: telegram.url, pollSeconds: 5 } },
    { id: 'matrix', room: ROOM, config: matrix.config },
  ];
  return {
    config: {
      bridges: links.map(({ id, config }) => ({ id, use: id, required: true, config })),
      portals: links.map(({ id, room: at }) => ({ channel, bridge: id, room: at, direction: 'both' })),
    },
    connect(hubUrl) {
      matrix.server.pushBy(async (path, body) => {
        const headers = { authorization: `Bearer ${HS_TOKEN}`, 'content-type': 'application/json' };
        const request = { method: 'PUT', headers, body: JSON.stringify(body) };
        return (await fetch(`${hubUrl}/bridges/matrix${path}`, request)).status;
      });
    },
    async says(where, name, text) {
      if (where === 'discord') discord.says(onDiscord(name), text);
      else if (where === 'twitch') twitch.says(room, onTwitch(name), text);
      else if (where === 'telegram') onTelegram(name, text);
      else onMatrix(name, text);
    },
    async shows(name, text, { name: file, bytes }) {
      discord.says(onDiscord(name), text, { files: [{ name: file, type: 'image/png', bytes }] });
    },
    async stop() {
      await Promise.all([discord.stop(), twitch.stop(), telegram.stop(), matrix.double.stop()]);
    },
  };
}
