import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { PlatformDouble, PlatformFailure } from 'slipmat-hub/contract';
import type { RoomId } from 'slipmat-hub/plugin';
import { type WebSocket, WebSocketServer } from 'ws';
import { refOf } from '../../../examples/matterbridge/src/join/decode.ts';
import { readMessage } from '../../../examples/matterbridge/src/message.ts';
import { listenLow } from '../../accounts/listen-low.ts';

/**
 * The `api` part of a matterbridge 1.26, as it answers: no ids, nothing deleted; a socket tells what comes from then on,
 * and what is kept is given once, to whoever asks first.
 */
const ROOM = 'main' as RoomId;
const SECOND = 'side' as RoomId;
const TOKEN = 'mb-t0ken-that-nobody-sees';
const RETRY_AFTER_S = 2;

const urls = new WeakMap<PlatformDouble, string>();

export function configOf(double: PlatformDouble): object {
  return { mode: 'join', url: urls.get(double), token: TOKEN };
}

interface Said {
  readonly text: string;
  readonly gateway: string;
  readonly username: string;
  readonly event?: string;
  readonly Extra?: object | null;
  readonly timestamp: string;
  readonly id: string;
}
type Fields = Partial<Said> & { readonly gateway: string; readonly parent_id?: string };

export interface FakeMatterbridge extends PlatformDouble {
  /** Somebody on another protocol says something. @returns it, as programs get it */
  says(fields: Fields): Said;
  /** What was posted, as it came. */
  readonly came: readonly Record<string, unknown>[];
}

export async function openMatterbridge(): Promise<FakeMatterbridge> {
  const buffer: Said[] = [];
  const kept: Said[] = [];
  const came: Record<string, unknown>[] = [];
  const failures: PlatformFailure[] = [];
  const open = new Set<WebSocket>();
  const held = new Set<Duplex>();
  const sockets = new WebSocketServer({ noServer: true });
  let isRefusing = false;
  let count = 0;

  /** Go writes nanoseconds without the zeros at their end; no two messages are of one. */
  function timestamp(): string {
    count += 1;
    return new Date().toISOString().replace('Z', `${String(count).padStart(6, '0').replace(/0+$/, '')}Z`);
  }

  function says(fields: Fields): Said {
    const rest = { channel: '#dance', userid: '', avatar: '', account: 'irc.libera', event: '', protocol: 'irc' };
    const said = {
      text: '',
      username: 'Ann',
      parent_id: '',
      timestamp: timestamp(),
      id: '',
      Extra: null,
      ...rest,
      ...fields,
    };
    buffer.push(said);
    kept.push(said);
    for (const socket of open) socket.send(JSON.stringify(said));
    return said;
  }

  /** As its key check answers; null: let in. */
  function refusal({ headers }: IncomingMessage): number | null {
    if (headers.authorization === undefined) return 400;
    return isRefusing || headers.authorization !== `Bearer ${TOKEN}` ? 401 : null;
  }

  async function post(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body: Record<string, unknown> = JSON.parse(await bodyOf(request));
    const failure = failures.shift();
    if (failure === 'silence') return;
    if (failure === 'rate-limit')
      return reply(response, 429, { message: 'slow down' }, { 'retry-after': `${RETRY_AFTER_S}` });
    if (failure === 'unauthorized') return reply(response, 401, { message: 'Unauthorized' });
    if (failure === 'room-gone') return reply(response, 404, { message: 'Not Found' });
    if (failure === 'outage') return reply(response, 503, { message: 'down' });
    came.push(body);
    if (failure === 'cut') return void request.socket.destroy();
    reply(response, 200, {
      ...body,
      channel: 'api',
      protocol: 'api',
      account: 'api.slipmat',
      id: '',
      timestamp: timestamp(),
    });
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refused = refusal(request);
    if (refused !== null) return reply(response, refused, { message: 'invalid key' });
    if (request.url === '/api/health') return void response.writeHead(200).end('OK');
    if (request.url === '/api/messages') return reply(response, 200, kept.splice(0));
    if (request.method === 'POST' && request.url === '/api/message') return post(request, response);
    reply(response, 404, { message: 'Not Found' });
  }

  const server: Server = createServer((request, response) => void answer(request, response));
  server.on('upgrade', (request: IncomingMessage, socket, head) => {
    socket.on('error', () => socket.destroy());
    held.add(socket);
    socket.on('close', () => held.delete(socket));
    if (failures[0] === 'silence') return void failures.shift();
    const refused = refusal(request);
    if (refused !== null)
      return void socket.end(`HTTP/1.1 ${refused} No\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`);
    sockets.handleUpgrade(request, socket, head, (client) => {
      client.send(JSON.stringify({ text: '', event: 'api_connected', timestamp: timestamp(), id: '', Extra: null }));
      open.add(client);
      client.on('close', () => open.delete(client));
    });
  });
  const port = await listenLow(server);

  const idOf = (said: Said): string => refOf(readMessage.parse(said)).id;
  const posted = (gateway: RoomId) =>
    came.filter((one) => one.gateway === gateway).map(({ id, text }) => ({ id: String(id), text: String(text) }));
  const find = (id: string): Record<string, unknown> => came.find((one) => one.id === id) ?? {};

  const double: FakeMatterbridge = {
    says,
    came,
    room: ROOM,
    secret: TOKEN,
    retryAfterMs: RETRY_AFTER_S * 1_000,
    userPosts: async (text) => idOf(says({ gateway: ROOM, text })),
    async deliverAgain(id) {
      const again = buffer.find((said) => idOf(said) === id);
      for (const socket of open) socket.send(JSON.stringify(again));
    },
    posted: () => posted(ROOM),
    failures: ['cut', 'outage', 'silence'],
    failNext: (failure) => void failures.push(failure),
    resumes: true,
    refuseLogin() {
      isRefusing = true;
    },
    dropConnections() {
      for (const socket of open) socket.terminate();
    },
    userReplies: async (to, text) => idOf(says({ gateway: ROOM, text, parent_id: to })),
    userPostsImage: async ({ name, bytes }, caption) => {
      const file = {
        Name: name,
        Data: Buffer.from(bytes).toString('base64'),
        Comment: '',
        URL: '',
        Size: bytes.length,
        SHA: '',
      };
      return idOf(says({ gateway: ROOM, text: caption, Extra: { file: [file] } }));
    },
    second: {
      room: SECOND,
      userPosts: async (text) => idOf(says({ gateway: SECOND, text })),
      posted: () => posted(SECOND),
    },
    tricks: ['hey @Everyone', '<@U1>', '<#C1>', '<!channel>', '!here'],
    pinged: (id) => {
      const { text, username } = find(id);
      return `${username} ${text}`.match(/@(everyone|here|channel|all|room)|<[@!#]|!(here|channel)/gi) ?? [];
    },
    nameOf: (id) => String(find(id).username),
    async stop() {
      for (const socket of held) socket.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  urls.set(double, `http://127.0.0.1:${port}`);
  return double;
}

function reply(response: ServerResponse, status: number, body: object, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk;
  return text;
}
