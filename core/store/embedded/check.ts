import { assertNever } from '../../domain/content.ts';
import type { ChannelId, MessageId, UserId } from '../../domain/ids.ts';
import type { Conflict, Effect, Head, Step, Stored } from '../ports.ts';

/** A head as it stands in its table. */
export interface HeadRow {
  readonly id: MessageId;
  readonly channel: ChannelId;
  readonly author: UserId;
  readonly revision: number;
  /** JSON of a Redaction. */
  readonly redaction: string | null;
  readonly is_redacted: number;
  /** 1 when the message was born in this log, so that all that ever happened to it is known here. */
  readonly is_whole: number;
  /** JSON of a Redaction that may be taken back. */
  readonly hidden: string | null;
}

/** What the check asks of the tables. */
export interface Known {
  head(id: MessageId): HeadRow | undefined;
  /** 1 or 0; undefined when the log does not know. */
  reaction(id: MessageId, emoji: string, user: UserId): number | undefined;
  /** Whether it waits for a moderator. */
  isHeld(id: MessageId): boolean;
  /** When this person last spoke there in slow mode. */
  spoke(channel: ChannelId, user: UserId): number | undefined;
}

export type Checked =
  /** Heads as they are after the step. */
  { readonly kind: 'go'; readonly heads: readonly HeadRow[] } | { readonly kind: 'no'; readonly stored: Stored };

/** Whether the effects of a step hold, and what becomes of the messages they touch. Writes nothing. */
export function checkEffects(step: Step, known: Known): Checked {
  const heads: HeadRow[] = [];
  for (const effect of step.effects) {
    const checked = checkEffect(effect, step, known);
    if (checked.kind === 'no') return checked;
    heads.push(...checked.heads);
  }
  return { kind: 'go', heads };
}

function checkEffect(effect: Effect, step: Step, known: Known): Checked {
  switch (effect.kind) {
    case 'message':
      return go(newHead(effect.id, effect.author, step.channel));
    case 'hold':
      return known.isHeld(effect.id) || known.head(effect.id) !== undefined ? conflict('decided') : NOTHING;
    case 'release':
      if (!known.isHeld(effect.id)) return conflict('decided');
      return go(newHead(effect.id, effect.author, step.channel));
    case 'discard':
      if (!known.isHeld(effect.id)) return conflict('decided');
      return go({ ...newHead(effect.id, effect.author, step.channel), is_redacted: 1 });
    case 'slow':
      return checkSlow(effect, known);
    case 'edit':
    case 'late':
    case 'redact':
    case 'hide':
    case 'show':
    case 'react': {
      const head = known.head(effect.id) ?? rowOf(step.known, effect.id);
      return head === undefined ? conflict('unknown') : checkChange(effect, head, known);
    }
    case 'sanction':
    case 'channel':
    case 'mode':
    case 'rev':
      return NOTHING;
    default:
      return assertNever(effect);
  }
}

const NOTHING: Checked = { kind: 'go', heads: [] };

function checkSlow({ channel, user, at, everyMs }: Extract<Effect, { kind: 'slow' }>, known: Known): Checked {
  const waitMs = (known.spoke(channel, user) ?? 0) + everyMs - at;
  if (waitMs <= 0) return NOTHING;
  return { kind: 'no', stored: { kind: 'slow', retryAfterMs: Math.min(waitMs, everyMs) } };
}

type Change = Extract<Effect, { kind: 'edit' | 'late' | 'redact' | 'hide' | 'show' | 'react' }>;

function checkChange(effect: Change, head: HeadRow, known: Known): Checked {
  if (head.is_redacted === 1) return conflict('redacted');
  const isHidden = head.hidden !== null;
  switch (effect.kind) {
    case 'hide':
      return isHidden
        ? conflict('decided')
        : changeBy(effect.author, head, { hidden: JSON.stringify(effect.redaction) });
    case 'show':
      return isHidden ? changeBy(effect.author, head, { hidden: null }) : conflict('decided');
    case 'edit':
    case 'late':
      if (isHidden) return conflict('hidden');
      if (head.author !== effect.author) return conflict('not-author');
      if (head.revision !== effect.fromRevision) return conflict('edited');
      return go({ ...head, revision: head.revision + (effect.kind === 'edit' ? 1 : 0) });
    case 'redact':
      return changeBy(effect.author, head, { is_redacted: 1, redaction: JSON.stringify(effect.redaction) });
    case 'react': {
      if (isHidden) return conflict('hidden');
      const now = known.reaction(effect.id, effect.emoji, effect.user) ?? (head.is_whole === 1 ? 0 : undefined);
      return now === Number(effect.on) ? { kind: 'no', stored: { kind: 'unchanged' } } : go(head);
    }
    default:
      return assertNever(effect);
  }
}

function changeBy(author: UserId, head: HeadRow, change: Partial<HeadRow>): Checked {
  return head.author === author ? go({ ...head, ...change }) : conflict('not-author');
}

function newHead(id: MessageId, author: UserId, channel: ChannelId | null): HeadRow {
  if (channel === null) throw new Error('a message needs a channel');
  return { id, channel, author, revision: 0, redaction: null, is_redacted: 0, is_whole: 1, hidden: null };
}

function rowOf(known: Head | null, id: MessageId): HeadRow | undefined {
  if (known === null || known.id !== id) return undefined;
  const { channel, author, revision, isRedacted, isHidden } = known;
  const hidden = isHidden === true ? '{}' : null;
  return { id, channel, author, revision, redaction: null, is_redacted: Number(isRedacted), is_whole: 0, hidden };
}

function go(head: HeadRow): Checked {
  return { kind: 'go', heads: [head] };
}

function conflict(what: Conflict): Checked {
  return { kind: 'no', stored: { kind: 'conflict', what } };
}
