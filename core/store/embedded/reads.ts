import type { ChannelId, EpochMs, MessageId, Rev, Seq, UserId } from '../../domain/ids.ts';
import type { Redaction } from '../../domain/message.ts';
import { blankBody } from '../archive/fold.ts';
import type { Entry, Head, HotMessage, LiveSnapshot } from '../ports.ts';
import type { Db } from '../sql/connect.ts';
import type { HeadRow } from './check.ts';
import { positionOf } from './place.ts';
import { createPlaceReads, ENTRY_COLUMNS, type EntryRow, entryOfRow } from './rows.ts';

interface BodyRow {
  readonly seq: Seq | null;
  readonly body: string;
}
interface ReactionRow {
  readonly emoji: string;
  readonly user: UserId;
  readonly is_on: number;
}

/** Everything that is asked of the embedded log, on the read-only connection of the hub's thread. */
export function createLogReads(db: Db) {
  const hot = createHotReads(db);
  const page = db.prepare<[ChannelId, number, number], { message: MessageId }>(
    `select message from log_entries where channel = ? and kind = 'message' and seq < ?
     order by seq desc limit ?`,
  );
  const lowest = db.prepare<[ChannelId], { seq: Seq | null }>(
    'select min(seq) as seq from log_entries where channel = ? and seq is not null',
  );
  const newest = db.prepare<[ChannelId], { seq: Seq }>('select seq from log_seqs where channel = ?');

  return {
    ...createPlaceReads(db),
    since: createSince(db),
    page(channel: ChannelId, before: Seq | null, limit: number): readonly HotMessage[] {
      const rows = db.transaction(() =>
        page.all(channel, before ?? Number.MAX_SAFE_INTEGER, limit).map(({ message }) => hot(message)),
      )();
      return rows.filter((row) => row !== null);
    },
    hot(ids: readonly MessageId[]): ReadonlyMap<MessageId, HotMessage> {
      const found = new Map<MessageId, HotMessage>();
      db.transaction(() => {
        for (const id of ids) {
          const message = hot(id);
          if (message !== null) found.set(id, message);
        }
      })();
      return found;
    },
    bounds: (channel: ChannelId) => ({
      lowest: lowest.get(channel)?.seq ?? null,
      head: newest.get(channel)?.seq ?? null,
    }),
    snapshot: createSnapshot(db),
  };
}
export type LogReads = ReturnType<typeof createLogReads>;

/** Reader entries of a channel in order, without the words of redacted messages. */
function createSince(db: Db): (channel: ChannelId, after: Seq, limit: number) => readonly Entry[] {
  const since = db.prepare<[ChannelId, Seq, number], EntryRow & { readonly redaction: string | null }>(
    `select ${ENTRY_COLUMNS.split(', ')
      .map((column) => `e.${column}`)
      .join(', ')}, coalesce(h.redaction, h.hidden) as redaction
     from log_entries e left join log_heads h on h.id = e.message
     where e.channel = ? and e.seq > ? order by e.seq limit ?`,
  );
  return (channel, after, limit) =>
    since.all(channel, after, limit).map((row) => {
      const entry = entryOfRow(row);
      return row.redaction === null ? entry : { ...entry, body: blankBody(entry.body, parseRedaction(row.redaction)) };
    });
}

/** One message with everything hot laid over it; null when the log knows nothing of it. */
function createHotReads(db: Db): (id: MessageId) => HotMessage | null {
  const head = db.prepare<[MessageId], HeadRow>(
    'select id, channel, author, revision, redaction, is_redacted, is_whole, hidden from log_heads where id = ?',
  );
  const newest = db.prepare<[MessageId, string], BodyRow>(
    'select seq, body from log_entries where message = ? and kind = ? order by position desc limit 1',
  );
  const reactions = db.prepare<[MessageId], ReactionRow>(
    'select emoji, user, is_on from log_reactions where message = ? order by emoji, user',
  );
  return (id) => {
    const row = head.get(id);
    if (row === undefined) return null;
    const message = newest.get(id, 'message');
    const covers = row.redaction ?? row.hidden;
    return {
      head: headOf(row),
      seq: message?.seq ?? null,
      body: message?.body ?? null,
      edit: newest.get(id, 'edit')?.body ?? null,
      shown: newest.get(id, 'shown')?.body ?? null,
      redaction: covers === null ? null : parseRedaction(covers),
      reactions: reactions.all(id).map(({ emoji, user, is_on }) => ({ emoji, user, on: is_on === 1 })),
    };
  };
}

interface ModeRow {
  readonly channel: ChannelId;
  readonly slow_seconds: number;
  readonly shield_until: EpochMs | null;
}

/** Sanctions, channel states, modes, what is held, and rev of one moment. */
function createSnapshot(db: Db): () => LiveSnapshot {
  const rev = db.prepare<[], { value: string }>("select value from log_facts where name = 'rev'");
  const sanctions = db.prepare<[], LiveSnapshot['sanctions'][number]>(
    'select scope, user, act, until, body from log_sanctions',
  );
  const channels = db.prepare<[], { channel: ChannelId; state: 'open' | 'read-only' }>(
    'select channel, state from log_channels',
  );
  const modes = db.prepare<[], ModeRow>('select channel, slow_seconds, shield_until from log_modes');
  const held = db.prepare<[], LiveSnapshot['held'][number]>(
    'select id, channel, author, at, body from log_held order by id',
  );
  const { head } = createPlaceReads(db);
  return db.transaction(() => ({
    at: positionOf(head()),
    rev: Number(rev.get()?.value ?? 0) as Rev,
    sanctions: sanctions.all(),
    channels: new Map(channels.all().map(({ channel, state }) => [channel, state])),
    modes: new Map(
      modes
        .all()
        .map(({ channel, slow_seconds: slowSeconds, shield_until: shieldUntil }) => [
          channel,
          { slowSeconds, shieldUntil },
        ]),
    ),
    held: held.all(),
  }));
}

function headOf({ id, channel, author, revision, is_redacted, hidden }: HeadRow): Head {
  const head: Head = { id, channel, author, revision, isRedacted: is_redacted === 1 };
  return hidden === null ? head : { ...head, isHidden: true };
}

function parseRedaction(json: string): Redaction {
  return JSON.parse(json) as Redaction;
}
