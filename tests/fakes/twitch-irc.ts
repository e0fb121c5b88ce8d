import { createServer } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';
import { listenLow } from '../accounts/listen-low.ts';
import { badgesOf, tagsText, type World } from './twitch-world.ts';

/** The chat of Twitch: IRC over WebSocket, with tags. What one connection says, all others hear. */
export interface TwitchIrc {
  readonly url: string;
  /** Lines that clients sent, oldest first. */
  readonly heard: readonly string[];
  connections(): number;
  /** Logins that are in the channel now, one for each connection. */
  joined(channel: string): readonly string[];
  /** To every connection, whatever channel it is in. */
  sendAll(line: string): void;
  dropConnections(): void;
  /** A joined channel is answered with this NOTICE instead. */
  refuseJoin(channel: string, code: string, say: string): void;
  /** A join of this channel is not answered. */
  ignoreJoin(channel: string): void;
  /** No login is taken, whatever the token. */
  refuseLogins(): void;
  stop(): Promise<void>;
}

interface Peer {
  readonly socket: WebSocket;
  login: string | null;
  userId: string | null;
  readonly channels: Set<string>;
}

export async function startTwitchIrc(world: World): Promise<TwitchIrc> {
  const peers = new Set<Peer>();
  const heard: string[] = [];
  const refusals = new Map<string, readonly [string, string]>();
  const ignored = new Set<string>();
  let isRefusing = false;
  const http = createServer();
  // only on an open port: it would take a port in use for its own error
  const port = await listenLow(http);
  const server = new WebSocketServer({ server: http });

  function send(peer: Peer, line: string): void {
    peer.socket.send(`${line}\r\n`);
  }

  function welcome(peer: Peer, login: string): void {
    for (const [code, text] of [
      ['001', 'Welcome, GLHF!'],
      ['002', 'Your host is tmi.twitch.tv'],
      ['003', 'This server is rather new'],
      ['004', '-'],
      ['375', '-'],
      ['372', 'You are in a maze of twisty passages, all alike.'],
      ['376', '>'],
    ]) {
      send(peer, `:tmi.twitch.tv ${code} ${login} :${text}`);
    }
    const user = world.users.find((one) => one.login === login);
    const tags = { 'display-name': user?.name ?? login, 'emote-sets': '0', 'user-id': user?.id ?? '' };
    send(peer, `${tagsText(tags)} :tmi.twitch.tv GLOBALUSERSTATE`);
  }

  function join(peer: Peer, channel: string): void {
    if (ignored.has(channel)) return;
    const refusal = refusals.get(channel);
    const room = world.users.find(({ login }) => login === channel);
    if (refusal !== undefined || room === undefined) {
      const [code, say] = refusal ?? ['msg_channel_suspended', 'This channel does not exist or has been suspended.'];
      send(peer, `@msg-id=${code} :tmi.twitch.tv NOTICE #${channel} :${say}`);
      return;
    }
    peer.channels.add(channel);
    const { login } = peer;
    send(peer, `:${login}!${login}@${login}.tmi.twitch.tv JOIN #${channel}`);
    send(peer, `:${login}.tmi.twitch.tv 353 ${login} = #${channel} :${login}`);
    send(peer, `:${login}.tmi.twitch.tv 366 ${login} #${channel} :End of /NAMES list`);
    send(peer, userState(room.id, peer, channel));
    const modes = {
      'emote-only': '0',
      'followers-only': '-1',
      r9k: '0',
      'room-id': room.id,
      slow: '0',
      'subs-only': '0',
    };
    send(peer, `${tagsText(modes)} :tmi.twitch.tv ROOMSTATE #${channel}`);
  }

  function userState(room: string, peer: Peer, channel: string): string {
    const badges = badgesOf(world, room, peer.userId ?? '');
    const mod = world.moderators.has(`${room}/${peer.userId}`) ? '1' : '0';
    return `${tagsText({ badges, 'display-name': peer.login ?? '', mod, subscriber: '0' })} :tmi.twitch.tv USERSTATE #${channel}`;
  }

  function take(peer: Peer, line: string): void {
    heard.push(line);
    const [command = '', first = ''] = line.split(' ');
    switch (command) {
      case 'PASS': {
        const owner = world.ownerOf(first.replace('oauth:', ''));
        peer.userId = owner?.user ?? null;
        return;
      }
      case 'NICK':
        peer.login = first.toLowerCase();
        if (peer.userId === null || isRefusing) send(peer, ':tmi.twitch.tv NOTICE * :Login authentication failed');
        else welcome(peer, peer.login);
        return;
      case 'JOIN':
        join(peer, first.slice(1));
        return;
      case 'PART':
        peer.channels.delete(first.slice(1));
        return;
      case 'PING':
        send(peer, 'PONG');
        return;
      case 'CAP':
        send(peer, `:tmi.twitch.tv CAP * ACK ${line.slice(line.indexOf(':'))}`);
        return;
      default:
        return;
    }
  }

  server.on('connection', (socket) => {
    const peer: Peer = { socket, login: null, userId: null, channels: new Set() };
    peers.add(peer);
    socket.on('message', (data) => {
      for (const line of String(data).split('\r\n')) if (line !== '') take(peer, line);
    });
    socket.on('error', () => socket.terminate());
    socket.on('close', () => peers.delete(peer));
  });
  world.onLine((room, line) => {
    const { login } = world.user(room);
    for (const peer of peers) if (peer.channels.has(login)) send(peer, line);
  });

  return {
    url: `ws://127.0.0.1:${port}`,
    heard,
    connections: () => peers.size,
    joined: (channel) => [...peers].flatMap((peer) => (peer.channels.has(channel) ? [peer.login ?? ''] : [])),
    sendAll(line) {
      for (const peer of peers) send(peer, line);
    },
    dropConnections() {
      for (const { socket } of peers) socket.terminate();
    },
    refuseJoin: (channel, code, say) => void refusals.set(channel, [code, say]),
    ignoreJoin: (channel) => void ignored.add(channel),
    refuseLogins() {
      isRefusing = true;
    },
    async stop() {
      for (const { socket } of peers) socket.terminate();
      server.close();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}
