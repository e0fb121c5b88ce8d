import {
  BridgeError,
  backoffMs,
  type Clock,
  isBridgeError,
  type Logger,
  pause,
  withDeadline,
} from '../../core/plugin/index.ts';
import { atMost } from './at-most.ts';
import { type Connection, LoginRefused, openConnection } from './connection.ts';
import { authError, noticeFailure } from './failures.ts';
import { createJoins } from './joins.ts';
import { channelOf, type Line, tag } from './line.ts';

const CONNECT_MS = 10_000;
const CLOSE_MS = 1_500;
/** How long a start, or a change of connections, waits for channels that do not answer. */
const JOIN_MS = 10_000;
/** A channel that gave no answer is asked again then. */
const REJOIN_MS = 60_000;
const BACKOFF = { baseMs: 1_000, capMs: 30_000 };
/** A connection that held this long has mended: the next loss counts as the first. */
const STEADY_MS = 60_000;
/** After so many tries in a row the whole bridge is started anew. */
const MAX_TRIES = 8;

/** The reading side: one connection at a time, in every channel that is wanted. */
export interface Chat {
  /** Resolves once every wanted channel has answered, or kept silent for too long. @throws {BridgeError} */
  start(signal: AbortSignal): Promise<void>;
  join(login: string): void;
  part(login: string): void;
  /** Never rejects. No line is handed on after it. */
  stop(): Promise<void>;
}

export interface ChatDeps {
  readonly server: string | null;
  readonly login: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly token: () => string;
  readonly renewToken: (signal: AbortSignal) => Promise<void>;
  /** Every line of a channel, from whichever connection: around a change the same may come twice. */
  readonly onLine: (line: Line) => void;
  readonly onRoom: (login: string, state: 'joined' | 'silent' | { readonly refused: string }) => void;
  readonly onLink: (state: 'live' | 'connecting') => void;
  /** It will not come back by itself. */
  readonly onGone: (error: BridgeError) => void;
}

export function createChat(deps: ChatDeps): Chat {
  const { clock, log } = deps;
  const stopping = new AbortController();
  const wanted = new Set<string>();
  const open = new Set<Connection>();
  const retries = new Map<string, () => void>();
  let current: Connection | null = null;
  let keeping: Promise<void> = Promise.resolve();
  const joins = createJoins({
    clock,
    send: (login) => current?.send(`JOIN #${login}`),
    onSilence(login) {
      deps.onRoom(login, 'silent');
      forgetRetry(login);
      const cancel = clock.after(REJOIN_MS, () => {
        retries.delete(login);
        if (wanted.has(login)) joins.add(login);
      });
      retries.set(login, cancel);
    },
  });

  /** @returns whether a join that was not answered waited to be tried again */
  function forgetRetry(login: string): boolean {
    retries.get(login)?.();
    return retries.delete(login);
  }

  function take(line: Line, from: Connection): void {
    const channel = channelOf(line);
    if (channel === null || !wanted.has(channel)) return;
    // it comes again with every change of the channel's modes
    if (from === current && line.command === 'ROOMSTATE') {
      const isAnswer = joins.done(channel);
      if (forgetRetry(channel) || isAnswer) deps.onRoom(channel, 'joined');
    }
    const code = line.command === 'NOTICE' ? tag(line, 'msg-id') : null;
    if (code !== null && noticeFailure(code) !== null) {
      joins.done(channel);
      deps.onRoom(channel, { refused: code });
    }
    deps.onLine(line);
  }

  async function connect(signal: AbortSignal): Promise<Connection> {
    const connection = await openConnection(
      {
        server: deps.server,
        login: deps.login,
        token: deps.token(),
        onLine: take,
        onFault: (error) => log.error({ say: error instanceof Error ? error.message : '' }, 'line not read'),
      },
      signal,
    );
    open.add(connection);
    return connection;
  }

  /** A refused login is tried once more with a new token. @throws {BridgeError} */
  async function logIn(signal: AbortSignal): Promise<Connection> {
    const within = (): Promise<Connection> => withDeadline(clock, CONNECT_MS, signal, connect);
    try {
      return await within().catch(async (error: unknown) => {
        if (!(error instanceof LoginRefused)) throw error;
        await deps.renewToken(signal);
        return within();
      });
    } catch (cause) {
      if (isBridgeError(cause)) throw cause;
      if (cause instanceof LoginRefused) throw authError(cause.message);
      const failure = { kind: 'retryable', delivered: 'no' } as const;
      throw new BridgeError('the Twitch chat cannot be reached', failure, { cause });
    }
  }

  function enter(connection: Connection): Promise<void> {
    current = connection;
    joins.reset();
    for (const login of wanted) joins.add(login);
    return joins.settled();
  }

  async function leave(connection: Connection): Promise<void> {
    open.delete(connection);
    const closed = new AbortController();
    await connection.close(pause(clock, CLOSE_MS, closed.signal));
    closed.abort();
  }

  /** Follows the connection and puts another in its place. A server that asks to move is left only afterwards. */
  async function keep(first: Connection): Promise<void> {
    let tries = 0;
    let since = clock.elapsed();
    for (let connection = first; ; ) {
      const ending = await connection.ended;
      if (stopping.signal.aborted) return;
      if (clock.elapsed() - since > STEADY_MS) tries = 0;
      if (ending === 'lost') deps.onLink('connecting');
      log.warn({ ending, tries }, 'chat connection ends');
      let next: Connection | null = null;
      while (next === null) {
        if (ending === 'lost' || tries > 0) await pause(clock, backoffMs(tries + 1, BACKOFF), stopping.signal);
        if (stopping.signal.aborted) return;
        tries += 1;
        const tried = await tryAgain(tries);
        if (tried === 'gone') return;
        next = tried;
      }
      await atMost(clock, JOIN_MS, enter(next), stopping.signal);
      since = clock.elapsed();
      deps.onLink('live');
      await leave(connection);
      connection = next;
    }
  }

  async function tryAgain(tries: number): Promise<Connection | 'gone' | null> {
    try {
      return await logIn(stopping.signal);
    } catch (error) {
      if (stopping.signal.aborted || !isBridgeError(error)) return null;
      log.warn({ tries, say: error.message }, 'chat not reached');
      if (tries < MAX_TRIES && error.failure.kind === 'retryable') return null;
      deps.onGone(error);
      return 'gone';
    }
  }

  return {
    async start(signal) {
      const first = await logIn(signal);
      keeping = keep(first);
      await atMost(clock, JOIN_MS, enter(first), signal);
    },
    join(login) {
      wanted.add(login);
      if (current !== null) joins.add(login);
    },
    part(login) {
      if (!wanted.delete(login)) return;
      forgetRetry(login);
      joins.done(login);
      current?.send(`PART #${login}`);
    },
    async stop() {
      stopping.abort();
      for (const cancel of retries.values()) cancel();
      joins.reset();
      await Promise.all([...open].map(leave));
      await keeping;
    },
  };
}
