import { createServer, type Server, type Socket } from 'node:net';
import { listenLow } from '../../accounts/listen-low.ts';

/**
 * A small server for what InspIRCd has not: SASL, accounts, CHATHISTORY, RELAYMSG and REDACT, in the shape in which
 * Ergo speaks them; or, without capabilities, one as they were in 1993.
 */
export interface ModernOptions {
  readonly capabilities?: readonly string[];
  readonly tokens?: string;
  readonly sasl?: { readonly account: string; readonly password: string };
  /** Channels in which the bridge may use RELAYMSG. */
  readonly relayIn?: readonly string[];
}

export interface Member {
  readonly nick: string;
  readonly account?: string;
  /** `user@host` */
  readonly at?: string;
}

export interface ModernServer {
  readonly port: number;
  /** Lines from bridges, without those that only keep the link alive. */
  readonly lines: readonly string[];
  /** Somebody who is there from now on. */
  enter(member: Member, room: string): void;
  /** Somebody says something; kept in the history. @returns its id */
  say(member: Member, room: string, text: string, tags?: string): string;
  /** A line to every bridge. `~` stands for the nick of the bridge. */
  tell(line: string): void;
  tellBytes(bytes: Uint8Array): void;
  /** The next line with this command, or like this, is answered so, with `~` and `LABEL` filled in; and is not done. */
  answerNext(command: string | RegExp, ...lines: string[]): void;
  /** Nothing is answered any more. */
  fallSilent(): void;
  cut(): void;
  stop(): Promise<void>;
}

export const ALL_CAPABILITIES = (
  'account-notify account-tag batch chghost draft/chathistory draft/message-redaction draft/relaymsg=/ echo-message ' +
  'extended-join labeled-response message-tags multi-prefix server-time userhost-in-names sasl=PLAIN,EXTERNAL'
).split(' ');
const BRIDGE_AT = '~u@hub.example';

interface Said {
  readonly id: string;
  readonly room: string;
  readonly at: number;
  readonly line: string;
  readonly tags: string;
}
interface Client {
  readonly socket: Socket;
  nick: string;
  isRegistered: boolean;
  isNegotiating: boolean;
  sasl: string;
}

