import { type FoundItem, foundIn, mayHaveItems } from '../../community/library/found-in.ts';
import { CHANNEL_KINDS, type ChannelKind, isPublic } from '../../domain/channel.ts';
import type { Attachment } from '../../domain/content.ts';
import type { EpochMs, MessageId } from '../../domain/ids.ts';
import type { WireChatMessage, WireEntry } from '../../domain/wire.ts';
import { mediaIdOf } from '../../media/media-url.ts';
import type { Db } from '../sql/connect.ts';
import { parseMessage } from './fold.ts';
import { createMediaUseRows } from './media-use-rows.ts';

/** Raised when other things count as links, or are called in another way: the library is then made anew. */
const VERSION = 1;

/** The library and what uses which file, made of messages as they stand; used inside the transaction that changes them. */
export interface LibraryRows {
  /** After this entry was applied. */
  follow(wire: WireEntry, body: string, at: EpochMs): void;
  /**
   * Made anew from the messages, so many at a time, where it is of another version.
   * @returns whether there is more to do
   */
  catchUp(limit: number): boolean;
}

interface Row {
  readonly id: MessageId;
  readonly channel_id: string;
  readonly message: string;
  readonly hidden: string | null;
}

export function createLibraryRows(db: Db): LibraryRows {
  const uses = createMediaUseRows(db);
  const posts = createPostRows(db);
  const find = db.prepare<[string], Row>('select id, channel_id, message, hidden from messages where id = ?');
  const next = db.prepare<[string, number], Row>(
    'select id, channel_id, message, hidden from messages where id > ? order by id limit ?',
  );
  const state = db.prepare<[], { version: number; up_to: string }>('select version, up_to from library_state');
  const setState = db.prepare<[number, string]>('update library_state set version = ?, up_to = ?');
  const clear = ['library_posts', 'media_uses'].map((table) => db.prepare(`delete from ${table}`));
  let isCurrent = false;

  function refresh(row: Row, at: EpochMs | null): void {
    const shown = parseMessage(row.message);
    // what reports hide for now is still there, and may be shown again
    uses.put(row, row.hidden === null ? shown : parseMessage(row.hidden), at);
    posts.put(row, shown);
  }

  return {
    follow(wire, body, at) {
      if (wire.type === 'notice' || wire.type === 'reaction' || wire.type === 'mark') return;
      if (wire.type === 'message' && !mayHaveItems(body)) return;
      const row = find.get(wire.type === 'message' ? wire.message.id : wire.id);
      if (row !== undefined) refresh(row, at);
    },
    catchUp(limit) {
      const known = isCurrent ? undefined : state.get();
      if (known === undefined || known.version === VERSION) {
        isCurrent = true;
        return false;
      }
      if (known.up_to === '') for (const one of clear) one.run();
      const rows = next.all(known.up_to, limit);
      for (const row of rows) if (mayHaveItems(row.message) || row.hidden !== null) refresh(row, null);
      const last = rows.at(-1)?.id;
      if (last !== undefined && rows.length === limit) setState.run(known.version, last);
      else setState.run(VERSION, '');
      return rows.length === limit;
    },
  };
}

interface PostRows {
  put(row: Row, message: WireChatMessage): void;
}

function createPostRows(db: Db): PostRows {
  type Columns = [string, number, ...(string | null)[], number];
  const itemsOf = db.prepare<[string], string>('select item from library_posts where message_id = ?').pluck();
  const drop = db.prepare<[string]>('delete from library_posts where message_id = ?');
  const insert = db.prepare<Columns>('insert into library_posts values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const kindOf = db.prepare<[string], string>('select kind from channels where id = ?').pluck();
  const hashOf = db.prepare<[string, string], string>(
    'select hash from media_uses where message_id = ? and link_id = ?',
  );
  hashOf.pluck();
  const stays = db.prepare<[string], number>(
    `select 1 from entries where message_id = ? and kind in ('message', 'edit') and note like '%"relay":"none"%' limit 1`,
  );
  stays.pluck();
  const ask = db.prepare<[string, string, number]>(
    "insert into library_titles values (?, ?, null, '', 'waiting', 0, ?) on conflict do nothing",
  );
  const forget = db.prepare<[{ readonly item: string }]>(
    'delete from library_titles where item = @item and not exists (select 1 from library_posts where item = @item)',
  );

  /** What is said in private is in no list: not every member may see all of it; nor is what stays where it was written. */
  function itemsIn({ id }: Row, message: WireChatMessage, kind: ChannelKind | null): readonly FoundItem[] {
    if (kind === null || kind === 'direct' || kind === 'private') return [];
    const linkOf = ({ url }: Attachment): string | null => hashOf.get(id, mediaIdOf(url, null) ?? '') ?? null;
    const found = foundIn(message.content, linkOf);
    return found.length > 0 && stays.get(id) !== undefined ? [] : found;
  }

  return {
    put(row, message) {
      const before = itemsOf.all(row.id);
      const kind = CHANNEL_KINDS.find((one) => one === kindOf.get(row.channel_id)) ?? null;
      const found = itemsIn(row, message, kind);
      if (before.length > 0) drop.run(row.id);
      for (const [place, item] of found.entries()) {
        insert.run(...columnsOf(row, place, item, message));
        // a page is looked at where everybody sees the link anyway: others may be good for one visit, or for few eyes
        if (isPage(item) && kind !== null && isPublic(kind)) ask.run(item.id, item.url, message.sentAt);
      }
      for (const item of before) if (!found.some(({ id }) => id === item)) forget.run({ item });
    },
  };

  function columnsOf(row: Row, place: number, item: FoundItem, { author, sentAt }: WireChatMessage): Columns {
    const words = (item.attachment?.name ?? item.url).toLowerCase();
    const attachment = item.attachment === null ? null : JSON.stringify(item.attachment);
    const what = [item.id, row.channel_id, item.kind, item.url, attachment, words];
    return [row.id, place, ...what, author.user, author.name, author.platform, sentAt];
  }
}

/** A link to a file has no title but its name. */
function isPage({ kind, attachment }: FoundItem): boolean {
  return attachment === null && kind !== 'image' && kind !== 'audio' && kind !== 'video' && kind !== 'file';
}
