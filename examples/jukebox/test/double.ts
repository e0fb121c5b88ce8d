import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { PlatformDouble, PlatformFailure } from 'slipmat-hub/contract';
import type { RoomId } from 'slipmat-hub/plugin';

/** A small Jukebox, as its documents describe it: the real bridge speaks to it. */

const ROOM = 'main' as RoomId;
const KEY = 'jukebox-k3y-that-nobody-sees';
const SECOND = 'back room' as RoomId;
const BOT = { id: 'u-9', nick: 'hub' };
const ANN = { id: 'u-1', nick: 'Ann' };
const WAIT_MS = 1_500;

interface Line {
  readonly n: number;
  readonly id: string;
  readonly lounge: string;
  readonly by: { readonly id: string; readonly nick: string };
  readonly says: string;
  readonly at: number;
}

const urls = new WeakMap<PlatformDouble, string>();

export function urlOf(double: PlatformDouble): string {
  return urls.get(double) ?? '';
}

export async function open(): Promise<PlatformDouble> {
  const lines: Line[] = [];
  const erased = new Set<string>();
  const waiting = new Set<() => void>();
  const failures: PlatformFailure[] = [];

  function add(line: Omit<Line, 'n'>): string {
    lines.push({ ...line, n: lines.length + 1 });
    for (const answer of waiting) answer();
    return line.id;
  }
  const say = (lounge: string, by: Line['by'], says: string): string =>
    add({ lounge, by, says, id: `l${lines.length + 1}`, at: Date.now() });

  function news(since: number, response: ServerResponse): void {
    const answer = (): void => {
      const found = lines.filter(({ n }) => n > since);
      if (found.length === 0) return;
      waiting.delete(answer);
      reply(response, 200, { lines: found });
    };
    waiting.add(answer);
    response.once('close', () => waiting.delete(answer));
    answer();
  }

  async function act(
    lounge: string,
    id: string | null,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const { says = '' } = JSON.parse(await bodyOf(request));
    const failure = failures.shift();
    if (failure === 'silence') return;
    if (failure === 'rate-limit') return reply(response, 429, { waitMs: WAIT_MS });
    if (failure === 'unauthorized') return reply(response, 403, {});
    if (failure === 'room-gone') return reply(response, 410, {});
    if (failure === 'outage') return reply(response, 503, {});
    if (id !== null) {
      erased.add(id);
      return reply(response, 200, {});
    }
    if (/[\r\n]/.test(says) || [...shown(says)].length > 280) return reply(response, 400, {});
    const made = say(lounge, BOT, says);
    if (failure === 'cut') request.socket.destroy();
    else reply(response, 200, { id: made });
  }

  let isRefusing = false;
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', 'http://jukebox');
    const [, lounge, id] = /^\/lounges\/([^/]+)\/lines(?:\/([^/]+)\/erase)?$/.exec(url.pathname) ?? [];
    if (isRefusing || request.headers['x-jukebox-key'] !== KEY) return reply(response, 403, {});
    if (url.pathname === '/whoami') return reply(response, 200, { me: BOT.id, latest: lines.length });
    if (url.pathname === '/lines') return news(Number(url.searchParams.get('since')), response);
    if (lounge !== undefined) return act(decodeURIComponent(lounge), id ?? null, request, response);
    reply(response, 410, {});
  }

  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stands = (lounge: RoomId) =>
    lines.filter((line) => line.lounge === lounge && line.by.id === BOT.id && !erased.has(line.id));
  const posted = (lounge: RoomId) => stands(lounge).map(({ id, says }) => ({ id, text: shown(says) }));
  const sourceOf = (id: string): string => lines.find((line) => line.id === id)?.says ?? '';
  const double: PlatformDouble = {
    room: ROOM,
    secret: KEY,
    retryAfterMs: WAIT_MS,
    userPosts: async (text) => say(ROOM, ANN, text),
    async deliverAgain(id) {
      const line = lines.find((one) => one.id === id);
      if (line !== undefined) add(line);
    },
    posted: () => posted(ROOM),
    failures: ['cut', 'outage', 'silence'],
    failNext: (failure) => void failures.push(failure),
    resumes: true,
    refuseLogin() {
      isRefusing = true;
    },
    // Jukebox tells a line in the news as soon as it is there.
    echoBeforeResponse() {},
    second: {
      room: SECOND,
      userPosts: async (text) => say(SECOND, ANN, text),
      posted: () => posted(SECOND),
    },
    tricks: ['*bold*', '\\*bold\\*', '@all', '@ann'],
    pinged: (id) => shown(sourceOf(id)).match(/@\w+/g) ?? [],
    formatted: (id) =>
      sourceOf(id)
        .replace(/\\./g, '')
        .match(/\*[^*]+\*/g) ?? [],
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

/** What people see of a line: Jukebox takes the markup away. */
function shown(says: string): string {
  return says.replace(/\\(.)|\*/gu, '$1');
}

function reply(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk;
  return text;
}
