import { join } from 'node:path';
import { numberIn, startChild } from './child.ts';
import type { Protocol } from './load-socket.ts';

export type { Protocol } from './load-socket.ts';

/** Listeners in a process of their own, on the core that is not the server's. */
export interface LoadClient {
  readonly pid: number;
  /** How long all of them took to come in. */
  readonly openedMs: number;
  /** Counts and latencies start anew. */
  reset(): Promise<void>;
  /** Resolves when so many message frames have come to all of them together. @throws after the deadline */
  untilSeen(frames: number, deadlineMs?: number): Promise<void>;
  /** Frames since `reset`: in all, and of the connections that got the fewest and the most. */
  counts(): Promise<Counts>;
  /** From the stamp in the text (`stampOf`) to arrival, over all deliveries since the last call or `reset`. */
  latency(): Promise<Latency>;
  /** More listeners. */
  open(count: number): Promise<void>;
  /** The first so many read no more. */
  stall(count: number): Promise<void>;
  /** Those that stalled read again. */
  resume(): Promise<void>;
  /** Closes the connections and ends the process. */
  end(): Promise<void>;
}

export interface Counts {
  readonly total: number;
  readonly least: number;
  readonly most: number;
  /** Connections that the server closed, as far as those that read have noticed. */
  readonly closed: number;
}

export interface Latency {
  readonly samples: number;
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  readonly maxMs: number;
}

const DEADLINE_MS = 60_000;

export async function startLoadClient(options: {
  readonly port: number;
  readonly count: number;
  readonly protocol: Protocol;
  /** For `native`. */
  readonly channel?: string;
}): Promise<LoadClient> {
  const child = await startChild({ file: join(import.meta.dirname, 'load-child.ts'), core: 'client' });
  const { port, protocol, channel = 'lobby' } = options;
  const open = (count: number) => child.ask('open', { port, count, protocol, channel });
  const opened = await open(options.count);
  return {
    pid: child.pid,
    openedMs: numberIn(opened, 'ms'),
    async reset() {
      await child.ask('reset');
    },
    async untilSeen(frames, deadlineMs = DEADLINE_MS) {
      await child.ask('untilSeen', { frames, deadlineMs });
    },
    async counts() {
      const words = await child.ask('counts');
      const [total, least, most] = [numberIn(words, 'total'), numberIn(words, 'least'), numberIn(words, 'most')];
      return { total, least, most, closed: numberIn(words, 'closed') };
    },
    async latency() {
      const words = await child.ask('latency');
      return {
        samples: numberIn(words, 'samples'),
        p50Ms: numberOr(words.p50Ms),
        p90Ms: numberOr(words.p90Ms),
        p99Ms: numberOr(words.p99Ms),
        p999Ms: numberOr(words.p999Ms),
        maxMs: numberOr(words.maxMs),
      };
    },
    async open(count) {
      await open(count);
    },
    async stall(count) {
      await child.ask('stall', { count });
    },
    async resume() {
      await child.ask('resume');
    },
    async end() {
      await child.ask('close').catch(() => ({}));
      await child.end();
    },
  };
}

/** NaN crosses as null. */
function numberOr(value: unknown): number {
  return typeof value === 'number' ? value : Number.NaN;
}
