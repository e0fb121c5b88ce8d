import { BridgeError, type HubPort, isBridgeError } from 'slipmat-hub/plugin';
import { type RawData, WebSocket } from 'ws';
import type { JoinConfig } from '../config.ts';
import { MAX_MESSAGE_BYTES, type ReadMessage, readMessage } from '../message.ts';
import { credentials, failureOf, noAnswerFailure } from './client.ts';

/** How often the link is tried; one that did not answer the last time is broken. */
const PING_MS = 30_000;
/** What waits for the hub at once; beyond it the socket is read no further. */
const MOST_WAITING = 50;

export interface NewsDeps {
  readonly config: JoinConfig;
  readonly hub: Pick<HubPort, 'clock' | 'log'>;
  /** Messages are handed on one after another. */
  readonly take: (message: ReadMessage) => Promise<void>;
  /** Runs before the first of them, from when on nothing more can be missed. */
  readonly before: (greeting: ReadMessage) => Promise<void>;
  readonly failed: (error: BridgeError) => void;
}
export interface News {
  /** Says nothing more, and resolves once the last one handed on has been taken. */
  stop(): Promise<void>;
}

/**
 * Listens at `/api/websocket`. Resolves once it is greeted and `before` is done.
 * @param since as `timestamp` of the newest known message: older ones are left out
 * @throws {BridgeError}
 */
export async function openNews(
  { config, hub, take, before, failed }: NewsDeps,
  since: string,
  signal: AbortSignal,
): Promise<News> {
  signal.throwIfAborted();
  const url = new URL('/api/websocket', config.url);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const headers = { ...credentials(config), skip_before: since };
  const socket = new WebSocket(url, { headers, maxPayload: MAX_MESSAGE_BYTES, followRedirects: false });
  const greeted = Promise.withResolvers<ReadMessage>();
  const lost = Promise.withResolvers<never>();
  // it may break when nobody waits for it any more
  lost.promise.catch(() => {});
  const caughtUp = Promise.withResolvers<void>();
  let isOver = false;
  let isAnswered = true;
  let isLive = false;
  let waiting = 0;
  let taken: Promise<void> = caughtUp.promise;

  const stopPinging = hub.clock.every(PING_MS, () => {
    if (!isAnswered) return socket.terminate();
    isAnswered = false;
    if (socket.readyState === WebSocket.OPEN) socket.ping();
  });

  function end(error: BridgeError): void {
    if (isOver) return;
    isOver = true;
    stopPinging();
    socket.terminate();
    caughtUp.resolve();
    lost.reject(error);
    if (isLive) failed(error);
  }

  function handOn(message: ReadMessage): void {
    waiting += 1;
    if (waiting >= MOST_WAITING) socket.pause();
    taken = taken.then(async () => {
      try {
        if (!isOver) await take(message);
      } catch (error) {
        end(isBridgeError(error) ? error : new BridgeError('a message could not be taken', BROKEN, { cause: error }));
      }
      waiting -= 1;
      if (waiting < MOST_WAITING && socket.isPaused && !isOver) socket.resume();
    });
  }

  function hear(data: RawData): void {
    if (isOver) return;
    const message = decode(data);
    if (message === null) hub.log.warn({}, 'matterbridge sent what is no message');
    else if (message.event !== 'api_connected') handOn(message);
    else greeted.resolve(message);
  }

  socket.on('message', hear);
  socket.on('pong', () => {
    isAnswered = true;
  });
  socket.on('unexpected-response', (_, response) => {
    const status = response.statusCode ?? 0;
    const refusal = failureOf(status, null, config);
    // a path that is not there is no room that is gone
    const failure = refusal.kind === 'permanent' ? BROKEN : refusal;
    end(new BridgeError(`matterbridge answered ${status}`, failure));
  });
  socket.on('error', (cause) => end(noAnswerFailure(cause)));
  socket.on('close', () => end(new BridgeError('matterbridge closed the connection', BROKEN)));
  const giveUp = (): void => end(new BridgeError('it was told to give up', BROKEN, { cause: signal.reason }));
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    const greeting = await Promise.race([greeted.promise, lost.promise]);
    await Promise.race([before(greeting), lost.promise]);
    isLive = true;
    caughtUp.resolve();
    return { stop };
  } catch (error) {
    end(isBridgeError(error) ? error : new BridgeError('it could not catch up', BROKEN, { cause: error }));
    throw error;
  } finally {
    signal.removeEventListener('abort', giveUp);
  }

  async function stop(): Promise<void> {
    isOver = true;
    stopPinging();
    socket.terminate();
    caughtUp.resolve();
    await taken;
  }
}

const BROKEN = { kind: 'retryable', delivered: 'no' } as const;

function decode(data: RawData): ReadMessage | null {
  try {
    const read = readMessage.safeParse(JSON.parse(String(data)));
    return read.success ? read.data : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
