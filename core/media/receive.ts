import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import type { Clock } from '../async/clock.ts';
import { MediaProblem, tooLarge } from './media-problem.ts';
import { SNIFF_BYTES } from './sniff.ts';

/** A source that says nothing for so long is given up. */
const SILENCE_MS = 15_000;

export interface ReceiveOptions {
  readonly clock: Clock;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

export interface Received {
  readonly bytes: number;
  /** SHA-256, in hex. */
  readonly hash: string;
  /** The beginning, as much as `sniff` needs. */
  readonly head: Uint8Array;
}

/** Writes a stream into a new file as it comes, never more than may. @throws {MediaProblem} */
export async function receive(
  source: AsyncIterable<Uint8Array>,
  file: string,
  options: ReceiveOptions,
): Promise<Received> {
  const handle = await open(file, 'wx', 0o600);
  try {
    const received = await writeAll(source, handle, options);
    if (received.bytes === 0) throw new MediaProblem('unsupported', 'empty');
    return received;
  } finally {
    await handle.close();
  }
}

async function writeAll(
  source: AsyncIterable<Uint8Array>,
  handle: FileHandle,
  { clock, maxBytes, signal }: ReceiveOptions,
): Promise<Received> {
  const sum: Hash = createHash('sha256');
  const head: Uint8Array[] = [];
  let headBytes = 0;
  let bytes = 0;
  for await (const chunk of whileHeard(source, clock, signal)) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw tooLarge(null);
    sum.update(chunk);
    if (headBytes < SNIFF_BYTES) {
      // a copy: the source may use its buffer again
      head.push(Uint8Array.prototype.slice.call(chunk, 0, SNIFF_BYTES - headBytes));
      headBytes += chunk.length;
    }
    for (let at = 0; at < chunk.length; ) at += (await handle.write(chunk, at)).bytesWritten;
  }
  return { bytes, hash: sum.digest('hex'), head: Buffer.concat(head) };
}

/** The stream until the signal aborts or it falls silent, even when it heeds neither. @throws {MediaProblem} */
async function* whileHeard(
  source: AsyncIterable<Uint8Array>,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const from = source[Symbol.asyncIterator]();
  let isOver = false;
  try {
    for (;;) {
      const next = await heard(from.next(), clock, signal);
      if (next.done === true) {
        isOver = true;
        return;
      }
      yield next.value;
    }
  } catch (error) {
    if (error instanceof MediaProblem) throw error;
    throw new MediaProblem('unreachable', 'could not be loaded', { cause: error });
  } finally {
    // Nobody waits for it: a source that hangs would hang here too.
    if (!isOver) from.return?.().catch(() => {});
  }
}

async function heard<T>(next: Promise<T>, clock: Clock, signal: AbortSignal): Promise<T> {
  const { promise: given, reject } = Promise.withResolvers<never>();
  const giveUp = (): void => reject(new MediaProblem('unreachable', 'could not be loaded', { cause: signal.reason }));
  if (signal.aborted) giveUp();
  signal.addEventListener('abort', giveUp, { once: true });
  const cancel = clock.after(SILENCE_MS, giveUp);
  try {
    return await Promise.race([next, given]);
  } finally {
    cancel();
    signal.removeEventListener('abort', giveUp);
  }
}
