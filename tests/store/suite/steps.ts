import { systemClock } from '../../../core/async/clock.ts';
import { digestOf, newMessageId, newRowId } from '../../../core/async/mint.ts';
import { textContent } from '../../../core/domain/content.ts';
import type { ChannelId, EpochMs, MessageId, Rev, ScopeId, Seq, UserId } from '../../../core/domain/ids.ts';
import type { Quote } from '../../../core/domain/message.ts';
import type { WireEntry } from '../../../core/domain/wire.ts';
import type { Effect, EntryKind, Head, Step } from '../../../core/store/ports.ts';

/** One channel with a scope of its own, and the steps that people take in it. */
export interface Place {
  readonly scope: ScopeId;
  readonly channel: ChannelId;
}

let places = 0;
/** A channel that no other test uses. */
export function newPlace(): Place {
  places += 1;
  return place(`conv:room-${places}-${newRowId().slice(-6)}`);
}
export function place(name: string): Place {
  return { scope: name as ScopeId, channel: name.replace(/[^a-z0-9-]/g, '-') as ChannelId };
}

export const ANN = `u-${'a'.repeat(26)}` as UserId;
export const BEN = `u-${'b'.repeat(26)}` as UserId;
export const CAT = `u-${'c'.repeat(26)}` as UserId;

export interface StepOptions {
  readonly key?: string;
  readonly digest?: string;
  readonly ifRev?: Rev | null;
  readonly known?: Head | null;
  readonly author?: UserId;
  readonly at?: EpochMs;
  /** What a post answers. */
  readonly replyTo?: Quote;
}

export interface Post extends Step {
  readonly id: MessageId;
}
export function post(at: Place, text: string, options: StepOptions = {}): Post {
  const id = newMessageId();
  const author = options.author ?? ANN;
  const sentAt = options.at ?? systemClock.now();
  const body: WireEntry = {
    type: 'message',
    channel: at.channel,
    key: null,
    message: {
      id,
      author: { user: author, name: 'Ann', platform: 'slipmat', avatarUrl: null, badge: null },
      content: textContent(text),
      replyTo: options.replyTo ?? { id, name: 'Ben', text: `quote of ${text}` },
      sentAt,
      revision: 0,
      editedAt: null,
      redaction: null,
    },
  };
  return { ...step(at, 'message', body, [{ kind: 'message', id, author }], options), id };
}

export function edit(at: Place, id: MessageId, fromRevision: number, text: string, options: StepOptions = {}): Step {
  const body: WireEntry = {
    type: 'edit',
    channel: at.channel,
    id,
    content: textContent(text),
    revision: fromRevision + 1,
    at: systemClock.now(),
  };
  return step(at, 'edit', body, [{ kind: 'edit', id, author: options.author ?? ANN, fromRevision }], options);
}

export const REDACTION = { at: 1_700_000_000_000 as EpochMs, by: 'author' } as const;
export function redact(at: Place, id: MessageId, options: StepOptions = {}): Step {
  const body: WireEntry = { type: 'redaction', channel: at.channel, id, redaction: REDACTION };
  const effect: Effect = { kind: 'redact', id, author: options.author ?? ANN, redaction: REDACTION };
  return step(at, 'redaction', body, [effect], options);
}

export function react(
  at: Place,
  id: MessageId,
  emoji: string,
  on: boolean,
  options: StepOptions & { readonly user?: UserId } = {},
): Step {
  const user = options.user ?? BEN;
  const body: WireEntry = {
    type: 'reaction',
    channel: at.channel,
    id,
    user,
    name: 'Ben',
    emoji,
    on,
    at: systemClock.now(),
  };
  return step(at, 'reaction', body, [{ kind: 'react', id, user, emoji, on }], options);
}

export function sanction(
  at: Place,
  user: UserId,
  act: 'timeout' | 'ban' | 'lift',
  untilMs: number | null,
  options: StepOptions = {},
): Step {
  const effect: Effect = { kind: 'sanction', user, act, until: untilMs as EpochMs | null };
  return { ...step(at, 'sanction', { user, act }, [effect], options), audience: 'hubs' };
}

export function channelState(at: Place, state: 'open' | 'read-only', options: StepOptions = {}): Step {
  const effect: Effect = { kind: 'channel', channel: at.channel, state };
  return { ...step(at, 'channel', { state }, [effect], options), audience: 'hubs' };
}

export function change(scope: ScopeId, id: string): Step {
  const effect: Effect = { kind: 'rev', change: id };
  const where = { scope, channel: null };
  return { ...step(where, 'change', { change: id }, [effect], { key: `change:${id}` }), audience: 'hubs' };
}

function step(
  at: { readonly scope: ScopeId; readonly channel: ChannelId | null },
  kind: EntryKind,
  body: object,
  effects: readonly Effect[],
  options: StepOptions,
): Step {
  return {
    scope: at.scope,
    channel: at.channel,
    key: options.key ?? newRowId(),
    digest: options.digest ?? digestOf(body),
    ifRev: options.ifRev ?? null,
    kind,
    audience: 'readers',
    at: options.at ?? systemClock.now(),
    body: JSON.stringify(body),
    note: { author: options.author ?? ANN },
    effects,
    known: options.known ?? null,
  };
}

/** The head that a message of this author has in the archive. */
export function archivedHead(at: Place, id: MessageId, fields: Partial<Head> = {}): Head {
  return { id, channel: at.channel, author: ANN, revision: 0, isRedacted: false, ...fields };
}

export const seq = (value: number): Seq => value as Seq;
