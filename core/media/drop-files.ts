import type { Sql } from '../store/sql/sql.ts';
import type { MediaStore } from './media-store.ts';

const FILES_AT_ONCE = 200;

/** Removes these files but for those that a message still carries; their bytes where nothing else leads to them. */
export async function dropFiles(
  { vault, rows }: Pick<MediaStore, 'vault' | 'rows'>,
  sql: Sql,
  ids: readonly string[],
): Promise<void> {
  for (let from = 0; from < ids.length; from += FILES_AT_ONCE) {
    const some = ids.slice(from, from + FILES_AT_ONCE);
    const used = sql.build.selectFrom('media_uses').select('link_id').where('link_id', 'in', some);
    const free = sql.build.selectFrom('media_links').select(['id', 'hash']).where('id', 'in', some);
    const links = await sql.read(free.where('id', 'not in', used).compile());
    if (links.length === 0) continue;
    const gone = sql.build.deleteFrom('media_links').where(
      'id',
      'in',
      links.map(({ id }) => id),
    );
    await sql.write([{ query: gone.compile() }]);
    for (const hash of new Set(links.map((link) => link.hash))) {
      if (await rows.dropOrphan(hash)) await (await vault.withdraw(hash))?.end();
    }
  }
}
