import { type MediaStore, openMediaStore } from '../media/media-store.ts';
import { createOutside } from '../media/outside.ts';
import { createSweeper } from '../media/sweep.ts';
import type { HubOptions, HubParts } from './parts.ts';

/** The pictures and files of the hub, with what removes them when their time is up. */
export function openMedia(
  { id, sql, live, knowledge }: Pick<HubParts, 'id' | 'sql' | 'live' | 'knowledge'>,
  { config, clock, log, outside = createOutside() }: HubOptions,
): MediaStore {
  const logger = log.child({ part: 'media' });
  const { dataDir, publicUrl, media: limits } = config;
  const { isGone } = knowledge.directory.marks;
  const media = openMediaStore({ dataDir, publicUrl, limits, sql, isGone, outside, clock, logger });
  const { vault, rows } = media;
  const sweeper = createSweeper({ vault, rows, leases: live.store.leases, hub: id, clock, logger });
  return {
    ...media,
    async stop() {
      await Promise.all([media.stop(), sweeper.stop()]);
    },
  };
}
