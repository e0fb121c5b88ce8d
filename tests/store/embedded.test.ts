import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../core/async/clock.ts';
import { silentLogger } from '../../core/ops/log.ts';
import { openEmbedded } from '../../core/store/embedded/open.ts';
import { openSql } from '../../core/store/sql/open.ts';
import { describeLiveStore } from './suite/index.ts';
import type { OpenForTest } from './suite/opened.ts';

const open: OpenForTest = async ({ maxEntries = 1_000_000 } = {}) => {
  const folder = mkdtempSync(join(tmpdir(), 'hub-embedded-'));
  const parts = { clock: systemClock, log: silentLogger };
  const start = async () => {
    const sql = await openSql({ file: join(folder, 'hub.db'), ...parts });
    const store = await openEmbedded({ sql, lockFile: join(folder, 'hub.lock'), maxEntries, ...parts });
    return { sql, store };
  };
  let now = await start();
  const stop = async () => {
    await now.store.close();
    await now.sql.close();
  };
  return {
    store: now.store,
    async reopen() {
      await stop();
      now = await start();
      return now.store;
    },
    async close() {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

describeLiveStore('the embedded store', open, { leases: 'contended' });
