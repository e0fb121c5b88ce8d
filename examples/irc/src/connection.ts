import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { BridgeError, type Clock } from 'slipmat-hub/plugin';
import type { IrcConfig } from './config.ts';
import { formatLine, type Line, parseLine } from './line.ts';

/** Tags may take 8,191 bytes, and some servers have longer lines than 512. */
const MAX_LINE_BYTES = 32_768;
const CONNECT_MS = 10_000;
const UTF8 = new TextDecoder('utf-8', { fatal: true });
/** What old clients send. */
const LATIN1 = new TextDecoder('latin1');

/** A wire of lines. */
export interface Connection {
  /** @throws {RangeError} as formatLine does */
  send(command: string, params: readonly string[], tags?: Readonly<Record<string, string>>): void;
  /** Called for each line in order, from the tick after the call on. */
  onLine(listener: (line: Line) => void): void;
  /** Holds back what comes in while the hub is behind. */
  hold(on: boolean): void;
  /** Resolves when it is closed, by whichever side, with what is known of the reason. */
  readonly closed: Promise<string>;
  /** Sends what is left and closes; at once when the other side does not answer within `ms`. */
  close(ms: number): Promise<void>;
}

/**
 * Opens the wire; with TLS it is checked who answers before anything is sent.
 * @throws {BridgeError} retryable; its cause has the system's `code`
 */
export async function openConnection(config: IrcConfig, clock: Clock, signal: AbortSignal): Promise<Connection> {
  signal.throwIfAborted();
  const socket = config.tls ? openTls(config) : connectTcp({ host: config.host, port: config.port, noDelay: true });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const abort = (): void => reject(new Error('given up'));
  let isOpen = false;
  const tooLate = (): void => reject(new SilentServer(isOpen ? 'EPROTO' : 'ETIMEDOUT'));
  const cancel = clock.after(CONNECT_MS, tooLate);
  const onClose = (): void => reject(new Error('closed at once'));
  socket.on('error', reject);
  socket.once('connect', () => {
    isOpen = true;
  });
  socket.once(config.tls ? 'secureConnect' : 'connect', resolve);
  socket.once('close', onClose);
  signal.addEventListener('abort', abort, { once: true });
  try {
    await promise;
    if (config.tls) checkPin(socket, config);
    return createConnection(socket);
  } catch (cause) {
    socket.destroy();
    if (cause instanceof BridgeError) throw cause;
    const say = `${config.host}:${config.port} cannot be reached (${codeOf(cause)})`;
    throw new BridgeError(say, { kind: 'retryable', delivered: 'no' }, { cause });
  } finally {
    cancel();
    signal.removeEventListener('abort', abort);
    socket.off('close', onClose);
  }
}

/** `EPROTO`: it is there, and does not answer in TLS. */
class SilentServer extends Error {
  override readonly name = 'SilentServer';
  readonly code: string;
  constructor(code: string) {
    super('no answer');
    this.code = code;
  }
}

/** The system's code of an error, such as ECONNREFUSED; else its kind. */
export function codeOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return error instanceof Error ? error.message.slice(0, 100) : 'unknown error';
}

function openTls({ host, port, certificateSha256 }: IrcConfig): TLSSocket {
  const name = isIP(host) === 0 ? { servername: host } : {};
  return connectTls({ host, port, ...name, rejectUnauthorized: certificateSha256 === null });
}

function checkPin(socket: Socket, { certificateSha256 }: IrcConfig): void {
  if (certificateSha256 === null || !('getPeerCertificate' in socket)) return;
  const { fingerprint256 } = (socket as TLSSocket).getPeerCertificate();
  const plain = (hex: string): string => hex.replaceAll(':', '').toLowerCase();
  if (plain(fingerprint256 ?? '') === plain(certificateSha256)) return;
  throw new BridgeError('the server shows another certificate than certificateSha256 says', { kind: 'auth' });
}

function createConnection(socket: Socket): Connection {
  const { promise: closed, resolve } = Promise.withResolvers<string>();
  let listener: ((line: Line) => void) | null = null;
  let rest: Buffer = Buffer.alloc(0);
  let reason = 'the connection was lost';

  function take(chunk: Buffer): void {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10, start)) {
      const line = parseLine(textOf(rest.subarray(start, end)));
      start = end + 1;
      if (line !== null) hand(line);
    }
    rest = rest.subarray(start);
    if (rest.length > MAX_LINE_BYTES) {
      reason = 'the server sent a line without end';
      socket.destroy();
    }
  }

  function hand(line: Line): void {
    if (line.command === 'ERROR') reason = line.params.at(-1) || reason;
    listener?.(line);
  }

  socket.once('close', () => resolve(reason));
  return {
    send(command, params, tags) {
      if (socket.writable) socket.write(`${formatLine(command, params, tags)}\r\n`);
    },
    onLine(next) {
      if (listener === null) socket.on('data', take);
      listener = next;
    },
    hold: (on) => void (on ? socket.pause() : socket.resume()),
    closed,
    async close(ms) {
      socket.resume();
      socket.end();
      socket.setTimeout(ms, () => socket.destroy());
      await closed;
    },
  };
}

function textOf(bytes: Buffer): string {
  const line = bytes.at(-1) === 13 ? bytes.subarray(0, -1) : bytes;
  try {
    return UTF8.decode(line);
  } catch {
    return LATIN1.decode(line);
  }
}
