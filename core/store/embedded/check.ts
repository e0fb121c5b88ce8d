import { assertNever } from '../../domain/content.ts';
import type { ChannelId, MessageId, UserId } from '../../domain/ids.ts';
import type { Effect, Head, Step, Stored } from '../ports.ts';

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
}

/** What the check asks of the tables. */
export interface Known {
  head(id: MessageId): HeadRow | undefined;
  /** 1 or 0; undefined when the log does not know. */
  reaction(id: MessageId, emoji: string, user: UserId): number | undefined;
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
    case 'edit':
    case 'redact':
    case 'react': {
      const head = known.head(effect.id) ?? rowOf(step.known, effect.id);
      return head === undefined ? conflict('unknown') : checkChange(effect, head, known);
    }
    case 'sanction':
    case 'channel':
    case 'rev':
      return { kind: 'go', heads: [] };
    default:
      return assertNever(effect);
  }
}

type Change = Extract<Effect, { kind: 'edit' | 'redact' | 'react' }>;

function checkChange(effect: Change, head: HeadRow, known: Known): Checked {
  if (head.is_redacted === 1) return conflict('redacted');
  switch (effect.kind) {
    case 'edit':
      if (head.author !== effect.author) return conflict('not-author');
      if (head.revision !== effect.fromRevision) return conflict('edited');
      return go({ ...head, revision: head.revision + 1 });
    case 'redact':
      if (head.author !== effect.author) return conflict('not-author');
      return go({ ...head, is_redacted: 1, redaction: JSON.stringify(effect.redaction) });
    case 'react': {
      const now = known.reaction(effect.id, effect.emoji, effect.user) ?? (head.is_whole === 1 ? 0 : undefined);
      return now === Number(effect.on) ? { kind: 'no', stored: { kind: 'unchanged' } } : go(head);
    }
    default:
      return assertNever(effect);
  }
}

function newHead(id: MessageId, author: UserId, channel: ChannelId | null): HeadRow {
  if (channel === null) throw new Error('a message needs a channel');
  return { id, channel, author, revision: 0, redaction: null, is_redacted: 0, is_whole: 1 };
}

function rowOf(known: Head | null, id: MessageId): HeadRow | undefined {
  if (known === null || known.id !== id) return undefined;
  const { channel, author, revision, isRedacted } = known;
  return { id, channel, author, revision, redaction: null, is_redacted: Number(isRedacted), is_whole: 0 };
}

function go(head: HeadRow): Checked {
  return { kind: 'go', heads: [head] };
}

function conflict(what: 'redacted' | 'edited' | 'not-author' | 'unknown'): Checked {
  return { kind: 'no', stored: { kind: 'conflict', what } };
}
