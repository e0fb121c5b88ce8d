import type { Clock } from '../async/clock.ts';
import { scopeOf } from '../domain/channel.ts';
import { modeAt } from '../domain/channel-mode.ts';
import { modeStep, sayMode } from '../pipeline/mode-step.ts';
import type { Knowledge } from './knowledge.ts';
import type { OpenedLive } from './live-store.ts';

/** Slow and shield mode of a store that was just left go on in this one; what is over meanwhile does not. */
export async function carryModes(
  { carriedModes, store }: Pick<OpenedLive, 'carriedModes' | 'store'>,
  { facts, tail }: Pick<Knowledge, 'facts' | 'tail'>,
  clock: Pick<Clock, 'now'>,
): Promise<void> {
  for (const [id, mode] of carriedModes) {
    const channel = facts.channel(id);
    const now = clock.now();
    if (channel === null || modeAt(mode, now).slowSeconds === 0) continue;
    const stored = await store.log.append(modeStep(channel, mode, sayMode(mode, now), ['carried'], now));
    if (stored.kind === 'stored') await tail.reached(store.log.shardOf(scopeOf(channel)), stored.position);
  }
}
