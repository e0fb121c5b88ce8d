import type { HubPort } from 'slipmat-hub/plugin';
import type { RawData, WebSocket } from 'ws';
import { type ApiMessage, messageOf } from '../message.ts';
import { greeting } from './answer.ts';
import type { Posted } from './posted.ts';
import { pump } from './pump.ts';
import type { Reader } from './readers.ts';
import { type StreamDeps, whenDone } from './stream.ts';

export interface TalkDeps extends Omit<StreamDeps, 'hub'> {
  readonly hub: Pick<HubPort, 'media' | 'clock' | 'log'>;
  readonly take: (reader: Reader, json: unknown) => Promise<Posted>;
}

/** As often as matterbridge asks whether somebody is there. */
const PING_MS = 54_000;
/** What waits for the hub at once; beyond it the socket is read no further. */
const MOST_WAITING = 50;

/** The same messages over a socket, which takes posted ones too. Resolves once it is over. */
export async function talkTo(deps: TalkDeps, from: number | null, client: WebSocket): Promise<void> {
  const { hub, reader, take, signal } = deps;
  const gone = new AbortController();
  const over = AbortSignal.any([signal, gone.signal]);
  let isThere = true;
  let waiting = 0;
  const stopPinging = hub.clock.every(PING_MS, () => {
    if (!isThere) return client.terminate();
    isThere = false;
    client.ping();
  });
  const write = (message: ApiMessage): Promise<void> =>
    whenDone(over, (done) => client.send(JSON.stringify(message), done));

  async function hear(data: RawData): Promise<void> {
    waiting += 1;
    if (waiting >= MOST_WAITING) client.pause();
    const posted = await take(reader, parsed(data));
    waiting -= 1;
    if (client.isPaused && waiting < MOST_WAITING && !over.aborted) client.resume();
    // over a socket there is no answer that could say so
    if (!posted.ok && !over.aborted)
      await write(messageOf(hub.clock.now(), { event: 'api_refused', text: posted.say }));
  }

  client.on('pong', () => {
    isThere = true;
  });
  over.addEventListener('abort', () => client.terminate(), { once: true });
  client.on('close', () => gone.abort());
  client.on('error', () => client.terminate());
  client.on('message', (data) => {
    hear(data).catch((error: unknown) => {
      if (!over.aborted) hub.log.warn({ err: error }, 'what a program posted broke off');
      client.terminate();
    });
  });
  try {
    await write(greeting(hub.clock.now()));
    await pump({ ...deps, write }, from, over);
  } catch (error) {
    if (!over.aborted) throw error;
  } finally {
    stopPinging();
    client.terminate();
  }
}

function parsed(data: RawData): unknown {
  try {
    return JSON.parse(String(data));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
