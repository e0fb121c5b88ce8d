import Database from 'better-sqlite3';
import { plainText } from '../../domain/content.ts';
import type { ChannelId, EpochMs, MessageId, Position, Seq } from '../../domain/ids.ts';
import type { WireChatMessage, WireEntry } from '../../domain/wire.ts';
import { type Entry, START } from '../ports.ts';
import type { Db } from '../sql/connect.ts';
import { createActivityRows } from './activity-rows.ts';
import { blankBody, parseMessage, parseWire, withEdit, withRedaction } from './fold.ts';
import { createHeldDirectRows } from './held-direct-rows.ts';
import { createHeldRows } from './held-rows.ts';
import { createLedgerRows } from './ledger-rows.ts';
import { createLibraryRows } from './library-rows.ts';
import { createQuoteRows } from './quote-rows.ts';
import { createSearchRows } from './search-rows.ts';

export type Applied =
  /** `problems`: entries that were kept as they came and changed no message. */
  | { readonly kind: 'applied'; readonly added: number; readonly problems: readonly Problem[] }
  /** Another archiver was here: the batch does not begin at the mark. Nothing was written. */
  | { readonly kind: 'moved'; readonly mark: Position };

export interface Problem {
  readonly position: Position;
  readonly what: 'unreadable' | 'seq-taken';
}

export interface Applier {
  mark(shard: number): Position;
  /** Carries entries that follow `from` over, together with the mark, in one transaction. Throws what SQLite throws. */
  apply(shard: number, from: Position, entries: readonly Entry[]): Applied;
  /** Makes anew what an earlier version has made in another way, a part at a time. @returns whether there is more */
  catchUp(): boolean;
}

/** Messages of one part: appends may wait for it. */
const CATCH_UP = 100;

/** Applies batches of the log to the archive's tables. Any suffix may come again: what is there already changes nothing. */
export function createApplier(db: Db): Applier {
  const getMark = db.prepare<[number], Position>('select position from archive_marks where shard = ?').pluck();
  const setMark = db.prepare<[number, string]>(
    'insert into archive_marks (shard, position) values (?, ?) on conflict (shard) do update set position = excluded.position',
  );
  const entries = createEntryRows(db);
  const messages = createMessageRows(db);
  const quotes = createQuoteRows(db);
  const takeHeld = createHeldRows(db);
  const takeHeldDirect = createHeldDirectRows(db);
  const takeLedgers = createLedgerRows(db);
  const library = createLibraryRows(db);
  const countSaid = createActivityRows(db);
  const mark = (shard: number): Position => getMark.get(shard) ?? START;

  /** Undoes itself alone when the body turns out to be damaged halfway. */
  const project = db.transaction((body: string, seq: Seq, at: EpochMs): void => {
    const wire = parseWire(body);
    messages.take(wire, seq);
    library.follow(wire, body, at);
    // what reports hide may be shown again
    if (wire.type === 'redaction' && wire.redaction.by !== 'reports') {
      entries.blank(wire);
      quotes.blankRepliesTo(wire.id);
    }
    if (wire.type !== 'message') return;
    countSaid(wire, at);
    const { id, replyTo } = wire.message;
    if (replyTo !== null) quotes.settle(id, replyTo.id);
  });

  function applyOne(entry: Entry): Problem['what'] | null {
    const outcome = entries.add(entry);
    if (outcome === 'there') return null;
    if (takeLedgers(entry) === 'unreadable') return 'unreadable';
    if (outcome !== 'added') return outcome;
    takeHeld(entry);
    takeHeldDirect(entry);
    if (entry.audience !== 'readers' || entry.seq === null) return null;
    try {
      project(entry.body, entry.seq, entry.at);
      return null;
    } catch (error) {
      // The database's own trouble stops the batch, to be tried again. An entry that makes no sense must not.
      if (error instanceof Database.SqliteError && !error.code.startsWith('SQLITE_CONSTRAINT')) throw error;
      return 'unreadable';
    }
  }

  const applyAll = db.transaction((shard: number, from: Position, batch: readonly Entry[]): Applied => {
    const at = mark(shard);
    if (at !== from) return { kind: 'moved', mark: at };
    const problems: Problem[] = [];
    for (const entry of batch) {
      const what = applyOne(entry);
      if (what !== null) problems.push({ position: entry.position, what });
    }
    setMark.run(shard, batch.at(-1)?.position ?? from);
    return { kind: 'applied', added: batch.length, problems };
  });

  const catchUp = db.transaction(() => library.catchUp(CATCH_UP));

  return {
    mark,
    apply: (shard, from, batch) => applyAll.immediate(shard, from, batch),
    catchUp: () => catchUp.immediate(),
  };
}

interface EntryRows {
  /** `seq-taken`: kept without its seq, for another entry of the channel has it: the log had gone back unnoticed. */
  add(entry: Entry): 'added' | 'there' | 'seq-taken';
  blank(redaction: Extract<WireEntry, { type: 'redaction' }>): void;
}

