import { createHash } from 'node:crypto';
import type { ListedChannel } from '../../core/plugin/surface.ts';

/** Tells whether a list of channels changed in anything but its newest messages. */
export function digestOfList(channels: readonly ListedChannel[]): string {
  const hash = createHash('sha1');
  for (const { headSeq: _, ...channel } of channels) hash.update(JSON.stringify(channel)).update('\n');
  return hash.digest('base64').slice(0, 16);
}
