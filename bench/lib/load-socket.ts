import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { FrameSkipper } from './frames.ts';

/** How a listener comes in. `raw`: bare TCP, the server speaks first; `native` says hello and joins. */
export type Protocol = 'raw' | 'ws' | 'native' | 'socket.io';

export interface Arrivals {
  /** A frame of a message; `start` is -1 when its beginning was in an earlier chunk. */
  frame(socket: LoadSocket, chunk: Buffer, start: number, size: number): void;
}

/** Shared by all: a chunk is read through before the next one comes. */
const chunkBuffer = Buffer.allocUnsafe(256 * 1024);
/** Smaller frames belong to the protocol. */
const SMALLEST_MESSAGE = 100;
const WITHIN_MS = 60_000;

interface Options {
  readonly port: number;
  readonly from: string;
  readonly protocol: Protocol;
  readonly channel: string;
  readonly arrivals: Arrivals;
}

/** One listener: counts frames, keeps none. */
export class LoadSocket {
  seen = 0;
  isClosed = false;
  readonly #socket: Socket;
  readonly #skipper = new FrameSkipper();
  readonly #protocol: Protocol;
  readonly #channel: string;
  readonly #arrivals: Arrivals;
  /** What came before it was in; null from then on. */
  #opening: string | null = '';
  #step = 0;
  #settle: { resolve(): void; reject(error: Error): void } | null = null;

  constructor({ port, from, protocol, channel, arrivals }: Options) {
    this.#protocol = protocol;
    this.#channel = channel;
    this.#arrivals = arrivals;
    const onread = {
      buffer: chunkBuffer,
      callback: (size: number): boolean => {
        this.#take(chunkBuffer.subarray(0, size));
        return true;
      },
    };
    this.#socket = connect({ host: '127.0.0.1', port, localAddress: from, onread });
    this.#socket.setNoDelay(true);
    this.#socket.once('connect', () => this.#connected(port));
    this.#socket.once('error', (error) => this.#fail(error));
    this.#socket.once('close', () => {
      this.isClosed = true;
      this.#fail(new Error('closed by the server'));
    });
  }

  /** Resolves when it is in. */
  opened(): Promise<void> {
    if (this.#opening === null) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`not in after: ${this.#opening?.slice(-500)}`)), WITHIN_MS);
      this.#settle = {
        resolve: () => {
          clearTimeout(late);
          resolve();
        },
        reject: (error) => {
          clearTimeout(late);
          reject(error);
        },
      };
    });
  }

  /** Reads no more; what comes stays with the kernel. */
  stall(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  close(): void {
    this.#socket.removeAllListeners('close');
    this.#socket.destroy();
  }

  #connected(port: number): void {
    if (this.#protocol === 'raw') return;
    const path = this.#protocol === 'socket.io' ? '/socket.io/?EIO=4&transport=websocket' : '/ws';
    this.#socket.write(
      `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\nSec-WebSocket-Version: 13\r\n\r\n`,
    );
  }

  #take(chunk: Buffer): void {
    if (this.#opening === null) {
      this.#skipper.take(chunk, this);
      return;
    }
    if (this.#protocol === 'raw') {
      // The first frame says that the server has it too.
      this.#isIn();
      this.#skipper.take(chunk, this);
      return;
    }
    const hadHead = this.#opening.includes('\r\n\r\n');
    const before = this.#opening.length;
    this.#opening += chunk.toString('latin1');
    const end = this.#opening.indexOf('\r\n\r\n');
    if (end < 0) return;
    this.#skipper.take(hadHead ? chunk : chunk.subarray(end + 4 - before), this);
    this.#goOn(this.#opening);
  }

  /** Says what comes next, by what has come so far. */
  #goOn(heard: string): void {
    if (!heard.startsWith('HTTP/1.1 101')) this.#fail(new Error(heard.slice(0, 300)));
    else if (this.#protocol === 'ws') this.#isIn();
    else if (this.#protocol === 'socket.io') this.#openSocketIo(heard);
    else this.#openNative(heard);
  }

  #openSocketIo(heard: string): void {
    if (this.#step === 0 && heard.includes('"sid"')) {
      this.#step = 1;
      this.#say('40');
    }
    if (heard.includes('40{')) this.#isIn();
  }

  #openNative(heard: string): void {
    if (heard.includes('"type":"error"')) this.#fail(new Error(heard.slice(-500)));
    if (this.#step === 0) {
      this.#step = 1;
      this.#say(JSON.stringify({ type: 'hello', version: 1, token: null }));
    }
    if (this.#step === 1 && heard.includes('"type":"welcome"')) {
      this.#step = 2;
      this.#say(JSON.stringify({ type: 'join', id: 'join', channel: this.#channel, after: null, limit: 1 }));
    }
    if (heard.includes('"type":"joined"')) this.#isIn();
  }

  frame(chunk: Buffer, start: number, size: number): void {
    if (size >= SMALLEST_MESSAGE) {
      this.seen += 1;
      this.#arrivals.frame(this, chunk, start, size);
    } else if (size === 1 && this.#protocol === 'socket.io') {
      this.#say('3');
    }
  }

  ping(): void {
    this.#socket.write(Buffer.from([0x8a, 0x80, 0, 0, 0, 0]));
  }

  /** With a mask of zeroes, which changes nothing. */
  #say(text: string): void {
    const body = Buffer.from(text);
    const head =
      body.length < 126
        ? [0x81, 0x80 | body.length, 0, 0, 0, 0]
        : [0x81, 0xfe, body.length >> 8, body.length & 0xff, 0, 0, 0, 0];
    this.#socket.write(Buffer.concat([Buffer.from(head), body]));
  }

  #isIn(): void {
    this.#opening = null;
    this.#settle?.resolve();
    this.#settle = null;
  }

  #fail(error: Error): void {
    this.#settle?.reject(error);
    this.#settle = null;
  }
}
