import tmi from 'tmi.js';
import { type Line, parseLine } from './line.ts';

export interface ConnectionOptions {
  /** Null: Twitch's own server, encrypted. */
  readonly server: string | null;
  readonly login: string;
  readonly token: string;
  readonly onLine: (line: Line, from: Connection) => void;
  /** `onLine` threw: nobody else would hear of it. */
  readonly onFault: (error: unknown) => void;
}

/** One connection to the chat. It is never opened again; a new one takes its place. */
export interface Connection {
  /** A whole line, without line end. */
  send(line: string): void;
  /** Resolves when it is lost, or when the server asks to come anew (it goes on for a while then). Never rejects. */
  readonly ended: Promise<'lost' | 'moving'>;
  /** No line is handed on any more. Resolves once it is closed, or with `patience`; never rejects. */
  close(patience: Promise<void>): Promise<void>;
}

/** Twitch does not take this login. */
export class LoginRefused extends Error {
  override readonly name = 'LoginRefused';
}

/** What the library itself must see; everything else it is kept from. */
const ITS_OWN: ReadonlySet<string> = new Set(['001', '376', 'PING', 'PONG']);

/**
 * Opens a connection and logs in. The library is the transport alone: it decodes nothing (odd lines make it throw where
 * nobody can catch), reconnects nothing (its timers outlive a stop) and asks nothing of the old API (with our token).
 * @throws {LoginRefused}, or an Error that holds no secret
 */
export async function openConnection(options: ConnectionOptions, signal: AbortSignal): Promise<Connection> {
  const { server, login, token, onLine, onFault } = options;
  const { promise: ended, resolve: end } = Promise.withResolvers<'lost' | 'moving'>();
  const { promise: closed, resolve: wasClosed } = Promise.withResolvers<void>();
  const client = new tmi.Client({
    options: { skipUpdatingEmotesets: true },
    connection: { reconnect: false, ...addressOf(server) },
    identity: { username: login, password: token },
    channels: [],
    logger: { info() {}, warn() {}, error() {} },
  });
  let isClosing = false;
  let isIn = false;
  let isRefused = false;

  const connection: Connection = {
    ended,
    send(line) {
      // a line that cannot be sent is lost with the connection, which tells of that itself
      client.raw(line.replace(/[\r\n]+/g, ' ')).catch(() => end('lost'));
    },
    async close(patience) {
      isClosing = true;
      disconnect();
      await Promise.race([closed, patience]);
      end('lost');
    },
  };

  function disconnect(): void {
    client.disconnect().catch(() => wasClosed());
  }

  function take(line: Line): void {
    if (isClosing) return;
    if (line.command === '376') isIn = true;
    if (line.command === 'RECONNECT') end('moving');
    if (line.command === 'NOTICE' && !isIn) {
      isRefused = true;
      disconnect();
      return;
    }
    try {
      onLine(line, connection);
    } catch (error) {
      onFault(error);
    }
  }

  client.on('raw_message', (copy, live) => {
    const line = typeof copy.raw === 'string' ? parseLine(copy.raw) : null;
    keepFrom(live);
    if (line !== null) take(line);
  });
  client.on('disconnected', () => {
    end('lost');
    wasClosed();
  });
  const giveUp = (): void => disconnect();
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    signal.throwIfAborted();
    await client.connect();
    signal.throwIfAborted();
    return connection;
  } catch (cause) {
    disconnect();
    if (isRefused) throw new LoginRefused('Twitch refuses the login to the chat');
    throw new Error('the Twitch chat cannot be reached', { cause: cause instanceof Error ? cause : undefined });
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}

/** Makes a line one that the library passes over. Its answer to a ping counts only without a prefix. */
function keepFrom(live: Record<string, unknown>): void {
  live.tags = {};
  if (live.command === 'PONG') live.prefix = null;
  if (typeof live.command === 'string' && ITS_OWN.has(live.command)) return;
  live.prefix = 'tmi.twitch.tv';
  live.command = 'CAP';
  live.params = [];
}

/** The library turns to port 80 as soon as a server is named without more: then every part is named. */
function addressOf(server: string | null) {
  if (server === null) return {};
  const { protocol, hostname, port } = new URL(server);
  const secure = protocol === 'wss:';
  return { server: hostname, port: port === '' ? (secure ? 443 : 80) : Number(port), secure };
}
