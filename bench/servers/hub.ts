import { join } from 'node:path';
import { bridges } from '../../bridges/index.ts';
import { hubConfig } from '../../config/schema.ts';
import { systemClock } from '../../core/async/clock.ts';
import { startHub } from '../../core/hub.ts';
import { createLogger } from '../../core/ops/log.ts';
import { serve } from '../lib/child.ts';

/* The real hub in a process of its own, with limits that let a benchmark through. Guests post, so that many can. */

serve({
  async start({ redisUrl, dataDir }) {
    const config = hubConfig.parse({
      port: 0,
      dataDir,
      redisUrl,
      accounts: { guests: 'post' },
      moderation: { rules: 'none' },
      limits: { postsPerSecond: 1_000, postBurst: 10_000, apiPerMinute: 1_000_000 },
    });
    const hub = await startHub({
      config,
      builtIns: bridges,
      nativePlatform: 'slipmat',
      clock: systemClock,
      log: createLogger('error'),
      webRoot: join(import.meta.dirname, '../../dist/web'),
      version: 'bench',
    });
    return { port: Number(new URL(hub.url).port), firstAdminLink: hub.firstAdminLink };
  },
  /** What its first thread holds when all waste is collected; needs `--expose-gc`. */
  held() {
    if (globalThis.gc === undefined) throw new Error('start this with --expose-gc');
    globalThis.gc();
    const { heapUsed, external } = process.memoryUsage();
    return { heldBytes: heapUsed + external };
  },
});
