import { CLOSE, HEARTBEAT_MS, PROTOCOL_VERSION } from '../bridges/slipmat/limits.ts';
import type { HelloFrame, HubFrame, RequestFrame } from '../bridges/slipmat/protocol.ts';
import type { ClientClock, ClientSocket, ClientState, FrameOf } from './api.ts';
import { canUnpack, unpack } from './unpack.ts';

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;
const AFTER_FLOOD_MS = 10_000;
/** How long a connection may take to its welcome. */
const WELCOME_WITHIN_MS = 15_000;

export interface LinkParts {
  readonly url: string;
  readonly openSocket: (url: string) => ClientSocket;
  readonly clock: ClientClock;
  readonly random: () => number;
  /** What the next hello says. */
  readonly token: () => string | null;
  readonly onState: (state: ClientState) => void;
  readonly onWelcome: (welcome: FrameOf<'welcome'>) => void;
  readonly onFrame: (frame: HubFrame) => void;
  /** The connection is lost; the next `welcome` is a new one. */
  readonly onDown: () => void;
  /** The hub turned the token down. @returns true to try again at once with another */
  readonly onRefused: (say: string) => boolean;
}

/** Keeps one connection up: connects, says hello, notices silence, waits longer after each failure. */
export interface Link {
  state(): ClientState;
  /** @returns false when there is no live connection */
  send(frame: RequestFrame): boolean;
  retryNow(): void;
  /** Connects at once, for the first time or leaving the present connection. */
  connect(): void;
  close(): void;
}

export function createLink(parts: LinkParts): Link {
  const { clock } = parts;
  let state: ClientState = { kind: 'connecting' };
  let socket: ClientSocket | null = null;
  let attempt = 0;
  let leastWaitMs = 0;
  let lastSay = 'No connection.';
  let heardAt = 0;
  let cancelTimer: () => void = () => {};
  let unpacking: Promise<void> | null = null;

  function enter(next: ClientState): void {
    state = next;
    parts.onState(next);
  }

  function timer(ms: number, run: () => void): void {
    cancelTimer();
    cancelTimer = clock.after(ms, run);
  }

  function begin(): void {
    drop();
    leastWaitMs = 0;
    enter({ kind: 'connecting' });
    let opened: ClientSocket;
    try {
      opened = parts.openSocket(parts.url);
    } catch (error) {
      lastSay = error instanceof Error ? error.message : 'No connection.';
      wait();
      return;
    }
    socket = opened;
    opened.binaryType = 'arraybuffer';
    unpacking = null;
    const hello: HelloFrame = { type: 'hello', version: PROTOCOL_VERSION, token: parts.token(), packed: canUnpack };
    opened.addEventListener('open', () => {
      if (socket === opened) opened.send(JSON.stringify(hello));
    });
    opened.addEventListener('message', ({ data }) => {
      if (socket === opened) take(opened, data);
    });
    // A close follows, which says more.
    opened.addEventListener('error', () => {});
    opened.addEventListener('close', ({ code, reason }) => {
      if (socket === opened) closed(code, reason);
    });
    timer(WELCOME_WITHIN_MS, () => closed(0, 'No answer.'));
  }

  /** Forgets the socket: whatever it still says is not heard. */
  function drop(): void {
    cancelTimer();
    const former = socket;
    socket = null;
    if (former === null) return;
    former.close();
    if (state.kind === 'live') parts.onDown();
  }

  function closed(code: number, reason: string): void {
    if (reason !== '') lastSay = reason;
    drop();
    if (code === CLOSE.unauthorized || code === CLOSE.signedOut) {
      if (parts.onRefused(lastSay)) begin();
      else enter({ kind: 'signed-out', say: lastSay });
      return;
    }
    if (code === CLOSE.flood) leastWaitMs = AFTER_FLOOD_MS;
    wait();
  }

  function wait(): void {
    const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempt);
    const ms = Math.max(leastWaitMs, longest * (0.5 + parts.random() / 2));
    attempt += 1;
    enter({ kind: 'waiting', retryAt: clock.now() + ms, attempt, say: lastSay });
    timer(ms, begin);
  }

  /** Frames are heard in the order in which they came, also while a packed one is being unpacked. */
  function take(from: ClientSocket, data: unknown): void {
    if (unpacking === null && typeof data === 'string') {
      hear(data);
      return;
    }
    const now = (unpacking ?? Promise.resolve()).then(async () => {
      const lines = typeof data === 'string' ? [data] : await unpack(data);
      for (const line of lines) if (socket === from) hear(line);
      if (unpacking === now) unpacking = null;
    });
    unpacking = now;
    now.catch(() => {
      if (socket === from) closed(0, 'The hub said something that cannot be read.');
    });
  }

  function hear(data: string): void {
    const frame = parseFrame(data);
    if (frame === null) return;
    heardAt = clock.now();
    switch (frame.type) {
      case 'welcome':
        attempt = 0;
        lastSay = 'No connection.';
        enter({ kind: 'live' });
        lookForSilence();
        parts.onWelcome(frame);
        return;
      case 'bye':
        leastWaitMs = frame.retryAfterMs;
        lastSay = frame.say;
        return;
      case 'error':
        if (state.kind !== 'live') lastSay = frame.say;
        parts.onFrame(frame);
        return;
      default:
        parts.onFrame(frame);
    }
  }

  /** One timer for the whole connection, however much is heard: browsers show an app neither ping nor silence. */
  function lookForSilence(): void {
    const silentMs = clock.now() - heardAt;
    if (silentMs >= 2 * HEARTBEAT_MS) {
      closed(0, 'The hub fell silent.');
      return;
    }
    if (silentMs >= HEARTBEAT_MS) send({ type: 'ping', id: 'alive' });
    timer(Math.max(HEARTBEAT_MS / 2, HEARTBEAT_MS - silentMs), lookForSilence);
  }

  function send(frame: RequestFrame): boolean {
    if (socket === null || state.kind !== 'live') return false;
    socket.send(JSON.stringify(frame));
    return true;
  }

  return {
    state: () => state,
    send,
    retryNow() {
      if (state.kind === 'waiting') begin();
    },
    connect() {
      attempt = 0;
      if (state.kind !== 'closed') begin();
    },
    close() {
      drop();
      enter({ kind: 'closed' });
    },
  };
}

/** Trusts the hub to speak its protocol; what is no frame at all is passed over, and so are kinds of a later version. */
function parseFrame(data: string): HubFrame | null {
  try {
    const json: unknown = JSON.parse(data);
    return typeof json === 'object' && json !== null && 'type' in json ? (json as HubFrame) : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
