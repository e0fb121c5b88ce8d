import { deflateRawSync } from 'node:zlib';
import { binaryFrame } from './encode.ts';

/** Below this, packing saves less than it costs the reader. */
const LEAST_BYTES = 1_024;
/** The quickest one: made in the hub's own loop, between two flushes. */
const LEVEL = 1;

/**
 * Several frames as one binary frame: raw deflate of their texts, one a line. Made once and shared by every reader that
 * said it takes such frames; what a WebSocket compresses by itself would be made for each of them, and costs eight
 * times the plain frame.
 * @returns null where it would save nothing
 */
export function packedFrame(texts: readonly string[], plainBytes: number): Buffer | null {
  if (texts.length < 2 || plainBytes < LEAST_BYTES) return null;
  const packed = binaryFrame(deflateRawSync(texts.join('\n'), { level: LEVEL }));
  return packed.length < plainBytes ? packed : null;
}
