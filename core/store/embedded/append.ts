import { assertNever } from '../../domain/content.ts';
import type { ChannelId, EpochMs, MessageId, Rev, Seq, UserId } from '../../domain/ids.ts';
import type { Effect, Step, Stored } from '../ports.ts';
import type { Db } from '../sql/connect.ts';
import { checkEffects, type HeadRow, type Known } from './check.ts';
import type { Place } from './jobs.ts';
import { positionOf } from './place.ts';
import { messageOf } from './step.ts';

/** A repeat of a step is known for at least so long. */
export const SEEN_MS = 15 * 60_000;

/** What the worker keeps in memory; replaced, never changed, so that an undone job brings the earlier one back. */
export interface LogCounters {
  readonly entries: number;
  readonly rev: Rev;
}

interface SeenRow {
  readonly digest: string;
  readonly message: MessageId | null;
  readonly seq: Seq | null;
  readonly position: Place;
}

/** One step inside the transaction of its batch. Checks first, then the entry, its effects and its key together. */
export function createAppender(db: Db) {
  const seen = seenStatements(db);
  const known = knownStatements(db);
  const write = writeStatements(db);

  return (step: Step, now: EpochMs, counters: LogCounters, maxEntries: number): Appended => {
    const answer = (stored: Stored): Appended => ({ stored, counters });
    const before = seen(step.key, now);
    if (before !== undefined) return answer(repeatOf(before, step));
    if (step.ifRev !== null && step.ifRev < counters.rev) return answer({ kind: 'stale', rev: counters.rev });
    const checked = checkEffects(step, known);
    if (checked.kind === 'no') return answer(checked.stored);
    const isBounded = step.audience === 'readers' || step.kind === 'held';
    if (isBounded && counters.entries >= maxEntries) return answer({ kind: 'full' });

    const message = messageOf(step);
    const seq = step.audience === 'readers' && step.channel !== null ? write.nextSeq(step.channel) : null;
    const place = write.entry(step, message, seq, now);
    for (const head of checked.heads) write.head(head, place);
    for (const effect of step.effects) write.effect(effect, step);
    const rev = write.rev(step.effects.some(raisesRev) ? raised(counters.rev) : null) ?? counters.rev;
    return {
      stored: { kind: 'stored', message, seq, position: positionOf(place) },
      counters: { entries: counters.entries + 1, rev },
    };
  };
}

export interface Appended {
  readonly stored: Stored;
  readonly counters: LogCounters;
}

function repeatOf(before: SeenRow, step: Step): Stored {
  if (before.digest !== step.digest) return { kind: 'key-reused' };
  const { message, seq, position } = before;
  return { kind: 'duplicate', message, seq, position: positionOf(position) };
}

function raised(rev: Rev): Rev {
  return (rev + 1) as Rev;
}

function raisesRev(effect: Effect): boolean {
  switch (effect.kind) {
    case 'sanction':
    case 'channel':
    case 'mode':
    case 'rev':
      return true;
    case 'hold':
    case 'release':
    case 'discard':
    case 'hide':
    case 'show':
    case 'slow':
    case 'message':
    case 'edit':
    case 'late':
    case 'redact':
    case 'react':
      return false;
    default:
      return assertNever(effect);
  }
}

/** Keys of hot entries stand with them; those of trimmed ones apart, for the rest of their time. */
function seenStatements(db: Db): (key: string, now: EpochMs) => SeenRow | undefined {
  const hot = db.prepare<[string], SeenRow>('select digest, message, seq, position from log_entries where key = ?');
  const trimmed = db.prepare<[string, number], SeenRow>(
    'select digest, message, seq, position from log_keys where key = ? and stored_at > ?',
  );
  return (key, now) => hot.get(key) ?? trimmed.get(key, now - SEEN_MS);
}

