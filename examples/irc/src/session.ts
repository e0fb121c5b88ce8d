import { BridgeError, type BridgeFailure, type Clock } from 'slipmat-hub/plugin';
import type { Connection } from './connection.ts';
import { type Features, featuresOf, type Tokens, withTokens } from './features.ts';
import { type Line, sourceOf, timeOf, words } from './line.ts';

/** How often the link is looked at, how long it may be silent before it is asked, and before it is given up. */
const LOOK_MS = 15_000;
const SILENT_MS = 60_000;
const DEAD_MS = 100_000;
const MAX_BATCHES = 100;
const HISTORY = new Set(['chathistory', 'draft/chathistory', 'playback', 'znc.in/playback']);

const LOST: BridgeFailure = { kind: 'retryable', delivered: 'unknown' };

/** As others see us; user and host are null until the server has shown them. */
export interface Self {
  readonly nick: string;
  readonly user: string | null;
  readonly host: string | null;
}

/** What a line that is waited for comes to; null: it is not the one. May throw. */
export type Settle<T> = (line: Line) => { readonly value: T } | null;

/** One connection to the network, from registration to its end. */
export interface Session {
  /** As the hub's operator calls it. */
  readonly network: string;
  readonly self: Self;
  readonly features: Features;
  /** The value of a capability that is in use; null for one that is not. */
  capability(name: string): string | null;
  isSelf(nick: string): boolean;
  /** Whether two names are one, or the key to find it by. */
  fold(name: string): string;
  /** Whether it was said before and is told again. */
  isHistory(line: Line): boolean;
  /** What the server's clock is ahead of ours, as far as it says. */
  readonly aheadMs: number;
  send: Connection['send'];
  hold: Connection['hold'];
  /** Sends, and waits for the line that settles it. @throws {BridgeError} when the link ends before or the signal aborts */
  ask<T>(send: () => void, settle: Settle<T>, signal: AbortSignal): Promise<T>;
  /** A new name for a question or an answer. */
  mark(): string;
  /** Resolves when the link has ended, with why. */
  readonly ended: Promise<End>;
  close(): Promise<void>;
}

interface Waiting {
  take(line: Line): void;
  fail(error: BridgeError): void;
}

/** What `register` sets while it comes in. */
export interface Incoming extends Session {
  enable(name: string, value: string): void;
}

export interface End {
  readonly failure: BridgeFailure;
  readonly say: string;
  /** An operator of the network has cut it. */
  readonly isRemoval: boolean;
}

export interface SessionOptions {
  readonly network: string;
  readonly nick: string;
  readonly secrets: readonly string[];
  readonly clock: Clock;
  readonly onLine: (line: Line, session: Session) => void;
}

