import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { PlatformDouble, PlatformFailure } from 'slipmat-hub/contract';
import type { RoomId } from 'slipmat-hub/plugin';

/** A small Acme, as its documents describe it: the real bridge speaks to it. */

const ROOM = 'lounge' as RoomId;
const TOKEN = 'acme-t0ken-that-nobody-sees';
const BOT = 'bot';

interface Event {
  readonly seq: number;
  readonly room: string;
  readonly id: string;
  readonly author: { readonly id: string; readonly name: string };
  readonly text: string;
  readonly at: number;
}

const urls = new WeakMap<PlatformDouble, string>();

export function urlOf(double: PlatformDouble): string {
  return urls.get(double) ?? '';
}

export async function open(): Promise<PlatformDouble> {
  const events: Event[] = [];
  const waiting = new Set<() => void>();
  const failures: PlatformFailure[] = [];

  function add(event: Omit<Event, 'seq'>): string {
    events.push({ ...event, seq: events.length + 1 });
    for (const answer of waiting) answer();
    return event.id;
  }
  const say = (room: string, author: Event['author'], text: string): string =>
    add({ room, author, text, id: `m${events.length + 1}`, at: Date.now() });

  function news(after: number, response: ServerResponse): void {
    const answer = (): void => {
      const found = events.filter(({ seq }) => seq > after);
      if (found.length === 0) return;
      waiting.delete(answer);
      reply(response, 200, { events: found });
    };
    waiting.add(answer);
    response.once('close', () => waiting.delete(answer));
    answer();
  }

  async function post(room: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { text } = JSON.parse(await bodyOf(request));
    const failure = failures.shift();
    if (failure === 'silence') return;
    if (failure === 'rate-limit') return reply(response, 429, {}, { 'retry-after': '2' });
    if (failure === 'unauthorized') return reply(response, 401, {});
    if (failure === 'room-gone') return reply(response, 404, {});
    if (failure === 'outage') return reply(response, 503, {});
    const id = say(room, { id: BOT, name: 'The bot' }, text);
    if (failure === 'cut') request.socket.destroy();
    else reply(response, 200, { id });
  }

  let isRefusing = false;
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', 'http://acme');
    const room = /^\/rooms\/([^/]+)\/messages$/.exec(url.pathname)?.[1];
    if (isRefusing || request.headers.authorization !== `Bearer ${TOKEN}`) return reply(response, 401, {});
    if (url.pathname === '/me') return reply(response, 200, { id: BOT, head: events.length });
    if (url.pathname === '/events') return news(Number(url.searchParams.get('after')), response);
    if (room !== undefined) return post(decodeURIComponent(room), request, response);
    reply(response, 404, {});
  }

  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const botPosts = () => events.filter(({ room, author }) => room === ROOM && author.id === BOT);
  const double: PlatformDouble = {
    room: ROOM,
    secret: TOKEN,
    retryAfterMs: 2_000,
    userPosts: async (text) => say(ROOM, { id: 'ann', name: 'Ann' }, text),
    async deliverAgain(id) {
      const event = events.find((one) => one.id === id);
      if (event !== undefined) add(event);
    },
    posted: botPosts,
    failures: ['cut', 'outage', 'silence'],
    failNext: (failure) => void failures.push(failure),
    resumes: true,
    refuseLogin() {
      isRefusing = true;
    },
    // Acme tells a post in the news as soon as it is there.
    echoBeforeResponse() {},
    pinged: (id) => botPosts().flatMap((post) => (post.id === id ? (post.text.match(/@\w+/g) ?? []) : [])),
    dropConnections: () => server.closeAllConnections(),
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  const { port } = server.address() as AddressInfo;
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
