import { numberIn, serve, type Words } from './child.ts';
import { type Arrivals, LoadSocket, type Protocol } from './load-socket.ts';
import { nowUs, StampReader, sinceUs } from './stamp.ts';
import { Histogram } from './stats.ts';

/** The process of `load-client.ts`: thousands of listeners that count, and time what carries a stamp. */
const AT_ONCE = 200;
/** Ports of one address are not without end. */
const PER_ADDRESS = 5_000;

const sockets: LoadSocket[] = [];
const latencies = new Histogram();
const stamps = new StampReader();
let total = 0;
let unstamped = 0;
let slowestUs = 0;
let waiting: { readonly frames: number; resolve(words: Words): void } | null = null;

const arrivals: Arrivals = {
  frame(_, chunk, start, size) {
    total += 1;
    const us = start < 0 ? -1 : stamps.read(chunk, start, start + size);
    if (us < 0) {
      unstamped += 1;
    } else {
      const late = sinceUs(us, nowUs());
      if (late > slowestUs) slowestUs = late;
      latencies.add(late);
    }
    if (waiting !== null && total >= waiting.frames) waiting.resolve({ total });
  },
};

async function open(words: Words): Promise<Words> {
  const port = numberIn(words, 'port');
  const count = numberIn(words, 'count');
  const protocol = protocolOf(words.protocol);
  const channel = String(words.channel);
  const began = performance.now();
  for (let at = 0; at < count; at += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, count - at) }, () => {
      const from = `127.0.${1 + Math.floor(sockets.length / PER_ADDRESS)}.1`;
      const socket = new LoadSocket({ port, from, protocol, channel, arrivals });
      sockets.push(socket);
      return socket.opened();
    });
    await Promise.all(some);
  }
  return { ms: performance.now() - began };
}

function protocolOf(word: unknown): Protocol {
  if (word === 'raw' || word === 'ws' || word === 'native' || word === 'socket.io') return word;
  throw new Error(`no such protocol: ${String(word)}`);
}

function untilSeen(words: Words): Promise<Words> {
  const frames = numberIn(words, 'frames');
  const deadlineMs = numberIn(words, 'deadlineMs');
  if (total >= frames) return Promise.resolve({ total });
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      waiting = null;
      reject(new Error(`${total} of ${frames} frames after ${deadlineMs} ms`));
    }, deadlineMs);
    waiting = {
      frames,
      resolve(answer) {
        clearTimeout(late);
        waiting = null;
        resolve(answer);
      },
    };
  });
}

function counts(): Words {
  const each = sockets.map(({ seen }) => seen);
  const least = each.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const closed = sockets.filter(({ isClosed }) => isClosed).length;
  return { total, unstamped, closed, least, most: each.reduce((a, b) => Math.max(a, b), 0) };
}

function latency(): Words {
  const ms = (share: number): number => latencies.quantile(share) / 1_000;
  const words = {
    samples: latencies.total,
    p50Ms: ms(0.5),
    p90Ms: ms(0.9),
    p99Ms: ms(0.99),
    p999Ms: ms(0.999),
    maxMs: slowestUs / 1_000,
  };
  latencies.clear();
  slowestUs = 0;
  return words;
}

serve({
  open,
  untilSeen,
  counts,
  latency,
  stall(words) {
    for (const socket of sockets.slice(0, numberIn(words, 'count'))) socket.stall();
    return {};
  },
  resume() {
    for (const socket of sockets) socket.resume();
    return {};
  },
  reset() {
    total = 0;
    unstamped = 0;
    slowestUs = 0;
    latencies.clear();
    for (const socket of sockets) socket.seen = 0;
    return {};
  },
  close() {
    for (const socket of sockets) socket.close();
    sockets.length = 0;
    return {};
  },
});
