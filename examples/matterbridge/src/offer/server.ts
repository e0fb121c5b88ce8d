import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { HubPort } from 'slipmat-hub/plugin';
import { WebSocketServer } from 'ws';
import { MAX_MESSAGE_BYTES } from '../message.ts';
import { answer } from './answer.ts';
import type { Journal } from './journal.ts';
import { poll } from './poll.ts';
import type { Posted } from './posted.ts';
import type { Reader, Readers } from './readers.ts';
import { streamTo } from './stream.ts';
import { talkTo } from './talk.ts';

export interface ApiDeps {
  readonly hub: Pick<HubPort, 'media' | 'clock' | 'log'>;
  readonly journal: Journal;
  readonly readers: Readers;
  readonly take: (reader: Reader, json: unknown) => Promise<Posted>;
  readonly signal: AbortSignal;
}

/** Streams and sockets at once, of all programs. */
const MOST_OPEN = 100;

/** The API of matterbridge; it does not listen yet. */
export function createApi(deps: ApiDeps): Server {
  const { hub, readers, take } = deps;
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES });
  let open = 0;

  async function post(reader: Reader, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const json = await bodyOf(request);
    if (json === undefined) return answer(response, 400, { message: 'the body is no JSON, or too large' });
    const posted = await take(reader, json);
    if (posted.ok) return answer(response, 200, posted.body);
    const { status, say: message, retryAfterMs } = posted;
    if (retryAfterMs !== null) response.setHeader('retry-after', Math.ceil(retryAfterMs / 1_000));
    answer(response, status, { message });
  }

  async function stream(reader: Reader, from: number | null, response: ServerResponse): Promise<void> {
    if (open >= MOST_OPEN) return answer(response, 429, { message: 'too many streams are open' });
    open += 1;
    try {
      await streamTo({ ...deps, reader }, from, response);
    } finally {
      open -= 1;
    }
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = urlOf(request);
    const asked = `${request.method} ${pathname}`;
    if (asked === 'GET /api/health') return void response.writeHead(200, { 'content-type': 'text/plain' }).end('OK');
    const reader = readers.enter(request.headers.authorization ?? '');
    if (reader === null) {
      response.setHeader('www-authenticate', 'Bearer');
      return answer(response, 401, { message: 'Unauthorized' });
    }
    const from = placeIn(deps, request, searchParams);
    switch (asked) {
      case 'GET /api/messages':
        return poll({ ...deps, reader }, from, response);
      case 'GET /api/stream':
        return stream(reader, from, response);
      case 'POST /api/message':
        return post(reader, request, response);
      default:
        return answer(response, 404, { message: 'Not Found' });
    }
  }

  function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { pathname, searchParams } = urlOf(request);
    const reader = readers.enter(request.headers.authorization ?? '');
    const refusal = reader === null ? 401 : pathname !== '/api/websocket' ? 404 : open >= MOST_OPEN ? 429 : null;
    socket.on('error', () => socket.destroy());
    if (reader === null || refusal !== null) {
      return void socket.end(`HTTP/1.1 ${refusal} Refused\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
    }
    const from = placeIn(deps, request, searchParams);
    sockets.handleUpgrade(request, socket, head, (client) => {
      open += 1;
      talkTo({ ...deps, reader }, from, client)
        .catch((error: unknown) => hub.log.warn({ err: error }, 'a socket broke off'))
        .finally(() => {
          open -= 1;
        });
    });
  }

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      hub.log.warn({ err: error }, 'a call failed');
      answer(response, 500, { message: 'it failed' });
    });
  });
  return server.on('upgrade', upgrade);
}

/** Programs that keep their place themselves name it: by the id of the last message, or its time as matterbridge has it. */
function placeIn({ journal }: ApiDeps, { headers }: IncomingMessage, query: URLSearchParams): number | null {
  const id = query.get('after');
  if (id !== null) return journal.placeOf({ id });
  const time = Date.parse(String(headers.skip_before ?? ''));
  if (Number.isNaN(time)) return null;
  return journal.placeOf({ time }) ?? Math.max(0, journal.first() - 1);
}

function urlOf(request: IncomingMessage): URL {
  return URL.parse(request.url ?? '/', 'http://api') ?? new URL('http://api/');
}

/** Undefined: no JSON, or too large. */
async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request) {
    bytes += part.length;
    if (bytes > MAX_MESSAGE_BYTES) return undefined;
    parts.push(part);
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString());
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
