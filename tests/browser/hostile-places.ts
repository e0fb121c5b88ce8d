import { ALL_CAPABILITIES, startModernServer } from '../examples/irc/modern-server.ts';
import { startDiscord } from '../fakes/discord-server.ts';
import { BEN, CHANNEL_ID } from '../fakes/discord-world.ts';
import { openMatrixDouble, ROOM } from '../fakes/matrix-double.ts';
import { DOMAIN } from '../fakes/matrix-world.ts';
import { member, person } from '../fakes/telegram-chats.ts';
import { startTelegram } from '../fakes/telegram-server.ts';
import { startTwitch } from '../fakes/twitch.ts';
import { removeMessage } from '../fakes/twitch-helix.ts';

export interface HostileFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A platform on the wire, with people of any name who say anything. */
export interface HostilePlace {
  readonly name: string;
  readonly link: { readonly bridge: object; readonly portal: object };
  connect(hubUrl: string): void;
  /** @returns what an answer is given to */
  says(name: string, text: string, answers?: string): string;
  /** Null: people there post no files, or the platform names them itself. */
  readonly posts: ((name: string, file: HostileFile) => void) | null;
  /** Its author or a moderator takes it away there. */
  takesAway(id: string): void;
  stop(): Promise<void>;
}

const nothing = (): void => {};

async function discord(): Promise<HostilePlace> {
  const server = await startDiscord();
  let count = 0;
  const user = (name: string) => {
    count += 1;
    return {
      ...BEN,
      id: `10000000000000070${String(count).padStart(2, '0')}`,
      username: `ben${count}`,
      global_name: name,
    };
  };
  return {
    name: 'discord',
    link: {
      bridge: {
        id: 'discord',
        use: 'discord',
        required: true,
        config: { token: server.world.token, apiRoot: server.apiRoot },
      },
      portal: { bridge: 'discord', room: CHANNEL_ID },
    },
    connect: nothing,
    says(name, text, answers) {
      const reply = answers === undefined ? null : server.world.find(CHANNEL_ID, answers);
      return server.says(user(name), text, reply === null ? {} : { reply }).id;
    },
    posts: (name, file) => void server.says(user(name), 'a file', { files: [{ ...file, type: 'image/png' }] }),
    takesAway(id) {
      const message = server.world.find(CHANNEL_ID, id);
      if (message !== null) server.removes(message);
    },
    stop: server.stop,
  };
}

async function twitch(): Promise<HostilePlace> {
  const server = await startTwitch();
  const [room] = server.rooms;
  let count = 0;
  return {
    name: 'twitch',
    link: {
      bridge: { id: 'twitch', use: 'twitch', required: true, config: server.config() },
      portal: { bridge: 'twitch', room },
    },
    connect: nothing,
    says(name, text, answers) {
      count += 1;
      const id = `${7_000 + count}`;
      server.world.users.push({ id, login: `tara${count}`, name, avatarUrl: 'https://static-cdn.jtvnw.net/tara.png' });
      return server.says(room, id, text, answers);
    },
    posts: null,
    takesAway: (id) => removeMessage(server.world, id),
    stop: server.stop,
  };
}

async function telegram(): Promise<HostilePlace> {
  const server = await startTelegram();
  const group = server.group(-1_001_000_000_001);
  let count = 100;
  const user = (name: string) => {
    count += 1;
    const tom = person(count, name);
    group.members.set(tom.id, member(tom));
    return tom;
  };
  return {
    name: 'telegram',
    link: {
      bridge: {
        id: 'telegram',
        use: 'telegram',
        required: true,
        config: { token: server.token, apiRoot: server.url, pollSeconds: 5 },
      },
      portal: { bridge: 'telegram', room: `${group.id}` },
    },
    connect: nothing,
    says(name, text, answers) {
      const replyTo = answers === undefined ? {} : { replyTo: Number(answers) };
      return `${server.userPosts(group, user(name), { text, ...replyTo }).id}`;
    },
    posts(name, file) {
      const document = { ...server.world.addFile(file), file_name: file.name, mime_type: 'image/png' };
      server.userPosts(group, user(name), { text: 'a file', kind: 'document' }, { document });
    },
    // its bots are told of no removals: whoever wrote it asks the hub
    takesAway(id) {
      const from = group.messages.get(Number(id))?.from;
      if (from !== undefined) server.userPosts(group, person(from, 'Tom'), { text: '!redact', replyTo: Number(id) });
    },
    stop: server.stop,
  };
}

async function matrix(): Promise<HostilePlace> {
  const { double, server, config } = await openMatrixDouble();
  const { world } = server;
  let count = 0;
  const user = (name: string): string => {
    count += 1;
    const mats = `@mats${count}:${DOMAIN}`;
    world.profiles.set(mats, { displayname: name });
    world.setMember(ROOM, mats, 'join');
    return mats;
  };
  const add = (sender: string, content: object): string =>
    world.add({ room: ROOM, sender, type: 'm.room.message', content: { 'm.mentions': {}, ...content } }).event_id;
  return {
    name: 'matrix',
    link: { bridge: { id: 'matrix', use: 'matrix', required: true, config }, portal: { bridge: 'matrix', room: ROOM } },
    connect(hubUrl) {
      server.pushBy(async (path, body) => {
        const headers = { authorization: 'Bearer hs-token-of-the-double', 'content-type': 'application/json' };
        const request = { method: 'PUT', headers, body: JSON.stringify(body) };
        return (await fetch(`${hubUrl}/bridges/matrix${path}`, request)).status;
      });
    },
    // as markup too: what a client would draw
    says: (name, text, answers) =>
      add(user(name), {
        msgtype: 'm.text',
        body: text,
        format: 'org.matrix.custom.html',
        formatted_body: text.replace(/&/g, '&amp;').replace(/</g, '&lt;'),
        ...(answers !== undefined && { 'm.relates_to': { 'm.in_reply_to': { event_id: answers } } }),
      }),
    posts(name, { name: filename, bytes }) {
      const url = world.keepFile(filename, Buffer.from(bytes), 'image/png');
      const info = { mimetype: 'image/png', size: bytes.length };
      add(user(name), { msgtype: 'm.image', body: filename, filename, url, info });
    },
    takesAway: (id) => void world.redact(ROOM, id, world.event(ROOM, id)?.sender ?? ''),
    stop: double.stop,
  };
}

async function irc(): Promise<HostilePlace> {
  const server = await startModernServer({ capabilities: ALL_CAPABILITIES });
  return {
    name: 'irc',
    link: {
      bridge: {
        id: 'irc',
        use: 'irc',
        required: true,
        config: { host: '127.0.0.1', port: server.port, tls: false, nick: 'slipmat' },
      },
      portal: { bridge: 'irc', room: '#club' },
    },
    connect: nothing,
    // a nickname is a word of the line
    says: (name, text, answers) =>
      server.say(
        { nick: name.replace(/[\s!@:]/g, '_') || 'ida', at: 'ida@home.example' },
        '#club',
        text,
        answers === undefined ? '' : `+draft/reply=${answers}`,
      ),
    posts: null,
    takesAway: (id) =>
      void server.say({ nick: 'asker', at: 'ida@home.example' }, '#club', '!redact', `+draft/reply=${id}`),
    stop: server.stop,
  };
}

export const openHostilePlaces = (): Promise<readonly HostilePlace[]> =>
  Promise.all([discord(), twitch(), telegram(), matrix(), irc()]);