function createEntryRows(db: Db): EntryRows {
  type Columns = [
    string | null,
    number | null,
    number,
    string,
    string,
    string,
    string | null,
    string,
    number,
    string,
    string,
  ];
  const insert = db.prepare<Columns>(
    `insert into entries (channel_id, seq, shard, position, kind, audience, message_id, key, at, body, note)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing`,
  );
  const byKey = db.prepare<[string], SameKey>('select kind, message_id, at from entries where key = ?');
  const withContent = db.prepare<[string], { key: string; body: string }>(
    "select key, body from entries where message_id = ? and kind in ('message', 'edit', 'shown', 'late')",
  );
  const setBody = db.prepare<[string, string]>('update entries set body = ? where key = ?');
  const columns = (e: Entry, key: string, seq: Seq | null): Columns => [
    e.channel,
    seq,
    e.shard,
    e.position,
    e.kind,
    e.audience,
    e.message,
    key,
    e.at,
    e.body,
    e.note,
  ];

  return {
    add(entry) {
      if (insert.run(...columns(entry, entry.key, entry.seq)).changes === 1) return 'added';
      const before = byKey.get(entry.key);
      if (before !== undefined && isSameStep(before, entry)) return 'there';
      const key = before === undefined ? entry.key : keyOfItsOwn(entry);
      if (before !== undefined && insert.run(...columns(entry, key, entry.seq)).changes === 1) return 'added';
      return insert.run(...columns(entry, key, null)).changes === 1 ? 'seq-taken' : 'there';
    },
    blank({ id, redaction }) {
      for (const { key, body } of withContent.all(id)) setBody.run(blankBody(body, redaction), key);
    },
  };
}

type SameKey = Pick<Entry, 'kind' | 'at'> & { readonly message_id: string | null };

/** A step that was sent or read twice, wherever it stands in the log now. */
function isSameStep(before: SameKey, { kind, message, at }: Entry): boolean {
  return before.kind === kind && before.message_id === message && before.at === at;
}

/** The log forgets keys after a while. What was stored under one that was used before was acknowledged, and is kept. */
function keyOfItsOwn({ key, shard, position }: Entry): string {
  return `${key} ${shard} ${position}`;
}

interface MessageRow {
  readonly channel_id: ChannelId;
  readonly message: string;
  readonly text: string;
  readonly last_seq: Seq;
  readonly hidden: string | null;
}

interface MessageRows {
  /** Changes the message that an entry makes or touches; one that is not newer than what was applied changes nothing. */
  take(wire: WireEntry, seq: Seq): void;
}

function createMessageRows(db: Db): MessageRows {
  const search = createSearchRows(db);
  const find = db.prepare<[string], MessageRow>(
    'select channel_id, message, text, last_seq, hidden from messages where id = ?',
  );
  const insert = db.prepare<[string, string, number, string, string, string, number, number, number, string | null]>(
    `insert into messages (id, channel_id, seq, author_id, message, text, revision, is_redacted, last_seq, reply_to)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing`,
  );
  const update = db.prepare<[string, string, number, number, number, string | null, string]>(
    `update messages set message = ?, text = ?, revision = ?, is_redacted = ?, last_seq = ?, reply_to = ?
     where id = ?`,
  );
  const setHidden = db.prepare<[string | null, string]>('update messages set hidden = ? where id = ?');
  const heard = db.prepare<[string, number]>('insert into first_heard values (?, ?) on conflict do nothing');
  const touch = db.prepare<[number, string]>('update messages set last_seq = ? where id = ?');
  const react = db.prepare<[string, string, string, number]>(
    'insert into reactions (message_id, emoji, user_id, at) values (?, ?, ?, ?) on conflict do nothing',
  );
  const unreact = db.prepare<[string, string, string]>(
    'delete from reactions where message_id = ? and emoji = ? and user_id = ?',
  );
  const unreactAll = db.prepare<[string]>('delete from reactions where message_id = ?');

  function save(row: MessageRow, message: WireChatMessage, seq: Seq): void {
    const text = searchText(message);
    const { id, revision, replyTo } = message;
    update.run(JSON.stringify(message), text, revision, isRedacted(message), seq, replyTo?.id ?? null, id);
    search.put(message.id, row.channel_id, row.text, text);
  }

  function changeExisting(id: MessageId, seq: Seq, change: (row: MessageRow, message: WireChatMessage) => void): void {
    const row = find.get(id);
    if (row === undefined || row.last_seq >= seq) return;
    change(row, parseMessage(row.message));
  }

  return {
    take(wire, seq) {
      switch (wire.type) {
        case 'message': {
          const { message, channel } = wire;
          const text = searchText(message);
          const made = insert.run(
            message.id,
            channel,
            seq,
            message.author.user,
            JSON.stringify(message),
            text,
            message.revision,
            isRedacted(message),
            seq,
            message.replyTo?.id ?? null,
          );
          if (made.changes === 1) search.put(message.id, channel, '', text);
          heard.run(message.author.user, message.sentAt);
          return;
        }
        case 'edit':
          return changeExisting(wire.id, seq, (row, message) => save(row, withEdit(message, wire), seq));
        case 'redaction':
          return changeExisting(wire.id, seq, (row, message) => {
            save(row, withRedaction(message, wire.redaction), seq);
            const isForNow = wire.redaction.by === 'reports';
            setHidden.run(isForNow ? row.message : null, wire.id);
            if (!isForNow) unreactAll.run(wire.id);
          });
        case 'shown':
          return changeExisting(wire.id, seq, (row) => {
            save(row, wire.message, seq);
            setHidden.run(null, wire.id);
          });
        case 'reaction':
          return changeExisting(wire.id, seq, (_row, message) => {
            touch.run(seq, wire.id);
            if (message.redaction !== null) return;
            if (wire.on) react.run(wire.id, wire.emoji, wire.user, wire.at);
            else unreact.run(wire.id, wire.emoji, wire.user);
          });
        // what is said of a picture is laid over all messages that show it, when they are read
        case 'mark':
        case 'notice':
          return;
      }
    },
  };
}

function isRedacted(message: WireChatMessage): number {
  return Number(message.redaction !== null && message.redaction.by !== 'reports');
}

function searchText(message: WireChatMessage): string {
  return plainText(message.content.rich);
}
