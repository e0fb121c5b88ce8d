import { numberIn, serve, type Words } from '../lib/child.ts';

/** What a server under test must do besides taking connections. */
export interface Fanout {
  /** Says so many messages to everybody, in one tick. @param bytes of each, where it is not the usual */
  say(count: number, bytes?: number): void;
}

const TICK_MS = 10;

/** Answers the benchmark: where it listens, what it uses, and says what it is told to. */
export function serveFanout(start: (port: number) => Promise<Fanout & { readonly port: number }>): void {
  let fanout: Fanout | null = null;
  const handlers: Record<string, (words: Words) => Words | Promise<Words>> = {
    async start(words) {
      const started = await start(numberIn(words, 'port'));
      fanout = started;
      return { port: started.port };
    },
    say(words) {
      fanout?.say(numberIn(words, 'count'), typeof words.bytes === 'number' ? words.bytes : undefined);
      return {};
    },
    use: () => usage(),
    async flow(words) {
      const said = await flow(fanout, numberIn(words, 'perSecond'), numberIn(words, 'ms'));
      return { said };
    },
  };
  serve(handlers);
}

function usage(): Words {
  const { user, system } = process.cpuUsage();
  // Only when started with --expose-gc: what is really held.
  globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  return { cpuUs: user + system, rss, held: heapUsed + external };
}

/** Says so many a second, in even ticks, whatever becomes of them. @returns how many */
async function flow(fanout: Fanout | null, perSecond: number, ms: number): Promise<number> {
  const began = performance.now();
  let said = 0;
  while (performance.now() - began < ms) {
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
    const due = Math.floor(((performance.now() - began) / 1_000) * perSecond) - said;
    fanout?.say(due);
    said += due;
  }
  return said;
}
