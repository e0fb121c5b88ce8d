import type { ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Clock } from '../async/clock.ts';
import { type ChannelId, type Epoch, parseChannelId, type Seq } from '../domain/ids.ts';
import type { Actor } from '../domain/inbound.ts';
import { bearerOf, statusOf } from '../http/auth-body.ts';
import { HttpProblem } from '../http/problems.ts';
import type { Logger } from '../ops/log.ts';
import type { RightsChange } from '../plugin/surface.ts';
import type { Access } from './access.ts';
import { type After, follow } from './follow.ts';
import type { ApiPort } from './port.ts';
import { OWN_LIMITS, refuseOthers, urlOf } from './routes.ts';
import { STREAM_OPERATION } from './stream-document.ts';

export interface StreamDeps {
  readonly access: Access;
  readonly port: () => ApiPort;
  readonly clock: Pick<Clock, 'every'>;
  readonly logger: Logger;
}

/** Open at once, of one token and of all. */
const MOST_OF_ONE = 10;
const MOST_OF_ALL = 2_000;
/** A comment, so that nothing in between takes the silence for the end. */
const PING_MS = 15_000;
/** What a reader may leave unread; it comes back and goes on from where it was. */
const MOST_UNREAD_BYTES = 1024 * 1024;
/** Sessions end by themselves, and nobody tells of that. */
const LOOK_AGAIN_MS = 60_000;

interface Open {
  readonly actor: Actor;
  readonly key: string;
  readonly channel: ChannelId;
  /** Whether its token is as good as ever. */
  readonly isGood: () => Promise<boolean>;
  end(): void;
}

/** Server-sent events of one channel. @returns what ends all of them */
export function addStream(app: FastifyInstance, deps: StreamDeps): () => void {
  const { access, port, clock, logger } = deps;
  const open = new Set<Open>();
  let stops: (() => void)[] = [];

  function closeDoors({ users, isForAll }: RightsChange): void {
    for (const one of open) {
      if (!isForAll && !users.has(one.actor.user)) continue;
      if (port().mayRead(one.actor, one.channel)) void look(one);
      else one.end();
    }
  }

  async function look(one: Open): Promise<void> {
    try {
      if (!(await one.isGood())) one.end();
    } catch (error) {
      logger.warn({ err: error }, 'the token of a stream could not be looked at again');
    }
  }

  function begin(): void {
    if (stops.length > 0) return;
    const endAll = (): void => {
      for (const one of open) one.end();
    };
    stops = [
      port().feed.onRights(closeDoors),
      // whoever comes back with a position of another past is told so
      port().feed.onEpoch(endAll),
      clock.every(LOOK_AGAIN_MS, () => {
        for (const one of open) void look(one);
      }),
      endAll,
    ];
  }

  refuseOthers(app, STREAM_OPERATION.path, ['GET']);
  app.get<{ Params: { channel: string } }>(
    urlOf(STREAM_OPERATION.path),
    { exposeHeadRoute: false, config: OWN_LIMITS },
    async (request, reply) => {
      const actor = await access.enter(request, reply, 1);
      const channel = await channelOf(port(), actor, request.params.channel);
      const after = afterOf(request);
      const key = actor.grant?.token ?? actor.user;
      const own = [...open].filter((one) => one.key === key).length;
      if (own >= MOST_OF_ONE || open.size >= MOST_OF_ALL) throw TOO_MANY;
      begin();
      reply.hijack();
      const stopping = new AbortController();
      const token = bearerOf(request.headers.authorization);
      const one: Open = {
        actor,
        key,
        channel,
        isGood: async () => {
          const verified = await port().verify(token);
          return verified.ok ? port().mayRead(verified.actor, channel) : verified.code === 'unavailable';
        },
        end: () => {
          stopping.abort();
          reply.raw.end();
        },
      };
      open.add(one);
      const stopWatching = port().onTokenEnd(actor, one.end);
      reply.raw.on('close', () => {
        open.delete(one);
        stopWatching();
        stopping.abort();
      });
      for (const [name, value] of Object.entries(reply.getHeaders()))
        if (value !== undefined) reply.raw.setHeader(name, value);
      await serve({ port: port(), clock, actor, channel, after, signal: stopping.signal }, reply.raw).catch(
        (error: unknown) => {
          logger.warn({ err: error }, 'a stream broke off');
          one.end();
        },
      );
    },
  );

  return () => {
    for (const stop of stops) stop();
    stops = [];
  };
}

interface Serving {
  readonly port: ApiPort;
  readonly clock: Pick<Clock, 'every'>;
  readonly actor: Actor;
  readonly channel: ChannelId;
  readonly after: After | null;
  readonly signal: AbortSignal;
}

async function serve({ port, clock, actor, channel, after, signal }: Serving, raw: ServerResponse): Promise<void> {
  raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' });
  const write = (text: string): void => {
    if (signal.aborted) return;
    raw.write(text);
    if (raw.writableLength > MOST_UNREAD_BYTES) raw.destroy();
  };
  const stopPinging = clock.every(PING_MS, () => write(': ping\n\n'));
  port.presence.join(channel, actor);
  signal.addEventListener('abort', () => {
    stopPinging();
    port.presence.leave(channel, actor);
  });
  const stop = await follow(
    { port, actor, channel, after, signal },
    {
      start: (how, epoch, seq) => write(frame(how, epoch, seq, JSON.stringify({ epoch, seq }))),
      entry: (epoch, seq, json) => write(frame(typeIn(json), epoch, seq, json)),
      ready: () => drained(raw),
    },
  );
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop);
}

function frame(event: string, epoch: Epoch, seq: Seq, data: string): string {
  return `id: ${epoch}:${seq}\nevent: ${event}\ndata: ${data}\n\n`;
}

/** JSON has no line breaks of its own, and the type stands in its beginning. */
function typeIn(json: string): string {
  return /"type":"([a-z-]+)"/.exec(json.slice(0, 200))?.[1] ?? 'entry';
}

function drained(raw: ServerResponse): Promise<void> {
  if (!raw.writableNeedDrain || raw.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    raw.once('drain', resolve);
    raw.once('close', resolve);
  });
}

async function channelOf(port: ApiPort, actor: Actor, text: string): Promise<ChannelId> {
  const channel = parseChannelId(text);
  if (channel === null) throw new HttpProblem(400, 'bad-request', 'channel is not well formed.', { field: 'channel' });
  const found = await port.ask(actor, 'channel', { channel });
  if (!found.ok) throw new HttpProblem(statusOf(found.code), found.code, found.say);
  return channel;
}

/** @throws {HttpProblem} */
function afterOf({ headers }: FastifyRequest): After | null {
  const id = headers['last-event-id'];
  if (id === undefined || id === '') return null;
  const [, epoch, seq] = (typeof id === 'string' ? /^([^:]{1,64}):(\d{1,15})$/.exec(id) : null) ?? [];
  if (epoch === undefined || seq === undefined) {
    throw new HttpProblem(400, 'bad-request', 'Last-Event-ID is none of this stream.', { field: 'Last-Event-ID' });
  }
  return { epoch: epoch as Epoch, seq: Number(seq) as Seq };
}

const TOO_MANY = new HttpProblem(429, 'rate-limited', 'Too many streams are open.', { retryAfterMs: 10_000 });
