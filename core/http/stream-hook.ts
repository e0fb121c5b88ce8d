import { createHmac } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Clock } from '../async/clock.ts';
import { isSameSecret } from '../async/mint.ts';
import type { LiveEvents } from '../community/events/live-events.ts';
import type { Channel } from '../domain/channel.ts';
import { type ChannelId, type EpochMs, parseChannelId, parseUserId, type UserId } from '../domain/ids.ts';
import { HttpProblem } from './problems.ts';

export interface StreamHookDeps {
  readonly liveEvents: Pick<LiveEvents, 'stream'>;
  readonly channel: (id: ChannelId) => Channel | null;
  /** Null: nothing is taken. */
  readonly secret: string | null;
  readonly clock: Pick<Clock, 'now'>;
}

/** How far the time of a signature may be from ours, either way. */
const WINDOW_MS = 300_000;
/** A delivery may be tried again for long; what is older says nothing of now. */
const OLDEST_MS = 24 * 3_600_000;
const MAX_BODY_BYTES = 4 * 1024;

const body = z.strictObject({
  /** A DJ's user id, or the id of the DJ's channel. */
  dj: z.string().max(64),
  stream: z.enum(['connected', 'disconnected']),
  /** When it was so, epoch ms by the sender's clock: tells what is new from what is told again or comes late. */
  at: z.number().int().positive(),
});

/**
 * Whoever carries the DJs' streams tells here when one comes and goes. Signed: `slipmat-timestamp` holds epoch seconds
 * and `slipmat-signature` `v1=` with the hex HMAC-SHA256 of `TIMESTAMP.BODY`. Telling it again changes nothing.
 */
export function streamHook(app: FastifyInstance, deps: StreamHookDeps): void {
  app.register(async (routes) => {
    routes.removeAllContentTypeParsers();
    routes.addContentTypeParser(
      '*',
      { parseAs: 'string', bodyLimit: MAX_BODY_BYTES },
      async (_: unknown, text: string) => {
        return text;
      },
    );
    routes.post<{ Body: string | undefined }>('/api/v1/stream-hook', async (request, reply) => {
      const text = request.body ?? '';
      checkSignature(request, text, deps);
      const { dj, stream, at } = read(text);
      const now = deps.clock.now();
      if (at > now + WINDOW_MS || at < now - OLDEST_MS) throw bad('at: is too far from now.');
      const user = djOf(dj, deps);
      const isKnown =
        user !== null &&
        (await deps.liveEvents.stream(user, { isConnected: stream === 'connected', at: at as EpochMs }));
      if (!isKnown) throw new HttpProblem(404, 'not-found', 'dj: there is no such DJ.');
      return reply.code(204).send();
    });
  });
}

function checkSignature(request: FastifyRequest, text: string, { secret, clock }: StreamHookDeps): void {
  if (secret === null) throw new HttpProblem(404, 'not-found', 'This hub takes no stream state: set streamHookSecret.');
  const timestamp = headerOf(request, 'slipmat-timestamp');
  const signature = headerOf(request, 'slipmat-signature');
  const expected = `v1=${createHmac('sha256', secret).update(`${timestamp}.${text}`).digest('hex')}`;
  const isGood = /^\d{1,12}$/.test(timestamp) && isSameSecret(signature, expected);
  if (!isGood) throw new HttpProblem(401, 'sign-in', 'The signature is missing or wrong.');
  if (Math.abs(Number(timestamp) * 1_000 - clock.now()) > WINDOW_MS) {
    throw new HttpProblem(401, 'sign-in', 'slipmat-timestamp: is more than 300 seconds from now.');
  }
}

function headerOf({ headers }: FastifyRequest, name: string): string {
  const value = headers[name];
  return typeof value === 'string' ? value : '';
}

function read(text: string): z.infer<typeof body> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw bad('The body is not valid JSON.');
  }
  const parsed = body.safeParse(json);
  if (parsed.success) return parsed.data;
  const field = parsed.error.issues[0]?.path[0];
  throw bad(
    typeof field === 'string' ? `${field}: is missing or wrong.` : 'The body must have dj, stream and at alone.',
  );
}

function djOf(text: string, { channel }: StreamHookDeps): UserId | null {
  const user = parseUserId(text);
  if (user !== null) return user;
  const id = parseChannelId(text);
  const found = id === null ? null : channel(id);
  return found?.kind === 'dj' ? found.owner : null;
}

function bad(say: string): HttpProblem {
  return new HttpProblem(400, 'bad-request', say);
}
