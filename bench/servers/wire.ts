import type { Words } from '../lib/child.ts';

/** The least of a WebSocket client: what it costs must not be what is measured. */

/** @param protocol what is spoken over the socket */
export type Protocol = 'hub' | 'socket.io';

export function protocolIn(words: Words): Protocol {
  return words.protocol === 'socket.io' ? 'socket.io' : 'hub';
}

export function upgradeRequest(protocol: Protocol): string {
  const path = protocol === 'hub' ? '/ws' : '/socket.io/?EIO=4&transport=websocket';
  return [
    `GET ${path} HTTP/1.1`,
    'Host: 127.0.0.1',
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
    'Sec-WebSocket-Version: 13',
    '\r\n',
  ].join('\r\n');
}

/** A frame of a client, under a mask of zeros. */
export function maskedFrame(text: string, opcode = 1): Buffer {
  const size = Buffer.byteLength(text);
  if (size > 65_535) throw new RangeError('too long for a benchmark');
  const header = size < 126 ? 6 : 8;
  const frame = Buffer.alloc(header + size);
  frame[0] = 0x80 | opcode;
  if (size < 126) frame[1] = 0x80 | size;
  else {
    frame[1] = 0x80 | 126;
    frame.writeUInt16BE(size, 2);
  }
  frame.write(text, header);
  return frame;
}

export const TEXT = 1;
export const PING = 9;

/** Finds the frames in what a server sends; what is left of one waits for the next chunk. */
export class FrameReader {
  #rest: Buffer | null = null;

  /** Calls back with each whole frame: its payload is `bytes` from `start` to `end`, valid during the call only. */
  take(chunk: Buffer, each: (opcode: number, bytes: Buffer, start: number, end: number) => void): void {
    const bytes = this.#rest === null ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    while (at + 2 <= bytes.length) {
      const short = (bytes[at + 1] ?? 0) & 0x7f;
      const header = short < 126 ? 2 : short === 126 ? 4 : 10;
      if (at + header > bytes.length) break;
      const size = short < 126 ? short : short === 126 ? bytes.readUInt16BE(at + 2) : bytes.readUInt32BE(at + 6);
      const end = at + header + size;
      if (end > bytes.length) break;
      each((bytes[at] ?? 0) & 0x0f, bytes, at + header, end);
      at = end;
    }
    this.#rest = at === bytes.length ? null : Buffer.from(bytes.subarray(at));
  }
}

/** Microseconds of a clock that all processes of the machine share. */
export function nowUs(): number {
  return Number(process.hrtime.bigint() / 1_000n);
}

/** Null for what was never measured. */
export function msOf(us: number): number | null {
  return Number.isNaN(us) ? null : us / 1_000;
}

const STAMP = Buffer.from('"t=');
const FILL = 'the quick brown fox jumps over the lazy dog and says what people say in a chat';

/** What is posted: when it was to be sent, then what people say. */
export function stamped(us: number): string {
  return `t=${us};${FILL}`;
}

/** When the message in this payload was to be sent; null when it is none of ours. */
export function stampIn(bytes: Buffer, start: number, end: number): number | null {
  const at = bytes.indexOf(STAMP, start);
  if (at < 0 || at >= end) return null;
  let us = 0;
  for (let index = at + STAMP.length; index < end; index += 1) {
    const digit = (bytes[index] ?? 0) - 48;
    if (digit < 0 || digit > 9) break;
    us = us * 10 + digit;
  }
  return us;
}