/** Takes over an open connection; nothing is sent yet. `secrets` are never shown. */
export function createSession(connection: Connection, options: SessionOptions): Incoming {
  const { network, nick, secrets, clock, onLine } = options;
  const capabilities = new Map<string, string>();
  const batches = new Map<string, { readonly type: string; readonly parent: string | null }>();
  const waiting = new Set<Waiting>();
  let self: Self = { nick, user: null, host: null };
  let tokens: Tokens = new Map();
  let features = featuresOf(tokens);
  let heardAt = clock.elapsed();
  let aheadMs = 0;
  let marks = 0;
  let over: BridgeError | null = null;
  let end: End | null = null;

  function take(line: Line): void {
    heardAt = clock.elapsed();
    keep(line);
    for (const one of waiting) one.take(line);
    onLine(line, session);
  }

  /** What the session itself must know. */
  function keep(line: Line): void {
    const source = sourceOf(line);
    const isOwn = source !== null && session.isSelf(source.nick);
    if (isOwn && source.host !== null && !session.isHistory(line)) self = { ...self, ...source };
    switch (line.command) {
      case 'PING':
        connection.send('PONG', line.params.slice(-1));
        return;
      case '001':
        self = { ...self, nick: line.params[0] ?? self.nick };
        return;
      case '005':
        tokens = withTokens(tokens, line.params);
        features = featuresOf(tokens);
        return;
      case '396':
        self = { ...self, host: (line.params[1] ?? '').split('@').at(-1) || self.host };
        return;
      case '465':
        end = endOf({ kind: 'auth' }, `the network has banned the bridge: ${line.params.at(-1) ?? ''}`);
        return;
      case 'KILL':
        if (session.isSelf(line.params[0] ?? ''))
          end = { ...endOf(LOST, `removed: ${line.params.at(-1) ?? ''}`), isRemoval: true };
        return;
      case 'NICK':
        if (isOwn) self = { ...self, nick: line.params[0] ?? self.nick };
        return;
      case 'CHGHOST':
        if (isOwn) self = { ...self, user: line.params[0] ?? self.user, host: line.params[1] ?? self.host };
        return;
      case 'CAP':
        if (line.params[1] === 'DEL') for (const name of words(line.params[2])) capabilities.delete(name);
        return;
      case 'BATCH':
        keepBatch(line);
        return;
    }
    const at = timeOf(line);
    if (at !== null && !session.isHistory(line)) aheadMs = at - clock.now();
  }

  function keepBatch({ params: [ref = '', type = ''], tags }: Line): void {
    if (ref.startsWith('-')) {
      // After those who wait for its end have asked about it.
      queueMicrotask(() => batches.delete(ref.slice(1)));
      return;
    }
    if (batches.size >= MAX_BATCHES) batches.delete(batches.keys().next().value ?? '');
    batches.set(ref.slice(1), { type: type.toLowerCase(), parent: tags.get('batch') ?? null });
  }

  function look(): void {
    const silentMs = clock.elapsed() - heardAt;
    if (silentMs >= DEAD_MS) {
      end ??= endOf(LOST, 'the server gives no sign of life');
      void connection.close(1);
    } else if (silentMs >= SILENT_MS) connection.send('PING', ['alive']);
  }

  const session: Incoming = {
    network,
    get self() {
      return self;
    },
    get features() {
      return features;
    },
    get aheadMs() {
      return aheadMs;
    },
    enable: (name, value) => void capabilities.set(name, value),
    capability: (name) => capabilities.get(name) ?? null,
    isSelf: (nick) => features.fold(nick) === features.fold(self.nick),
    fold: (name) => features.fold(name),
    isHistory(line) {
      for (let ref = line.tags.get('batch') ?? null; ref !== null; ref = batches.get(ref)?.parent ?? null) {
        if (HISTORY.has(batches.get(ref)?.type ?? '')) return true;
      }
      return false;
    },
    send: connection.send,
    hold: connection.hold,
    async ask(send, settle, signal) {
      if (over !== null) throw over;
      return ask(waiting, send, settle, signal);
    },
    mark() {
      marks += 1;
      return `s${marks}`;
    },
    ended: connection.closed.then((reason) => {
      stopLooking();
      end ??= endOf(LOST, reason);
      const say = clean(end.say, secrets);
      over = new BridgeError(say, end.failure);
      for (const one of waiting) one.fail(over);
      return { ...end, say };
    }),
    close() {
      connection.send('QUIT', ['bye']);
      return connection.close(2_000);
    },
  };
  const stopLooking = clock.every(LOOK_MS, look);
  connection.onLine(take);
  return session;
}

function ask<T>(waiting: Set<Waiting>, send: () => void, settle: Settle<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const abort = (): void => reject(new BridgeError('no answer in time', { kind: 'retryable', delivered: 'unknown' }));
  const one: Waiting = {
    take(line) {
      try {
        const settled = settle(line);
        if (settled !== null) resolve(settled.value);
      } catch (error) {
        reject(error);
      }
    },
    fail: reject,
  };
  waiting.add(one);
  signal.addEventListener('abort', abort, { once: true });
  const leave = (): void => {
    waiting.delete(one);
    signal.removeEventListener('abort', abort);
  };
  try {
    send();
  } catch (error) {
    reject(error);
  }
  promise.then(leave, leave);
  return promise;
}

function endOf(failure: BridgeFailure, say: string): End {
  return { failure, say, isRemoval: false };
}

/** What a server says, fit to be shown to an operator. */
function clean(text: string, secrets: readonly string[]): string {
  const shown = text.replace(/[^\P{C}]/gu, ' ').slice(0, 300);
  return secrets.reduce((kept, secret) => kept.replaceAll(secret, '…'), shown);
}
