import type { Redis } from 'ioredis';
import { backoffMs } from '../../async/backoff.ts';
import { type Clock, pause } from '../../async/clock.ts';
import { newHubId } from '../../async/mint.ts';
import type { Logger } from '../../ops/log.ts';
import type { Signals } from '../ports.ts';
import { createConnection, disconnect, ended } from './connect.ts';
import type { Link } from './link.ts';

/** What hears nothing else is asked for an answer this often, so that a dead connection shows. */
const PING_MS = 5_000;
const RECONNECT = { baseMs: 50, capMs: 2_000 };
/** Said and not taken by Redis yet; more is lost. */
const MOST_OPEN = 1_000;

export interface SignalDeps {
  readonly url: string;
  readonly link: Pick<Link, 'isUp' | 'use'>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Over publish and subscribe, which keeps nothing; heard on a connection of its own. */
export function createSignals({ url, link, clock, log }: SignalDeps): Signals & { close(): Promise<void> } {
  const self = newHubId();
  const stopping = new AbortController();
  const listeners = new Set<(topic: string, body: string) => void>();
  let open = 0;

  function take(message: string): void {
    const [from = '', topic = ''] = message.split(' ', 2);
    if (from === self) return;
    const body = message.slice(from.length + topic.length + 2);
    for (const listener of listeners) {
      try {
        listener(topic, body);
      } catch (error) {
        // of another version, or said by nobody of ours
        log.warn({ err: error, topic }, 'a word of another hub cannot be read');
      }
    }
  }

  async function hold(): Promise<void> {
    const client = createConnection(url);
    const stop = (): void => disconnect(client);
    const stopPings = clock.every(PING_MS, () => void client.ping().catch(stop));
    stopping.signal.addEventListener('abort', stop, { once: true });
    try {
      await client.connect();
      client.on('message', (_, message: string) => take(message));
      await client.subscribe(channelOf(client));
      await ended(client);
    } finally {
      stopPings();
      stopping.signal.removeEventListener('abort', stop);
      disconnect(client);
    }
  }

  async function run(): Promise<void> {
    for (let failures = 1; !stopping.signal.aborted; failures += 1) {
      try {
        await hold();
        failures = 0;
      } catch (error) {
        if (!stopping.signal.aborted) log.debug({ err: error, failures }, 'other hubs are not heard for now');
      }
      await pause(clock, backoffMs(Math.max(1, failures), RECONNECT), stopping.signal);
    }
  }

  const running = run();
  return {
    say(topic, body) {
      if (!link.isUp() || open >= MOST_OPEN) return;
      open += 1;
      link
        .use((client) => client.publish(channelOf(client), `${self} ${topic} ${body}`))
        .catch((error: unknown) => log.debug({ err: error, topic }, 'a word to other hubs is lost'))
        .finally(() => {
          open -= 1;
        });
    },
    hear(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async close() {
      stopping.abort();
      await running;
    },
  };
}

/** Publishing knows nothing of databases: hubs of another one are told apart by name. */
function channelOf(client: Redis): string {
  return `slipmat:signals:${client.options.db ?? 0}`;
}
