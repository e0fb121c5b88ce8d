import { Redis } from 'ioredis';
import { systemClock } from '../../core/async/clock.ts';
import { silentLogger } from '../../core/ops/log.ts';
import { openRedis } from '../../core/store/redis/open.ts';
import { numberIn, serve } from '../lib/child.ts';
import { postStep } from './messages.ts';

/* Posts into Redis: by the hub's log, and as one would without functions. */

/** How many of the hub's own wait for their answer at a time. */
const AT_ONCE = 20;

serve({
  async append(words) {
    const store = await openRedis({
      url: String(words.url),
      clock: systemClock,
      log: silentLogger,
      maxEntries: 10_000_000,
      memory: { highest: () => [], seqs: () => [] },
    });
    const perSecond = await measure(numberIn(words, 'count'), AT_ONCE, async () => {
      const stored = await store.log.append(postStep(systemClock.now()));
      if (stored.kind !== 'stored') throw new Error(stored.kind);
    });
    await store.close();
    return perSecond;
  },
  /** One after the other: is it new, then store it, then tell. Nothing of what else the hub does in its one step. */
  async threeCommands(words) {
    const redis = new Redis(String(words.url));
    const perSecond = await measure(numberIn(words, 'count'), 1, async () => {
      const { key, body } = postStep(systemClock.now());
      if ((await redis.set(`seen:${key}`, '1', 'PX', 900_000, 'NX')) === null) return;
      await redis.xadd('log', '*', 'body', body);
      await redis.publish('log', body);
    });
    redis.disconnect();
    return perSecond;
  },
});

async function measure(count: number, atOnce: number, one: () => Promise<void>) {
  // A hub runs for weeks: what the engine makes of the code in its first seconds is not what is asked.
  await run(count / 2, atOnce, one);
  const cpu = process.cpuUsage();
  const began = performance.now();
  await run(count, atOnce, one);
  const seconds = (performance.now() - began) / 1_000;
  const used = process.cpuUsage(cpu);
  return { perSecond: count / seconds, cpuUs: (used.user + used.system) / count };
}

async function run(count: number, atOnce: number, one: () => Promise<void>): Promise<void> {
  let left = count;
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await one();
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
