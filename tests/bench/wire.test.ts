import { expect, it } from 'vitest';
import { FrameReader, maskedFrame, stamped, stampIn, TEXT } from '../../bench/servers/wire.ts';

/** As a server sends it: without a mask. */
function served(text: string): Buffer {
  const masked = maskedFrame(text);
  const short = (masked[1] ?? 0) & 0x7f;
  const header = short === 126 ? 4 : 2;
  const head = Buffer.from(masked.subarray(0, header));
  head[1] = short;
  return Buffer.concat([head, masked.subarray(header + 4)]);
}
const texts = ['', 'a', 'b'.repeat(125), 'c'.repeat(126), 'd'.repeat(3_000), 'last'];

it('finds the same frames however the bytes are cut', () => {
  const bytes = Buffer.concat(texts.map(served));
  for (const size of [1, 2, 3, 7, 128, 129, 1_000, bytes.length]) {
    const reader = new FrameReader();
    const found: string[] = [];
    for (let at = 0; at < bytes.length; at += size) {
      reader.take(bytes.subarray(at, at + size), (opcode, from, start, end) => {
        expect(opcode).toBe(TEXT);
        found.push(from.toString('utf8', start, end));
      });
    }
    expect(found).toEqual(texts);
  }
});

it('reads back when a message was to be sent, and finds no time in other frames', () => {
  const body = Buffer.from(JSON.stringify({ seq: 1, text: stamped(123_456_789) }));
  expect(stampIn(body, 0, body.length)).toBe(123_456_789);
  const other = Buffer.from('{"type":"pong","id":"x"}');
  expect(stampIn(other, 0, other.length)).toBeNull();
  // what stands behind the frame belongs to the next one
  const both = Buffer.concat([other, body]);
  expect(stampIn(both, 0, other.length)).toBeNull();
});
