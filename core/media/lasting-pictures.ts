import { newMediaId } from '../async/mint.ts';
import type { EpochMs } from '../domain/ids.ts';
import type { Sql, Statement } from '../store/sql/sql.ts';
import { cleanFileName } from './file-name.ts';
import { mediaIdOf, mediaUrl } from './media-url.ts';

/** Pictures that stay for as long as something of the hub shows them, however long files of messages are kept. */
export interface LastingPictures {
  /**
   * The picture behind a URL of the hub under a link of its own, which is there once the statements are written; they
   * fail where it has gone meanwhile. Null: there is no such file, or it is no picture. @throws {StoreUnavailable}
   */
  lasting(url: string): Promise<{ readonly url: string; readonly statements: readonly Statement[] } | null>;
  /** Ends such a link; its bytes go with the next sweep, unless something else uses them. */
  ended(url: string): readonly Statement[];
}

export function createLastingPictures(
  sql: Pick<Sql, 'build' | 'read'>,
  publicUrl: string | null,
  now: () => EpochMs,
): LastingPictures {
  const there = (id: string) =>
    sql.build
      .selectFrom('media_links as l')
      .innerJoin('media as m', 'm.hash', 'l.hash')
      .where('l.id', '=', id)
      .where('m.width', 'is not', null)
      .where(({ eb, or }) => or([eb('l.expires_at', 'is', null), eb('l.expires_at', '>', now())]));

  return {
    async lasting(url) {
      const id = mediaIdOf(url, publicUrl);
      if (id === null) return null;
      const [found] = await sql.read(there(id).select(['m.type']).compile());
      if (found?.type.startsWith('image/') !== true) return null;
      const own = newMediaId();
      // nobody's name stands in it
      const name = cleanFileName('picture', found.type);
      const insert = sql.build
        .insertInto('media_links')
        .columns(['id', 'hash', 'name', 'is_spoiler', 'created_at'])
        .expression(
          there(id).select(({ val }) => [
            val(own).as('id'),
            'm.hash',
            val(name).as('name'),
            val(0).as('is_spoiler'),
            val<number>(now()).as('created_at'),
          ]),
        );
      return { url: mediaUrl(own, name), statements: [{ query: insert.compile(), expect: 1 }] };
    },
    ended(url) {
      const id = mediaIdOf(url, publicUrl);
      const end = sql.build.updateTable('media_links').set({ expires_at: now() });
      return id === null ? [] : [{ query: end.where('id', '=', id).compile() }];
    },
  };
}
