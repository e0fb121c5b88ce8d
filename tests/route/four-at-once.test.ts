import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRedis } from '../fakes/redis-server.ts';
import { type GoldenTable, readGolden, writeGolden } from './golden-file.ts';
import { ACTS, PLACES } from './golden-place.ts';
import { openStage, type Stage } from './golden-stage.ts';

/** With SLIPMAT_WRITE_GOLDEN in the environment the table is made anew; look at what has changed in it. */
const isWriting = process.env.SLIPMAT_WRITE_GOLDEN !== undefined;
const golden = isWriting ? {} : readGolden();
const found: GoldenTable = {};

describe.each(['embedded', 'redis'] as const)(
  'Slipmat, Discord, Twitch, Telegram, Matrix and IRC on one channel, on %s',
  (kind) => {
    let stage: Stage | undefined;
    let stopRedis = async (): Promise<void> => {};

    beforeAll(async () => {
      const redis = kind === 'redis' ? await startRedis({ appendonly: true }) : null;
      if (redis !== null) stopRedis = () => redis.stop();
      stage = await openStage(redis?.url ?? null);
    });
    afterAll(async () => {
      await stage?.stop();
      await stopRedis();
      if (isWriting && kind === 'embedded') writeGolden(found);
    });

    describe.each(PLACES)('from %s', (origin) => {
      it.each(ACTS)('%s: people everywhere else see what the table says', async (act) => {
        if (stage === undefined) throw new Error('not open');
        const outcome = await stage.perform(origin, act);
        const row = outcome ?? { cannot: stage.wayOf(origin, act) ?? 'unknown' };
        found[origin] = { ...found[origin], [act]: row };
        if (!isWriting) expect(row).toEqual(golden[origin]?.[act]);
      });
    });
  },
);
