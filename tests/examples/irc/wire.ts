import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { PlatformFailure } from 'slipmat-hub/contract';
import { freePort } from '../../fakes/ports.ts';

/**
 * The wire between a bridge and a real server, line by line. It keeps what the bridge has said and the server echoed,
 * can tell the bridge a line again, and says in the server's place what a server in good health never says.
 */
export interface Wire {
  readonly port: number;
  /** What the server confirmed of the bridge's posts: the lines, oldest first. */
  echoes(): readonly string[];
  /** The last line from the server to the bridge that fits. */
  last(pattern: RegExp): string | null;
  /** To every bridge that is connected. */
  tell(line: string): void;
  failNext(failure: PlatformFailure): void;
  /** The server takes no password from now on. */
  refuseLogin(): void;
  cut(): void;
  stop(): Promise<void>;
}

const MAX_KEPT = 5_000;

export async function startWire(target: number): Promise<Wire> {
  const open = new Set<Socket>();
  const clients = new Set<Socket>();
  const kept: string[] = [];
  const echoed: string[] = [];
  let failure: PlatformFailure | null = null;
  let isRefusing = false;

  function toServer(line: string, client: Socket, server: Socket): void {
    const command = /^(?:@\S+ )?([A-Z]+)/.exec(line)?.[1] ?? '';
    if (isRefusing && command === 'PASS') {
      client.end(':irc.test.local 464 * :Password incorrect\r\nERROR :Closing link\r\n');
      return;
    }
    if (failure === null || (command !== 'PRIVMSG' && !(failure === 'silence' && command === 'CAP'))) {
      server.write(`${line}\r\n`);
      return;
    }
    const fails = failure;
    failure = null;
    failPost(fails, line, client, server);
  }

  function failPost(fails: PlatformFailure, line: string, client: Socket, server: Socket): void {
    const label = /label=([^; ]+)/.exec(line)?.[1];
    const room = /PRIVMSG (\S+)/.exec(line)?.[1] ?? '';
    const answer = (text: string): void => void client.write(`@label=${label} :irc.test.local ${text}\r\n`);
    switch (fails) {
      case 'rate-limit':
        answer(`439 hub ${room} :Target change too fast. Please wait.`);
        return;
      case 'room-gone':
        answer(`403 hub ${room} :No such channel`);
        return;
      case 'unauthorized':
        client.end(':irc.test.local 465 hub :You are banned here\r\nERROR :Closing link: (banned)\r\n');
        return;
      case 'outage':
        answer(`263 hub PRIVMSG :Please wait a while and try again.`);
        return;
      case 'cut':
        server.write(`${line}\r\n`, () => client.destroy());
        return;
      case 'silence':
        return;
      default:
        fails satisfies never;
    }
  }

  function toClient(line: string, client: Socket): void {
    if (kept.push(line) > MAX_KEPT) kept.shift();
    if (/inspircd\.org\/echo/.test(line) && / PRIVMSG /.test(line)) echoed.push(line);
    client.write(`${line}\r\n`);
  }

  const listener = createServer((client) => {
    const server = connect(target, '127.0.0.1');
    clients.add(client);
    for (const socket of [client, server]) {
      open.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => {
        open.delete(socket);
        clients.delete(client);
        client.destroy();
        server.destroy();
      });
    }
    onLines(client, (line) => toServer(line, client, server));
    onLines(server, (line) => toClient(line, client));
  });
  listener.listen(await freePort(), '127.0.0.1');
  await once(listener, 'listening');
  const cut = (): void => {
    for (const socket of open) socket.destroy();
  };
  return {
    port: (listener.address() as AddressInfo).port,
    echoes: () => echoed,
    last: (pattern) => kept.findLast((line) => pattern.test(line)) ?? null,
    tell(line) {
      for (const client of clients) client.write(`${line}\r\n`);
    },
    failNext(next) {
      failure = next;
    },
    refuseLogin() {
      isRefusing = true;
    },
    cut,
    async stop() {
      cut();
      listener.close();
      await once(listener, 'close');
    },
  };
}

function onLines(socket: Socket, take: (line: string) => void): void {
  let rest = '';
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\r\n');
    rest = lines.pop() ?? '';
    for (const line of lines) take(line);
  });
}
