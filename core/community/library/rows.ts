import { type RawBuilder, sql as raw } from 'kysely';
import type { Attachment } from '../../domain/content.ts';
import type { ChannelId, EpochMs, MessageId, UserId } from '../../domain/ids.ts';
import { LIBRARY_KINDS, type LibraryItem, type LibraryKind, type LibraryPost } from '../../domain/library.ts';
import type { LibraryQuestions } from '../../plugin/asked/library.ts';
import type { LibraryPostsTable } from '../../store/sql/library-tables.ts';
import type { Sql } from '../../store/sql/sql.ts';

/** A part of a channel's time; null: no bound. Both ends are in it. */
export interface Range {
  readonly channel: ChannelId;
  readonly from: EpochMs | null;
  readonly until: EpochMs | null;
}
export type Query = Pick<LibraryQuestions['library'][0], 'kind' | 'text' | 'before' | 'limit'>;
export type Found = LibraryItem;

export interface LibraryRows {
  /** Each item where it was posted last. A page may be short, or empty, and not the last one. */
  page(range: Range, query: Query): Promise<{ readonly items: readonly Found[]; readonly next: string | null }>;
  /** The newest message with this item; null: there is none, or it was taken out. */
  newest(channel: ChannelId, item: string): Promise<{ readonly id: MessageId; readonly author: UserId } | null>;
  takeOut(channel: ChannelId, item: string, by: UserId, at: EpochMs): Promise<void>;
}

/** Posts that one page looks through: what is asked for may be rare, and others wait meanwhile. */
const MOST_LOOKED_AT = 2_000;
const MOST_WORDS = 8;
const END = Number.MAX_SAFE_INTEGER;
const MUSIC: readonly LibraryKind[] = LIBRARY_KINDS.slice(0, LIBRARY_KINDS.indexOf('link'));

interface PostRow extends LibraryPostsTable {
  readonly title: string | null;
}
interface FirstRow extends Pick<LibraryPostsTable, 'item' | 'message_id' | 'author_id' | 'author_name' | 'platform'> {
  readonly at: number;
  readonly count: number;
}
type Mark = Pick<LibraryPostsTable, 'at' | 'message_id' | 'place'>;

export function createLibraryRows(sql: Sql): LibraryRows {
  const read = <Row>(query: RawBuilder<Row>): Promise<readonly Row[]> => sql.read(query.compile(sql.build));

  function looked({ channel, from, until }: Range, before: Mark): RawBuilder<unknown> {
    return raw`
      from library_posts
      where channel_id = ${channel} and at >= ${from ?? 0} and at <= ${until ?? END}
        and (at, message_id, place) < (${before.at}, ${before.message_id}, ${before.place})
      order by at desc, message_id desc, place desc`;
  }

  async function firsts({ channel, from, until }: Range, items: readonly string[]) {
    const found = await read<FirstRow>(raw`
      select * from (
        select item, message_id, author_id, author_name, platform, at, count(*) over one_item as count,
          row_number() over (one_item order by at, message_id) as number
        from library_posts
        where channel_id = ${channel} and item in (${raw.join(items)}) and at >= ${from ?? 0} and at <= ${until ?? END}
        window one_item as (partition by item)
      ) where number = 1`);
    return new Map(found.map((row) => [row.item, row]));
  }

  return {
    async page(range, { kind, text, before, limit }) {
      const mark = readMark(before);
      const posts = await read<PostRow>(raw`
        select p.*, t.title from (select * ${looked(range, mark)} limit ${MOST_LOOKED_AT}) p
        left join library_titles t on t.item = p.item
        where ${kindIs(kind)} and ${textHas(text)}
          and not exists (
            select 1 from library_posts n
            where n.item = p.item and n.channel_id = p.channel_id and n.at <= ${range.until ?? END}
              and (n.at, n.message_id) > (p.at, p.message_id))
          and not exists (
            select 1 from library_taken_out o where o.channel_id = p.channel_id and o.item = p.item)
        order by p.at desc, p.message_id desc, p.place desc limit ${limit}`);
      const last = posts.at(-1);
      const [end] =
        posts.length === limit
          ? [last]
          : await read<Mark>(
              raw`select at, message_id, place ${looked(range, mark)} limit 1 offset ${MOST_LOOKED_AT - 1}`,
            );
      const next = end === undefined ? null : writeMark(end);
      if (posts.length === 0) return { items: [], next };
      const known = await firsts(
        range,
        posts.map(({ item }) => item),
      );
      return { items: posts.map((post) => itemOf(post, known.get(post.item))), next };
    },

    async newest(channel, item) {
      const [row] = await read<Pick<PostRow, 'message_id' | 'author_id'>>(raw`
        select message_id, author_id from library_posts p
        where item = ${item} and channel_id = ${channel} and not exists (
          select 1 from library_taken_out o where o.channel_id = p.channel_id and o.item = p.item)
        order by at desc, message_id desc limit 1`);
      return row === undefined ? null : { id: row.message_id as MessageId, author: row.author_id as UserId };
    },

    async takeOut(channel, item, by, at) {
      const insert = sql.build
        .insertInto('library_taken_out')
        .values({ channel_id: channel, item, by_id: by, at })
        .onConflict((conflict) => conflict.doNothing());
      await sql.write([{ query: insert.compile() }]);
    },
  };
}

function kindIs(kind: Query['kind']): RawBuilder<unknown> {
  if (kind === null) return raw`true`;
  return raw`p.kind in (${raw.join(kind === 'music' ? MUSIC : [kind])})`;
}

function textHas(text: string | null): RawBuilder<unknown> {
  const words = (text ?? '').toLowerCase().split(/\s+/u).filter(Boolean).slice(0, MOST_WORDS);
  const each = words.map((word) => raw`instr(p.words || ' ' || coalesce(t.words, ''), ${word}) > 0`);
  return each.length === 0 ? raw`true` : raw.join(each, raw` and `);
}

function itemOf(post: PostRow, first: FirstRow | undefined): LibraryItem {
  const attachment = post.attachment === null ? null : (JSON.parse(post.attachment) as Attachment);
  return {
    id: post.item,
    kind: post.kind as LibraryKind,
    url: post.url,
    title: attachment?.name ?? post.title,
    attachment,
    count: first?.count ?? 1,
    first: postOf(first ?? post),
    last: postOf(post),
  };
}

function postOf(row: Omit<FirstRow, 'item' | 'count'>): LibraryPost {
  return {
    message: row.message_id as MessageId,
    user: row.author_id as UserId,
    name: row.author_name,
    platform: row.platform,
    at: row.at as EpochMs,
  };
}

/** Where a page ends. What is no such thing begins at the newest. */
function readMark(text: string | null): Mark {
  const [, at, message_id, place] = /^(\d{1,15})\.([0-9a-f-]{36})\.(\d{1,3})$/.exec(text ?? '') ?? [];
  if (at === undefined || message_id === undefined) return { at: END, message_id: '', place: 0 };
  return { at: Number(at), message_id, place: Number(place) };
}

function writeMark({ at, message_id, place }: Mark): string {
  return `${at}.${message_id}.${place}`;
}
