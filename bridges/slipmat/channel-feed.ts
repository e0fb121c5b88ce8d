import type { ChannelId, Seq, UserId } from '../../core/domain/ids.ts';
import type { FeedEntry } from '../../core/plugin/surface.ts';
import { entryText, headerBytes, writeFrame } from './encode.ts';
import { packedFrame } from './packed.ts';
import type { Reader } from './reader.ts';

/** What one flush hands to everybody: frames of a channel, one after the other in one buffer. */
export interface Batch {
  readonly bytes: Buffer;
  readonly first: Seq;
  readonly last: Seq;
  /** What stands above `after`; null when nothing does. */
  above(after: Seq): Buffer | null;
  /** All of it as one packed frame, for those who take such; null where it is not worth it. Made when first asked for. */
  packed(): Buffer | null;
  /** Not the same for everybody: what this person gets in place of the rest; null: nothing. Absent: all get the same. */
  readonly own?: (user: UserId) => Buffer | null;
}

interface Pending {
  readonly seq: Seq;
  readonly text: string;
  readonly payload: number;
  readonly seenBy: FeedEntry['seenBy'];
}

/** Frames beyond this wait for the next flush. */
const MAX_BATCH_BYTES = 64 * 1024;

/** The readers of one channel on this hub and what they have not been sent yet. Exists only while somebody reads. */
export class ChannelFeed {
  readonly id: ChannelId;
  /** Dense: a reader that leaves is replaced by the last one. */
  readonly readers: Reader[] = [];
  /** Newest seq that was put into a batch. */
  flushedSeq: Seq | null = null;
  /** When typing was last told to all, and how often in that second. */
  typing = { at: 0, count: 0 };
  #pending: Pending[] = [];
  #stop: () => void = () => {};

  constructor(id: ChannelId) {
    this.id = id;
  }

  /** Keeps what ends the following of the log. */
  followedBy(stop: () => void): void {
    this.#stop = stop;
  }

  take(entries: readonly FeedEntry[]): void {
    for (const entry of entries) {
      const text = entryText(entry);
      this.#pending.push({ seq: entry.seq, text, payload: Buffer.byteLength(text), seenBy: entry.seenBy });
    }
  }

  hasPending(): boolean {
    return this.#pending.length > 0;
  }

  add(reader: Reader): void {
    reader.place = this.readers.length;
    this.readers.push(reader);
  }

  remove(reader: Reader): void {
    if (reader.place < 0) return;
    const last = this.readers.pop();
    if (last !== undefined && last !== reader) {
      this.readers[reader.place] = last;
      last.place = reader.place;
    }
    reader.place = -1;
  }

  /** The oldest pending frames, each made once, in one allocation. */
  nextBatch(): Batch | null {
    let count = 0;
    let bytes = 0;
    for (const { payload, seenBy } of this.#pending) {
      const size = headerBytes(payload) + payload;
      // one that is not the same for everybody goes by itself
      const isApart = seenBy !== undefined || this.#pending[0]?.seenBy !== undefined;
      if (count > 0 && (isApart || bytes + size > MAX_BATCH_BYTES)) break;
      bytes += size;
      count += 1;
    }
    const taken = this.#pending.splice(0, count);
    const [first] = taken;
    const last = taken.at(-1);
    if (first === undefined || last === undefined) return null;
    this.flushedSeq = last.seq;
    const batch = batchOf(taken, bytes, first.seq, last.seq);
    const { seenBy } = first;
    return seenBy === undefined ? batch : { ...batch, own: (user) => ownFrame(first.seq, seenBy(user)) };
  }

  close(): void {
    this.#stop();
    this.#pending = [];
  }
}

function ownFrame(seq: Seq, body: string | null): Buffer | null {
  if (body === null) return null;
  const text = entryText({ seq, body });
  const payload = Buffer.byteLength(text);
  const frame = Buffer.allocUnsafe(headerBytes(payload) + payload);
  writeFrame(frame, 0, text, payload);
  return frame;
}

function batchOf(taken: readonly Pending[], size: number, first: Seq, last: Seq): Batch {
  const bytes = Buffer.allocUnsafe(size);
  const starts: number[] = [];
  let at = 0;
  for (const { text, payload } of taken) {
    starts.push(at);
    at = writeFrame(bytes, at, text, payload);
  }
  let packed: Buffer | null | undefined;
  return {
    bytes,
    first,
    last,
    above(after) {
      if (after < first) return bytes;
      const from = taken.findIndex(({ seq }) => seq > after);
      return from < 0 ? null : bytes.subarray(starts[from]);
    },
    packed() {
      if (packed === undefined) {
        packed = packedFrame(
          taken.map(({ text }) => text),
          size,
        );
      }
      return packed;
    },
  };
}
