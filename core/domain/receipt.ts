import type { MessageId, Seq } from './ids.ts';

/** Why something was turned down. Stable: they stand in the protocol. */
export const REFUSALS = [
  'bad-request', // malformed or out of bounds; `say` names the field
  'sign-in', // needs an account
  'forbidden', // needs a higher rank or membership
  'read-only', // the channel takes no posts now
  'sanctioned', // timed out or banned here
  'house-rules', // the rules of the channel must be accepted first
  'against-rules', // a rule of the channel turns it down; say it in another way
  'decided', // somebody else has decided it already
  'not-found', // no such channel or message, or not for you
  'not-yours', // an edit of somebody else's message
  'redacted', // the message is gone
  'edited', // somebody was faster; reload and try again
  'key-reused', // the same client key came with other content
  'rate-limited', // too fast; see retryAfterMs
  'archive-behind', // the hub cannot store more until its archive catches up
  'unavailable', // the store cannot be reached
] as const;
export type Refusal = (typeof REFUSALS)[number];

/** What became of something said to the hub. It resolves once that is durable. */
export type Receipt =
  | {
      /** `unchanged`: it was so already. */
      readonly kind: 'accepted' | 'duplicate' | 'held' | 'unchanged';
      /** Something its author should know of it, as a sentence. */
      readonly say?: string;
      /** Why it is held: its author has not accepted the rules of the channel. Absent: for a moderator. */
      readonly because?: 'house-rules';
      readonly id: MessageId | null;
      readonly seq: Seq | null;
    }
  | {
      readonly kind: 'refused';
      readonly code: Refusal;
      /** A sentence for the person. */
      readonly say: string;
      readonly retryAfterMs: number | null;
    }
  /** Not stored: the hub is going down. Do not move the cursor. */
  | { readonly kind: 'stopping' };

/** A refusal with its sentence. */
export function refused(code: Refusal, say: string, retryAfterMs: number | null = null): Receipt {
  return { kind: 'refused', code, say, retryAfterMs };
}
