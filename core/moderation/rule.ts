import type { RuleSettings } from '../domain/channel-settings.ts';
import type { EpochMs } from '../domain/ids.ts';
import type { ChatMessage } from '../domain/message.ts';
import type { Rank } from '../domain/permission.ts';
import type { Refusal } from '../domain/receipt.ts';
import type { Sanction } from '../domain/user.ts';
import type { WordList } from './word-list.ts';

/** What is judged: a message, what it says at a glance, and what the hub knows about it from memory. */
export interface Case {
  readonly message: ChatMessage;
  readonly glance: Glance;
  readonly facts: Facts;
}

/** Read once for all rules. */
export interface Glance {
  readonly text: string;
  readonly hasLink: boolean;
  readonly mentions: number;
}

export interface Facts {
  readonly now: EpochMs;
  /** The running restraint of the author here, if any. */
  readonly sanction: Sanction | null;
  /** Of the author in this channel. */
  readonly rank: Rank;
  readonly karma: number;
  /** New to the hub, or of bad standing. */
  readonly isNewcomer: boolean;
  readonly isShielded: boolean;
  /** The rules of the channel hold for this message, and its author has not accepted them yet. */
  readonly mustAccept: boolean;
  /** When it was said: by the platform's clock where it comes late. */
  readonly saidAt: EpochMs;
  /** When the author said the last few things in this channel, newest first; empty for an edit. */
  readonly lately: readonly EpochMs[];
  /** What was said then within a minute, folded by `foldRepeated`; empty unless the rule about it is on. */
  readonly lateTexts: readonly string[];
}

/** What one rule found. `say` is for the author, `detail` for moderators; `karma` is lost if a moderator agrees. */
export type Finding =
  | {
      readonly action: 'reject';
      readonly rule: string;
      readonly code: Refusal;
      readonly retryAfterMs: number | null;
      readonly karma: number;
      readonly say: string;
      readonly detail: string;
    }
  | {
      readonly action: 'hold';
      readonly rule: string;
      readonly karma: number;
      readonly say: string;
      readonly detail: string;
    };

/** Pure: the same input gives the same finding; never throws. */
export type Rule = (subject: Case, config: PolicyConfig) => Finding | null;

/** What a channel's rules are set to, made ready once. */
export interface PolicyConfig {
  readonly settings: RuleSettings;
  readonly heldWords: WordList;
}

export type Verdict =
  | { readonly kind: 'post' }
  /** The strictest finding first. */
  | { readonly kind: 'hold' | 'reject'; readonly findings: readonly [Finding, ...Finding[]] };
