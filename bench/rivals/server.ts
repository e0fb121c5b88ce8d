import { type Handlers, numberIn, serve, type Words } from '../lib/child.ts';

/** What a server under test must do besides taking connections. */
export interface Fanout {
  /** Says so many messages to everybody, in one tick. */
  say(count: number): void;
  readonly more?: Handlers;
}

/** Answers the benchmark: where it listens, what it uses, and says what it is told to. */
export function serveFanout(start: (port: number) => Promise<Fanout & { readonly port: number }>): void {
  let fanout: Fanout | null = null;
  const handlers: Record<string, (words: Words) => Words | Promise<Words>> = {
    async start(words) {
      const started = await start(numberIn(words, 'port'));
      fanout = started;
      Object.assign(handlers, started.more);
      return { port: started.port };
    },
    say(words) {
      fanout?.say(numberIn(words, 'count'));
      return {};
    },
    use() {
      const { user, system } = process.cpuUsage();
      return { cpuUs: user + system, rss: process.memoryUsage.rss() };
    },
  };
  serve(handlers);
}
