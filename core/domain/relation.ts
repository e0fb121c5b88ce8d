import type { EpochMs, UserId } from './ids.ts';

/** `mute`: one does not want to read them. `block`: nor to get private messages from them. */
export const RELATION_KINDS = ['mute', 'block'] as const;
export type RelationKind = (typeof RELATION_KINDS)[number];

/** Somebody that a person has muted or blocked. */
export interface Relation {
  readonly kind: RelationKind;
  readonly whom: UserId;
  /** As they were called then; null: not known. */
  readonly name: string | null;
  readonly platform: string | null;
  readonly at: EpochMs;
}
