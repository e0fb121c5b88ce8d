/** Splits the bytes of one connection into WebSocket frames without keeping them. */
export interface FrameEvents {
  /** A whole text or binary frame has come; `start` is -1 when its beginning was in an earlier chunk. */
  frame(chunk: Buffer, start: number, size: number): void;
  ping(): void;
}

const LONGEST_HEADER = 10;

/** Skips from header to header. Frames of a server are not masked. */
export class FrameSkipper {
  /** Bytes of the payload still to come. */
  #left = 0;
  #size = 0;
  #opcode = 0;
  /** A header that was cut by the end of a chunk. */
  readonly #cut = Buffer.alloc(LONGEST_HEADER);
  #cutSize = 0;

  take(chunk: Buffer, to: FrameEvents): void {
    let at = 0;
    if (this.#left > 0) {
      const step = Math.min(this.#left, chunk.length);
      this.#left -= step;
      at = step;
      if (this.#left > 0) return;
      this.#done(chunk, -1, to);
    }
    while (at < chunk.length) {
      const start = this.#header(chunk, at);
      if (start < 0) return;
      const has = chunk.length - start;
      if (this.#size > has) {
        this.#left = this.#size - has;
        return;
      }
      this.#done(chunk, start, to);
      at = start + this.#size;
    }
  }

  /** @returns where the payload starts, or -1 when more bytes are needed */
  #header(chunk: Buffer, at: number): number {
    if (this.#cutSize === 0) {
      const length = headerLength(chunk, at);
      if (length > 0 && at + length <= chunk.length) {
        this.#opcode = (chunk[at] ?? 0) & 0x0f;
        this.#size = sizeOf(chunk, at);
        return at + length;
      }
    }
    for (let from = at; from < chunk.length; from += 1) {
      this.#cut[this.#cutSize] = chunk[from] ?? 0;
      this.#cutSize += 1;
      if (headerLength(this.#cut.subarray(0, this.#cutSize), 0) === this.#cutSize) {
        this.#opcode = (this.#cut[0] ?? 0) & 0x0f;
        this.#size = sizeOf(this.#cut, 0);
        this.#cutSize = 0;
        return from + 1;
      }
    }
    return -1;
  }

  #done(chunk: Buffer, start: number, to: FrameEvents): void {
    if (this.#opcode === 1 || this.#opcode === 2) to.frame(chunk, start, this.#size);
    else if (this.#opcode === 9) to.ping();
  }
}

/** 0 while it cannot be known. */
function headerLength(bytes: Buffer, at: number): number {
  const second = bytes[at + 1];
  if (second === undefined || at + 1 >= bytes.length) return 0;
  const short = second & 0x7f;
  return short < 126 ? 2 : short === 126 ? 4 : LONGEST_HEADER;
}

function sizeOf(bytes: Buffer, at: number): number {
  const short = (bytes[at + 1] ?? 0) & 0x7f;
  if (short < 126) return short;
  if (short === 126) return bytes.readUInt16BE(at + 2);
  return bytes.readUInt32BE(at + 2) * 0x1_0000_0000 + bytes.readUInt32BE(at + 6);
}
