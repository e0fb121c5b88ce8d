import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import type { ChannelId } from '../../core/domain/ids.ts';
import type { Clock } from '../../core/plugin/index.ts';
import type { Budget } from './budget.ts';
import { encodeFrame, PING } from './encode.ts';
import { CLOSE } from './limits.ts';
import type { HubFrame } from './protocol.ts';
import type { Outlet, Person, Reader } from './reader.ts';

/** Unsent bytes above which a reader is slow: live frames are left out until it has read everything. */
const SLOW_BYTES = 256 * 1024;
/** Unsent bytes and time above which a slow reader is sent away. */
const MAX_UNSENT_BYTES = 1024 * 1024;
const MAX_SLOW_MS = 10_000;
/** How long the other side may take over a close. */
const CLOSE_WITHIN_MS = 2_000;
const DONE: Promise<void> = Promise.resolve();

/** What a connection tells its surface. */
export interface ConnectionEvents {
  /** Slow or closing from now on: to be looked at each second. */
  watch(connection: Connection): void;
  /** It was slow and has read everything. */
  caughtUp(connection: Connection): void;
}

/** One WebSocket with its output under control. Knows nothing of what is said over it. */
export class Connection implements Outlet {
  readonly joined = new Map<ChannelId, Reader>();
  readonly budget: Budget;
  person: Person | null = null;
  takesPacked = false;
  phase: 'new' | 'verifying' | 'open' | 'closing' = 'new';
  /** Raw frames that came while the token was looked at. */
  early: string[] = [];
  /** Digest of the channel list as told last; null until it was asked for. */
  listDigest: string | null = null;
  isAlive = true;
  /** Requests that are not answered yet. */
  open = 0;
  readonly #ws: WebSocket;
  readonly #socket: Duplex;
  readonly #clock: Clock;
  readonly #events: ConnectionEvents;
  readonly #since: number;
  #slowSince: number | null = null;
  #closingSince: number | null = null;
  #isCorked = false;
  #isPaused = false;
  #waiting: (() => void)[] = [];
  readonly #onGone: (() => void)[] = [];
  /** Questions are answered one at a time, so that the answers of a slow reader do not pile up. */
  #questions: Promise<void> = DONE;

  constructor(at: {
    readonly ws: WebSocket;
    readonly socket: Duplex;
    readonly budget: Budget;
    readonly clock: Clock;
    readonly events: ConnectionEvents;
  }) {
    this.#ws = at.ws;
    this.#socket = at.socket;
    this.budget = at.budget;
    this.#clock = at.clock;
    this.#events = at.events;
    this.#since = at.clock.elapsed();
  }

  get ageMs(): number {
    return this.#clock.elapsed() - this.#since;
  }
  get isOpen(): boolean {
    return this.phase !== 'closing' && this.#ws.readyState === WebSocket.OPEN;
  }

  send(frame: HubFrame): void {
    this.write(encodeFrame(frame));
  }

  write(frames: Buffer): void {
    if (!this.isOpen) return;
    this.#socket.write(frames);
    if (this.#socket.writableLength > SLOW_BYTES) this.#fallBehind();
  }

  ping(): void {
    this.isAlive = false;
    this.write(PING);
  }

  takesLive(): boolean {
    return this.#slowSince === null && this.isOpen;
  }

  cork(): boolean {
    if (this.#isCorked) return false;
    this.#isCorked = true;
    this.#socket.cork();
    return true;
  }

  uncork(): void {
    this.#isCorked = false;
    this.#socket.uncork();
  }

  /** Stops and starts reading of what the client sends. */
  pauseInput(): void {
    if (this.#isPaused || !this.isOpen) return;
    this.#isPaused = true;
    this.#ws.pause();
  }
  resumeInput(): void {
    if (!this.#isPaused || this.#slowSince !== null) return;
    this.#isPaused = false;
    this.#ws.resume();
  }

  /** Runs after the questions before it, once the client has read their answers. */
  queue(answer: () => Promise<void>): Promise<void> {
    const answered = this.#questions.then(() => this.drained()).then(answer);
    const over = (): void => {};
    this.#questions = answered.then(over, over); // whoever asked is told; the next one is asked all the same
    return answered;
  }

  /** Resolves when the client is not slow, or not there any more. */
  drained(): Promise<void> {
    if (this.#slowSince === null || !this.isOpen) return DONE;
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Closes with a code; what was written before goes out first. */
  end(code: number, say: string): void {
    if (this.phase === 'closing') return;
    this.phase = 'closing';
    this.#closingSince = this.#clock.elapsed();
    this.#ws.close(code, say.slice(0, 100));
    this.#release();
    this.#ws.resume();
    this.#events.watch(this);
  }

  /** Closes the hard way. */
  terminate(): void {
    this.phase = 'closing';
    this.#ws.terminate();
    this.#release();
  }

  /** Runs once the socket is closed. */
  onGone(run: () => void): void {
    this.#onGone.push(run);
  }

  /** The socket is closed, whoever closed it. */
  gone(): void {
    this.phase = 'closing';
    for (const run of this.#onGone.splice(0)) run();
    this.#release();
  }

  /** Called each second while it is watched. @returns false when it need not be any more */
  check(): boolean {
    const now = this.#clock.elapsed();
    if (this.#closingSince !== null) {
      if (now - this.#closingSince > CLOSE_WITHIN_MS) this.terminate();
      return this.#ws.readyState !== WebSocket.CLOSED;
    }
    if (this.#slowSince === null) return false;
    const isTooLong = now - this.#slowSince > MAX_SLOW_MS;
    if (isTooLong || this.#socket.writableLength > MAX_UNSENT_BYTES) this.end(CLOSE.tryLater, 'You read too slowly.');
    return true;
  }

  #fallBehind(): void {
    if (this.#slowSince !== null) return;
    this.pauseInput();
    this.#slowSince = this.#clock.elapsed();
    this.#socket.once('drain', () => this.#catchUp());
    this.#events.watch(this);
  }

  #catchUp(): void {
    this.#slowSince = null;
    if (this.phase === 'closing') return;
    this.resumeInput();
    this.#events.caughtUp(this);
    this.#release();
  }

  #release(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
