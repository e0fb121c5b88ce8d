import type { EpochMs } from '../domain/ids.ts';
import type { ChatMessage } from '../domain/message.ts';
import type { Sanction } from '../domain/user.ts';

/** What is judged: a message and what the hub knows about it from memory. */
export interface Case {
  readonly message: ChatMessage;
  readonly facts: Facts;
}
export interface Facts {
  readonly now: EpochMs;
  /** The running restraint of the author here, if any. */
  readonly sanction: Sanction | null;
}

/** What one rule found. `say` is for the author, `detail` for moderators. */
export interface Finding {
  readonly rule: string;
  readonly action: 'reject';
  readonly karma: number;
  readonly say: string;
  readonly detail: string;
}

/** Pure: the same input gives the same finding; never throws. */
export type Rule = (subject: Case, config: PolicyConfig) => Finding | null;

/** Settings of the rules; grows with them. */
export type PolicyConfig = Readonly<Record<never, never>>;

export type Verdict =
  | { readonly kind: 'post' }
  | { readonly kind: 'reject'; readonly findings: readonly [Finding, ...Finding[]] };
