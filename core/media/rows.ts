import type { EpochMs } from '../domain/ids.ts';
import type { Sql, Statement } from '../store/sql/sql.ts';

/** The bytes, stored once however often they appear. */
export interface StoredBytes {
  /** SHA-256 of the file, in hex. */
  readonly hash: string;
  readonly mediaType: string;
  readonly bytes: number;
  readonly width: number | null;
  readonly height: number | null;
  readonly frames: number;
}

/** One appearance of a file, with an id that nobody can guess. */
export interface MediaLink {
  readonly id: string;
  readonly name: string;
  readonly alt: string | null;
  readonly isSpoiler: boolean;
  readonly expiresAt: EpochMs | null;
}

export interface StoredMedia extends StoredBytes, MediaLink {}

export interface MediaRows {
  /** Null: there is none, or its time is up. */
  find(id: string): Promise<StoredMedia | null>;
  /** Of a small picture that comes again and again. */
  findPicture(key: string): Promise<StoredMedia | null>;
  /** The bytes of a picture that was written anew before. */
  drawn(hash: string): Promise<StoredBytes | null>;
  /** With a picture key that is there already, the earlier link stays and this one is not made. */
  add(bytes: StoredBytes, link: MediaLink, pictureKey: string | null): Promise<void>;
  /** Another end than it had. */
  extend(id: string, expiresAt: EpochMs | null): Promise<void>;
  dropExpired(): Promise<number>;
  /** Hashes to which links led that are over now, at most `limit`; those links are gone then. */
  dropEnded(limit: number): Promise<readonly string[]>;
  /** All links to these bytes; `messages`: only of what these carry. */
  dropLinks(hash: string, messages: readonly string[] | null): Promise<void>;
  /** Hashes to which no link leads, at most `limit`. */
  orphans(limit: number): Promise<readonly string[]>;
  /** @returns whether it went: not while a link leads to it */
  dropOrphan(hash: string): Promise<boolean>;
  /** Those of these hashes that have a row. */
  known(hashes: readonly string[]): Promise<ReadonlySet<string>>;
}

export function createMediaRows(sql: Sql, now: () => EpochMs): MediaRows {
  const joined = () =>
    sql.build
      .selectFrom('media_links as l')
      .innerJoin('media as m', 'm.hash', 'l.hash')
      .select(['l.id', 'l.name', 'l.alt', 'l.is_spoiler', 'l.expires_at'])
      .select(['m.hash', 'm.type', 'm.bytes', 'm.width', 'm.height', 'm.frames'])
      .where(({ eb, or }) => or([eb('l.expires_at', 'is', null), eb('l.expires_at', '>', now())]));

  async function first(query: ReturnType<typeof joined>): Promise<StoredMedia | null> {
    const [row] = await sql.read(query.compile());
    return row === undefined ? null : readRow(row);
  }

  const dropExpiredPicture = (key: string): Statement => ({
    query: sql.build
      .deleteFrom('media_links')
      .where('picture_key', '=', key)
      .where('expires_at', '<=', now())
      .compile(),
  });

  return {
    find: (id) => first(joined().where('l.id', '=', id)),
    findPicture: (key) => first(joined().where('l.picture_key', '=', key)),
    async drawn(hash) {
      const query = sql.build.selectFrom('media').selectAll().where('hash', '=', hash).where('width', 'is not', null);
      const [row] = await sql.read(query.compile());
      if (row === undefined) return null;
      const { type: mediaType, bytes, width, height, frames } = row;
      return { hash, mediaType, bytes, width, height, frames };
    },
    async add({ hash, mediaType, bytes, width, height, frames }, link, pictureKey) {
      const created_at = now();
      const media = { hash, type: mediaType, bytes, width, height, frames, created_at };
      const row = {
        id: link.id,
        hash,
        name: link.name,
        alt: link.alt,
        is_spoiler: link.isSpoiler ? 1 : 0,
        expires_at: link.expiresAt,
        picture_key: pictureKey,
        created_at,
      };
      const insertMedia = sql.build
        .insertInto('media')
        .values(media)
        .onConflict((on) => on.doNothing());
      const insertLink = sql.build
        .insertInto('media_links')
        .values(row)
        .onConflict((on) => on.doNothing());
      await sql.write([
        ...(pictureKey === null ? [] : [dropExpiredPicture(pictureKey)]),
        { query: insertMedia.compile() },
        { query: insertLink.compile() },
      ]);
    },
    async extend(id, expiresAt) {
      const query = sql.build.updateTable('media_links').set({ expires_at: expiresAt }).where('id', '=', id).compile();
      await sql.write([{ query }]);
    },
    async dropExpired() {
      const query = sql.build.deleteFrom('media_links').where('expires_at', '<=', now()).compile();
      const written = await sql.write([{ query }]);
      return written.ok ? (written.changes[0] ?? 0) : 0;
    },
    async dropEnded(limit) {
      const ended = sql.build
        .selectFrom('media_links')
        .select(['id', 'hash'])
        .where('expires_at', '<=', now())
        .where('picture_key', 'is', null)
        .limit(limit);
      const rows = await sql.read(ended.compile());
      if (rows.length === 0) return [];
      const ids = rows.map(({ id }) => id);
      await sql.write([{ query: sql.build.deleteFrom('media_links').where('id', 'in', ids).compile() }]);
      return [...new Set(rows.map(({ hash }) => hash))];
    },
    async dropLinks(hash, messages) {
      const all = sql.build.deleteFrom('media_links').where('hash', '=', hash);
      const some = all.where('id', 'in', ({ selectFrom }) =>
        selectFrom('media_uses')
          .select('link_id')
          .where('message_id', 'in', messages ?? []),
      );
      if (messages?.length !== 0) await sql.write([{ query: (messages === null ? all : some).compile() }]);
    },
    async orphans(limit) {
      const query = sql.build
        .selectFrom('media as m')
        .leftJoin('media_links as l', 'l.hash', 'm.hash')
        .select('m.hash')
        .where('l.id', 'is', null)
        .limit(limit)
        .compile();
      return (await sql.read(query)).map(({ hash }) => hash);
    },
    async dropOrphan(hash) {
      const query = sql.build
        .deleteFrom('media')
        .where('hash', '=', hash)
        .where(({ not, exists, selectFrom }) =>
          not(exists(selectFrom('media_links').select('id').where('media_links.hash', '=', hash))),
        )
        .compile();
      const written = await sql.write([{ query }]);
      return written.ok && written.changes[0] === 1;
    },
    async known(hashes) {
      if (hashes.length === 0) return new Set();
      const query = sql.build.selectFrom('media').select('hash').where('hash', 'in', hashes).compile();
      return new Set((await sql.read(query)).map(({ hash }) => hash));
    },
  };
}

interface JoinedRow {
  readonly id: string;
  readonly name: string;
  readonly alt: string | null;
  readonly is_spoiler: number;
  readonly expires_at: number | null;
  readonly hash: string;
  readonly type: string;
  readonly bytes: number;
  readonly width: number | null;
  readonly height: number | null;
  readonly frames: number;
}

function readRow(row: JoinedRow): StoredMedia {
  return {
    id: row.id,
    name: row.name,
    alt: row.alt,
    isSpoiler: row.is_spoiler === 1,
    expiresAt: row.expires_at as EpochMs | null,
    hash: row.hash,
    mediaType: row.type,
    bytes: row.bytes,
    width: row.width,
    height: row.height,
    frames: row.frames,
  };
}
