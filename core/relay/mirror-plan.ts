import type { EpochMs } from '../domain/ids.ts';
import type { Portal } from '../domain/portal.ts';
import type { Operations } from '../plugin/operations.ts';

export type SanctionLimits = Operations['sanction'][2];

/** What restrains somebody, as far as a platform has to know. */
export interface Restraint {
  readonly act: 'timeout' | 'ban';
  /** Null: a ban. */
  readonly until: EpochMs | null;
}

/** Why the hub holds the line by itself in a room. */
export const HUB_REASONS = [
  'paused',
  'reach-none',
  'reach-timeouts',
  'no-right',
  'no-such-act',
  'too-short',
  'too-long',
  'refused',
] as const;
export type HubReason = (typeof HUB_REASONS)[number];

export type NativePlan =
  | { readonly kind: 'native'; readonly restraint: Restraint }
  | { readonly kind: 'hub'; readonly why: HubReason };

/** A native timeout with less left is not sent: some platforms make it one without end. */
export const LEAST_LEFT_MS = 35_000;

/**
 * Whether an act is done natively in this room now. A timeout is never made a ban, and nothing is done that is wider than
 * what was allowed for the room, or that could not be taken back.
 * @param limits null: the bridge can do nothing of the kind in the room now
 */
export function planNative(
  restraint: Restraint,
  { isPaused, reach }: Pick<Portal, 'isPaused' | 'reach'>,
  limits: SanctionLimits | null,
  now: EpochMs,
): NativePlan {
  const { act, until } = restraint;
  if (isPaused) return byHub('paused');
  if (reach === 'none') return byHub('reach-none');
  if (act === 'ban' && reach === 'timeouts') return byHub('reach-timeouts');
  if (limits === null) return byHub('no-right');
  const mustBeLifted = act === 'ban' || limits.needsLift === true;
  if (!limits.acts.includes(act) || (mustBeLifted && !limits.acts.includes('lift'))) return byHub('no-such-act');
  if (act === 'ban') return { kind: 'native', restraint: { act, until: null } };
  const leftMs = (until ?? now) - now;
  if (leftMs < Math.max(LEAST_LEFT_MS, limits.minMs)) return byHub('too-short');
  if (leftMs > limits.maxMs) return byHub('too-long');
  return { kind: 'native', restraint };
}

function byHub(why: HubReason): NativePlan {
  return { kind: 'hub', why };
}
