import { systemClock } from '../../core/async/clock.ts';
import type { Hub } from '../../core/hub.ts';
import { untilArchived } from '../../core/store/backup/until-archived.ts';
import { PATIENCE_MS } from './until.ts';

/**
 * Waits until all that was said is archived, and so can be searched. To be asked for before a search: a person may
 * search so many times a minute that one who tries again and again is soon turned down.
 */
export async function archived({ hub }: { readonly hub: Pick<Hub, 'live' | 'sql'> }): Promise<void> {
  const parts = { log: hub.live.store.log, sql: hub.sql, clock: systemClock };
  if (!(await untilArchived(parts, AbortSignal.timeout(PATIENCE_MS)))) throw new Error('not archived');
}