export async function startModernServer(options: ModernOptions = {}): Promise<ModernServer> {
  const {
    capabilities = ALL_CAPABILITIES,
    tokens = 'CASEMAPPING=ascii CHATHISTORY=3 PREFIX=(qaohv)~&@%+ NICKLEN=20 WHOX',
  } = options;
  const hasTags = capabilities.includes('message-tags');
  const clients = new Set<Client>();
  const lines: string[] = [];
  const said: Said[] = [];
  const members = new Map<string, Member[]>();
  const prepared: { readonly command: string | RegExp; readonly lines: readonly string[] }[] = [];
  let isSilent = false;
  let count = 0;
  let clock = Date.now();

  const write = (client: Client, line: string): void => void (isSilent || client.socket.write(`${line}\r\n`));
  const withTags = (tags: readonly string[], line: string): string => {
    const shown = tags.filter((tag) => tag !== '');
    return hasTags && shown.length > 0 ? `@${shown.join(';')} ${line}` : line;
  };
  const toAll = (line: string): void => {
    for (const client of clients) write(client, line.replaceAll('~me', client.nick));
  };

  function keep(room: string, line: string, tags: string): Said {
    count += 1;
    clock = Math.max(clock + 1, Date.now());
    const one = { id: `m${count}`, room: room.toLowerCase(), at: clock, line, tags };
    said.push(one);
    return one;
  }
  const shown = (one: Said, more: readonly string[] = []): string =>
    withTags([`time=${new Date(one.at).toISOString()}`, `msgid=${one.id}`, one.tags, ...more], one.line);

  function take(client: Client, text: string): void {
    const found = /^(?:@(\S+) )?([A-Z]+) ?(.*)$/.exec(text);
    const [, tags = '', command = '', rest = ''] = found ?? [];
    const label = /label=([^;]+)/.exec(tags)?.[0] ?? '';
    if (command !== 'PING' && command !== 'PONG') lines.push(text);
    const next = prepared.findIndex((one) =>
      typeof one.command === 'string' ? one.command === command : one.command.test(text),
    );
    if (next >= 0) {
      const [answer] = prepared.splice(next, 1);
      for (const line of answer?.lines ?? [])
        write(client, line.replace('LABEL', label).replaceAll('~me', client.nick));
      return;
    }
    const trailing = rest.indexOf(' :');
    const last = rest.startsWith(':') ? rest.slice(1) : trailing >= 0 ? rest.slice(trailing + 2) : null;
    const middle = (rest.startsWith(':') ? '' : trailing >= 0 ? rest.slice(0, trailing) : rest)
      .split(' ')
      .filter(Boolean);
    act(client, command, last === null ? middle : [...middle, last], label);
  }

  function act(client: Client, command: string, params: readonly string[], label: string): void {
    const [first = '', second = '', third = ''] = params;
    const me = `${client.nick}!${BRIDGE_AT}`;
    switch (command) {
      case 'CAP':
        onCap(client, first, second);
        return;
      case 'AUTHENTICATE':
        onSasl(client, first);
        return;
      case 'NICK':
        client.nick = first;
        welcome(client);
        return;
      case 'PING':
        write(client, `:irc.modern PONG irc.modern ${first}`);
        return;
      case 'JOIN':
        onJoin(client, first);
        return;
      case 'WHO':
        for (const { nick, account, at = 'u@h' } of members.get(first.toLowerCase()) ?? []) {
          const [user, host] = at.split('@');
          write(client, `:irc.modern 354 ${client.nick} 1 ${first} ${user} ${host} ${nick} H ${account ?? '0'}`);
        }
        write(client, `:irc.modern 315 ${client.nick} ${first} :End`);
        return;
      case 'PRIVMSG': {
        const one = keep(first, `:${me} PRIVMSG ${first} :${second}`, '');
        if (capabilities.includes('echo-message')) write(client, shown(one, [label]));
        return;
      }
      case 'RELAYMSG': {
        if (!options.relayIn?.includes(first)) {
          write(client, withTags([label], ':irc.modern FAIL RELAYMSG PRIVS_NEEDED :You cannot relay here'));
          return;
        }
        const one = keep(first, `:${second}!${BRIDGE_AT} PRIVMSG ${first} :${third}`, `draft/relaymsg=${client.nick}`);
        write(client, shown(one, [label]));
        return;
      }
      case 'REDACT': {
        const at = said.findIndex(({ id }) => id === second);
        if (at < 0) {
          write(client, withTags([label], `:irc.modern FAIL REDACT UNKNOWN_MSGID ${first} ${second} :Gone`));
          return;
        }
        said.splice(at, 1);
        write(client, withTags([label], `:${me} REDACT ${first} ${second}`));
        return;
      }
      case 'CHATHISTORY':
        onHistory(client, second, Date.parse(third.replace('timestamp=', '')), Number(params[3]), label);
        return;
      case 'QUIT':
        client.socket.end('ERROR :bye\r\n');
        return;
    }
  }

  function onCap(client: Client, what: string, names: string): void {
    if (what === 'LS' && capabilities.length === 0) {
      write(client, ':irc.modern 421 * CAP :Unknown command');
      return;
    }
    if (what === 'LS') {
      client.isNegotiating = true;
      const half = Math.ceil(capabilities.length / 2);
      write(client, `:irc.modern CAP * LS * :${capabilities.slice(0, half).join(' ')}`);
      write(client, `:irc.modern CAP * LS :${capabilities.slice(half).join(' ')}`);
    }
    if (what === 'REQ') write(client, `:irc.modern CAP * ACK :${names}`);
    if (what === 'END') {
      client.isNegotiating = false;
      welcome(client);
    }
  }

  function onSasl(client: Client, chunk: string): void {
    if (chunk === 'PLAIN') {
      write(client, 'AUTHENTICATE +');
      return;
    }
    client.sasl += chunk === '+' ? '' : chunk;
    if (chunk.length === 400) return;
    const [, account, password] = Buffer.from(client.sasl, 'base64').toString().split('\0');
    const isRight = account === options.sasl?.account && password === options.sasl?.password;
    write(client, isRight ? ':irc.modern 903 * :Signed in' : ':irc.modern 904 * :SASL authentication failed');
  }

  function welcome(client: Client): void {
    if (client.isNegotiating || client.isRegistered || client.nick === '') return;
    client.isRegistered = true;
    write(client, `:irc.modern 001 ${client.nick} :Welcome`);
    write(client, `:irc.modern 005 ${client.nick} ${tokens} :are supported by this server`);
    write(client, `:irc.modern 422 ${client.nick} :No message of the day`);
  }

  function onJoin(client: Client, room: string): void {
    write(client, `:${client.nick}!${BRIDGE_AT} JOIN ${room} * :hub`);
    const names = (members.get(room.toLowerCase()) ?? []).map(({ nick }) => nick);
    write(client, `:irc.modern 353 ${client.nick} = ${room} :${[client.nick, ...names].join(' ')}`);
    write(client, `:irc.modern 366 ${client.nick} ${room} :End of /NAMES list.`);
  }

  function onHistory(client: Client, room: string, after: number, limit: number, label: string): void {
    const found = said.filter((one) => one.room === room.toLowerCase() && one.at > after).slice(0, limit);
    write(client, withTags([label], `:irc.modern BATCH +h${count} chathistory ${room}`));
    for (const one of found) write(client, shown(one, [`batch=h${count}`]));
    write(client, `:irc.modern BATCH -h${count}`);
  }

  const server: Server = createServer({ noDelay: true }, (socket) => {
    const client: Client = { socket, nick: '', isRegistered: false, isNegotiating: false, sasl: '' };
    clients.add(client);
    let rest = '';
    socket.setEncoding('utf8');
    socket.on('error', () => socket.destroy());
    socket.on('close', () => clients.delete(client));
    socket.on('data', (chunk: string) => {
      const parts = (rest + chunk).split('\r\n');
      rest = parts.pop() ?? '';
      for (const line of parts) take(client, line);
    });
  });
  const port = await listenLow(server);
  const cut = (): void => {
    for (const { socket } of clients) socket.destroy();
  };

  return {
    port,
    lines,
    enter(member, room) {
      members.set(room.toLowerCase(), [...(members.get(room.toLowerCase()) ?? []), member]);
      toAll(`:${member.nick}!${member.at ?? 'u@h'} JOIN ${room} ${member.account ?? '*'} :someone`);
    },
    say({ nick, account, at = 'u@h' }, room, text, tags = '') {
      const one = keep(
        room,
        `:${nick}!${at} PRIVMSG ${room} :${text}`,
        [account === undefined ? '' : `account=${account}`, tags].filter(Boolean).join(';'),
      );
      toAll(shown(one));
      return one.id;
    },
    tell: toAll,
    tellBytes(bytes) {
      for (const { socket } of clients) socket.write(bytes);
    },
    answerNext: (command, ...answer) => void prepared.push({ command, lines: answer }),
    fallSilent() {
      isSilent = true;
    },
    cut,
    async stop() {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
