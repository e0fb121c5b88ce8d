import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { BridgeId } from '../domain/ids.ts';
import type { Logger } from '../ops/log.ts';
import type { PlatformCall, PlatformHttp } from '../plugin/http.ts';
import { HttpProblem } from './problems.ts';

/** Calls of platforms to bridges, below `/bridges/<bridge id>`. */
export interface BridgeCalls {
  /** Of one bridge. */
  of(bridge: BridgeId, publicUrl: string | null): PlatformHttp;
  /** Everything is refused from now on, so that it comes again when a hub is there. */
  stop(): void;
}

export const CALLS_PATH = '/bridges/';
const MAX_BODY_BYTES = 10_000_000;
/** Of one bridge at once; each may hold a body. */
const MOST_AT_ONCE = 20;
/** Nobody listens here now: another hub runs it, or it is being started. */
const NOT_HERE = new HttpProblem(503, 'unavailable', 'This bridge does not run here now.', { retryAfterMs: 1_000 });
const CROWDED = new HttpProblem(503, 'unavailable', 'Too much at once; try again soon.', { retryAfterMs: 1_000 });

interface Mounted {
  readonly handle: Parameters<PlatformHttp['mount']>[0];
  running: number;
}

export function createBridgeCalls(app: FastifyInstance, logger: Logger): BridgeCalls {
  const mounts = new Map<string, Mounted>();
  let isStopping = false;

  async function answer(request: FastifyRequest<{ Params: { bridge: string; '*': string } }>, reply: FastifyReply) {
    const mounted = mounts.get(request.params.bridge);
    if (mounted === undefined || isStopping) throw NOT_HERE;
    if (mounted.running >= MOST_AT_ONCE) throw CROWDED;
    mounted.running += 1;
    try {
      const { status, headers = {}, body = '' } = await mounted.handle(callOf(request, request.params.bridge));
      return reply.code(status).header('cache-control', 'no-store').headers(headers).send(body);
    } catch (error) {
      // the path may hold an id, the query a token
      logger.error({ err: error, bridge: request.params.bridge }, 'a bridge failed at a call of its platform');
      throw new HttpProblem(500, 'internal', 'Something went wrong here.');
    } finally {
      mounted.running -= 1;
    }
  }

  void app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    scope.all<{ Params: { bridge: string; '*': string } }>(`${CALLS_PATH}:bridge/*`, answer);
  });

  return {
    of: (bridge, publicUrl) => ({
      url: publicUrl === null ? null : `${publicUrl}${CALLS_PATH}${bridge}`,
      mount(handle) {
        const mounted = { handle, running: 0 };
        mounts.set(bridge, mounted);
        return () => {
          if (mounts.get(bridge) === mounted) mounts.delete(bridge);
        };
      },
    }),
    stop() {
      isStopping = true;
    },
  };
}

function callOf({ raw, query }: FastifyRequest, bridge: string): PlatformCall {
  const path = (raw.url ?? '').split('?')[0]?.slice(CALLS_PATH.length + bridge.length) ?? '';
  let reading: Promise<Uint8Array | null> | null = null;
  return {
    method: raw.method ?? 'GET',
    path,
    query: textsOf(query),
    headers: textsOf(raw.headers),
    body() {
      reading ??= read(raw);
      return reading;
    },
  };
}

async function read(request: IncomingMessage): Promise<Uint8Array | null> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of request) {
      if (!(chunk instanceof Uint8Array)) return null;
      size += chunk.length;
      if (size > MAX_BODY_BYTES) return null;
      chunks.push(chunk);
    }
  } catch {
    // the caller went away
    return null;
  }
  return Buffer.concat(chunks);
}

/** The texts of a bag of values; of a list the last. */
function textsOf(bag: unknown): Readonly<Record<string, string>> {
  if (typeof bag !== 'object' || bag === null) return {};
  const found = Object.entries(bag).flatMap(([name, value]) => {
    const last: unknown = Array.isArray(value) ? value.at(-1) : value;
    return typeof last === 'string' ? [[name, last] as const] : [];
  });
  return Object.fromEntries(found);
}
