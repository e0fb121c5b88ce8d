import type { FeedEntry } from '../../core/plugin/surface.ts';
import type { HubFrame } from './protocol.ts';

/** Bytes of the frame header before a payload of this size; frames of a server are not masked. */
export function headerBytes(payload: number): number {
  return payload < 126 ? 2 : payload < 65_536 ? 4 : 10;
}

const TEXT = 0x81;
const BINARY = 0x82;

/** Writes one whole text frame at `at`. `payload` is the size of `text` in UTF-8. @returns where the next one starts */
export function writeFrame(into: Buffer, at: number, text: string, payload: number): number {
  writeHeader(into, at, TEXT, payload);
  const start = at + headerBytes(payload);
  into.write(text, start, 'utf8');
  return start + payload;
}

/** One binary frame, ready for the wire. */
export function binaryFrame(payload: Buffer): Buffer {
  const header = Buffer.allocUnsafe(headerBytes(payload.length));
  writeHeader(header, 0, BINARY, payload.length);
  return Buffer.concat([header, payload]);
}

function writeHeader(into: Buffer, at: number, kind: number, payload: number): void {
  into[at] = kind;
  if (payload < 126) {
    into[at + 1] = payload;
  } else if (payload < 65_536) {
    into[at + 1] = 126;
    into.writeUInt16BE(payload, at + 2);
  } else {
    into[at + 1] = 127;
    into.writeUInt32BE(Math.floor(payload / 0x1_0000_0000), at + 2);
    into.writeUInt32BE(payload >>> 0, at + 6);
  }
}

/** One text frame, ready for the wire. */
export function textFrame(text: string): Buffer {
  const payload = Buffer.byteLength(text);
  const bytes = Buffer.allocUnsafe(headerBytes(payload) + payload);
  writeFrame(bytes, 0, text, payload);
  return bytes;
}

export function encodeFrame(frame: HubFrame): Buffer {
  return textFrame(JSON.stringify(frame));
}

/** The stored body with its seq in front, never parsed. */
export function entryText({ seq, body }: FeedEntry): string {
  return `{"seq":${seq},${body.slice(1)}`;
}

/** A ping without payload. */
export const PING = Buffer.from([0x89, 0x00]);
