import type { MessageId, Seq } from '../../domain/ids.ts';
import type { Entry, Step } from '../ports.ts';
import type { Place } from './jobs.ts';
import { positionOf } from './place.ts';

/** The one shard of this store. */
export const ONLY_SHARD = 0;

/** The message that a step makes or changes. */
export function messageOf(step: Step): MessageId | null {
  for (const effect of step.effects) if ('id' in effect) return effect.id;
  return null;
}

/** The entry that a stored step became. */
export function entryOf(step: Step, place: Place, seq: Seq | null): Entry {
  return {
    shard: ONLY_SHARD,
    position: positionOf(place),
    kind: step.kind,
    audience: step.audience,
    channel: step.channel,
    seq,
    message: messageOf(step),
    key: step.key,
    at: step.at,
    body: step.body,
    note: JSON.stringify(step.note),
  };
}