function knownStatements(db: Db): Known {
  const head = db.prepare<[MessageId], HeadRow>(
    'select id, channel, author, revision, redaction, is_redacted, is_whole, hidden from log_heads where id = ?',
  );
  const reaction = db.prepare<[MessageId, string, UserId], { is_on: number }>(
    'select is_on from log_reactions where message = ? and emoji = ? and user = ?',
  );
  const held = db.prepare<[MessageId], object>('select 1 from log_held where id = ?');
  const spoke = db.prepare<[ChannelId, UserId], { at: number }>(
    'select at from log_slow where channel = ? and user = ?',
  );
  return {
    head: (id) => head.get(id),
    reaction: (id, emoji, user) => reaction.get(id, emoji, user)?.is_on,
    isHeld: (id) => held.get(id) !== undefined,
    spoke: (channel, user) => spoke.get(channel, user)?.at,
  };
}

function writeStatements(db: Db) {
  const nextSeq = db.prepare<[ChannelId], { seq: Seq }>(
    'insert into log_seqs values (?, 1) on conflict (channel) do update set seq = seq + 1 returning seq',
  );
  const entry = db.prepare<[object]>(
    `insert into log_entries (kind, audience, channel, seq, message, key, digest, at, stored_at, body, note)
     values (@kind, @audience, @channel, @seq, @message, @key, @digest, @at, @now, @body, @note)`,
  );
  const head = db.prepare<[object]>(
    `insert or replace into log_heads values
     (@id, @channel, @author, @revision, @redaction, @is_redacted, @is_whole, @last, @hidden)`,
  );
  const rev = db.prepare<[string]>("insert or replace into log_facts values ('rev', ?)");
  const effect = effectStatements(db);

  return {
    nextSeq(channel: ChannelId): Seq {
      const row = nextSeq.get(channel);
      if (row === undefined) throw new Error('no seq was given');
      return row.seq;
    },
    entry(
      { kind, audience, channel, key, digest, at, body, note }: Step,
      message: MessageId | null,
      seq: Seq | null,
      now: EpochMs,
    ): Place {
      const row = { kind, audience, channel, seq, message, key, digest, at, now, body, note: JSON.stringify(note) };
      return Number(entry.run(row).lastInsertRowid);
    },
    head(row: HeadRow, last: Place): void {
      head.run({ ...row, last });
    },
    effect,
    rev(value: Rev | null): Rev | null {
      if (value !== null) rev.run(String(value));
      return value;
    },
  };
}

function effectStatements(db: Db): (effect: Effect, step: Step) => void {
  const react = db.prepare('insert or replace into log_reactions values (?, ?, ?, ?)');
  const sanction = db.prepare(
    'insert or replace into log_sanctions (scope, user, act, until, body) values (?, ?, ?, ?, ?)',
  );
  const lift = db.prepare('delete from log_sanctions where scope = ? and user = ?');
  const channel = db.prepare('insert or replace into log_channels values (?, ?)');
  const mode = db.prepare('insert or replace into log_modes values (?, ?, ?)');
  const hold = db.prepare('insert into log_held values (?, ?, ?, ?, ?)');
  const unhold = db.prepare('delete from log_held where id = ?');
  const slow = db.prepare('insert or replace into log_slow values (?, ?, ?)');
  return (effect, step) => {
    switch (effect.kind) {
      case 'mode':
        mode.run(effect.channel, effect.slowSeconds, effect.shieldUntil);
        return;
      case 'hold':
        hold.run(effect.id, step.channel, effect.author, step.at, step.body);
        return;
      case 'release':
      case 'discard':
        unhold.run(effect.id);
        return;
      case 'slow':
        slow.run(effect.channel, effect.user, effect.at);
        return;
      case 'react':
        react.run(effect.id, effect.emoji, effect.user, Number(effect.on));
        return;
      case 'sanction':
        if (effect.act === 'lift') lift.run(step.scope, effect.user);
        else sanction.run(step.scope, effect.user, effect.act, effect.until, step.body);
        return;
      case 'channel':
        channel.run(effect.channel, effect.state);
        return;
      case 'message':
      case 'edit':
      case 'late':
      case 'redact':
      case 'hide':
      case 'show':
      case 'rev':
        return;
      default:
        assertNever(effect);
    }
  };
}
