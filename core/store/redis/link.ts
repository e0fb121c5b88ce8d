import type { Redis } from 'ioredis';
import { backoffMs } from '../../async/backoff.ts';
import { type Clock, pause } from '../../async/clock.ts';
import type { Logger } from '../../ops/log.ts';
import { StoreUnavailable } from '../ports.ts';
import { atEndOfTurn, createConnection, disconnect, ended, faultOf, refusalOf, shownUrl } from './connect.ts';
import { type FunctionName, fullName, LIBRARY } from './library.ts';
import { RedisRefused } from './refused.ts';

/** Between tries to connect, for ever until closed. */
const RECONNECT = { baseMs: 50, capMs: 2_000 };
/** Reads and small writes wait so long for a connection that is being made, before they give up. */
const PATIENCE_MS = 2_000;

export interface LinkOptions {
  readonly url: string;
  readonly clock: Clock;
  readonly log: Logger;
  /**
   * Runs on each new connection before anything else may use it. What it throws ends that connection; a RedisRefused
   * at the very first one ends the link.
   */
  readonly arrive: (client: Redis) => Promise<void>;
}

/** The hub's connection for commands. One at a time; a broken one is replaced, for ever until closed. */
export interface Link {
  isUp(): boolean;
  /** One call, at once. Rejects with the client's own error; nothing is repeated. */
  send(name: FunctionName, keys: readonly string[], args: readonly string[]): Promise<unknown>;
  /** Runs at the end of this turn of the loop; what is sent then leaves in one write with the rest of the turn. */
  atEndOfTurn(run: () => void): void;
  /** One call, sent a second time over the next connection if the line breaks. @throws {StoreUnavailable} */
  call(name: FunctionName, keys: readonly string[], args?: readonly string[]): Promise<unknown>;
  /** The same for what must not be sent twice. @throws {StoreUnavailable} */
  callOnce(name: FunctionName, keys: readonly string[], args?: readonly string[]): Promise<unknown>;
  /** Any other commands, repeated like `call`. @throws {StoreUnavailable} */
  use<T>(work: (client: Redis) => Promise<T>): Promise<T>;
  /** Loads the library again, after Redis has forgotten it. */
  reload(): Promise<void>;
  /** Calls back with each change. @returns a function that stops it */
  onHealth(listener: (isUp: boolean) => void): () => void;
  /** Resolves when up, false when that takes longer than `ms` or the link is closed. */
  whenUp(ms: number): Promise<boolean>;
  /** Why the last connection ended or could not be made. */
  lastError(): unknown;
  close(): Promise<void>;
}

export function createLink({ url, clock, log, arrive }: LinkOptions): Link {
  const stopping = new AbortController();
  const listeners = new Set<(isUp: boolean) => void>();
  let current: Redis | null = null;
  let lastError: unknown = null;
  let wasUp = false;

  function tell(isUp: boolean): void {
    for (const listener of [...listeners]) listener(isUp);
  }

  /** Holds one connection from its start to its end. @returns whether it was ever usable */
  async function hold(): Promise<boolean> {
    const client = createConnection(url);
    // why a connection could not be made comes as an event; what rejects says only that it is closed
    let reason: unknown = null;
    client.on('error', (error) => {
      reason = error;
    });
    const stop = (): void => disconnect(client);
    stopping.signal.addEventListener('abort', stop, { once: true });
    try {
      await client.connect();
      await arrive(client);
      if (client.status !== 'ready') throw new Error('the connection broke at once');
      current = client;
      wasUp = true;
      tell(true);
      await ended(client);
      return true;
    } catch (error) {
      lastError = error instanceof RedisRefused ? error : (refusalOf(reason, url) ?? reason ?? error);
      if (!wasUp && lastError instanceof RedisRefused) stopping.abort();
      return false;
    } finally {
      stopping.signal.removeEventListener('abort', stop);
      disconnect(client);
      if (current === client) {
        current = null;
        tell(false);
      }
    }
  }

  async function run(): Promise<void> {
    let attempt = 0;
    while (!stopping.signal.aborted) {
      attempt = (await hold()) ? 1 : attempt + 1;
      if (stopping.signal.aborted) return;
      const waitMs = backoffMs(attempt, RECONNECT);
      log.warn({ redis: shownUrl(url), attempt, waitMs, err: lastError }, 'no connection to Redis');
      await pause(clock, waitMs, stopping.signal);
    }
  }

  async function reachable(): Promise<Redis> {
    if (current === null) await whenUp(PATIENCE_MS);
    if (current === null)
      throw new StoreUnavailable(`Redis at ${shownUrl(url)} cannot be reached`, { cause: lastError });
    return current;
  }

  function whenUp(ms: number): Promise<boolean> {
    if (current !== null) return Promise.resolve(true);
    return new Promise((resolve) => {
      const done = (isUp: boolean): void => {
        cancel();
        listeners.delete(done);
        stopping.signal.removeEventListener('abort', give);
        resolve(isUp);
      };
      const give = (): void => done(false);
      const cancel = clock.after(ms, give);
      listeners.add(done);
      stopping.signal.addEventListener('abort', give, { once: true });
      if (stopping.signal.aborted) give();
    });
  }

  async function once<T>(client: Redis, work: (client: Redis) => Promise<T>): Promise<T> {
    try {
      return await work(client);
    } catch (cause) {
      if (faultOf(cause) === 'broken') throw cause;
      throw new StoreUnavailable('Redis did not answer', { cause });
    }
  }

  async function use<T>(work: (client: Redis) => Promise<T>): Promise<T> {
    const client = await reachable();
    try {
      return await once(client, work);
    } catch (error) {
      if (client.status === 'ready' || !(error instanceof StoreUnavailable)) throw error;
      await ended(client);
      return once(await reachable(), work);
    }
  }

  /** A call that first makes the library known where Redis has forgotten it. */
  function calling(name: FunctionName, keys: readonly string[], args: readonly string[]) {
    return async (client: Redis): Promise<unknown> => {
      const call = (): Promise<unknown> => client.fcall(fullName(name), keys.length, ...keys, ...args);
      try {
        return await call();
      } catch (error) {
        if (faultOf(error) !== 'no-library') throw error;
        await loadLibrary(client);
        return call();
      }
    };
  }

  async function reload(): Promise<void> {
    if (current !== null) await loadLibrary(current);
  }

  const running = run();
  return {
    isUp: () => current !== null,
    send(name, keys, args) {
      if (current === null) return Promise.reject(new StoreUnavailable('not connected to Redis'));
      return current.fcall(fullName(name), keys.length, ...keys, ...args);
    },
    atEndOfTurn(run) {
      if (current === null) setImmediate(run);
      else atEndOfTurn(current, run);
    },
    call: (name, keys, args = []) => use(calling(name, keys, args)),
    callOnce: async (name, keys, args = []) => once(await reachable(), calling(name, keys, args)),
    use,
    reload,
    onHealth(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    whenUp,
    lastError: () => lastError,
    async close() {
      stopping.abort();
      await running;
    },
  };
}

/** Makes the functions known to Redis. They outlive its restarts where its data does. */
export async function loadLibrary(client: Redis): Promise<void> {
  await client.function('LOAD', 'REPLACE', LIBRARY);
}
