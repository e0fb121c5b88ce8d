import type { ScopeId } from '../../domain/ids.ts';
import { PICTURE_MARKS, type PictureMark } from '../../domain/picture-mark.ts';
import type { Sql } from '../sql/sql.ts';

/** What is said of pictures, as this hub knows it: by whoever moderates a scope, or everywhere. */
export interface MarkBook {
  /** What holds in this scope: the stricter of what is said there and everywhere. Null: nothing is said. */
  in(scope: ScopeId, picture: string): PictureMark | null;
  /** Whether it is removed everywhere. */
  isGone(picture: string): boolean;
  /** Puts these in the place of all that was known of the picture. */
  set(picture: string, marks: readonly ScopedMark[]): void;
}

/** Null: everywhere. */
export interface ScopedMark {
  readonly scope: ScopeId | null;
  readonly mark: PictureMark;
}

export function createMarkBook(): MarkBook {
  const pictures = new Map<string, readonly ScopedMark[]>();
  return {
    in(scope, picture) {
      let found: PictureMark | null = null;
      for (const one of pictures.get(picture) ?? []) {
        if ((one.scope === null || one.scope === scope) && isStricter(one.mark, found)) found = one.mark;
      }
      return found;
    },
    isGone: (picture) => pictures.get(picture)?.some(({ scope, mark }) => scope === null && mark === 'remove') === true,
    set(picture, marks) {
      if (marks.length === 0) pictures.delete(picture);
      else pictures.set(picture, marks);
    },
  };
}

function isStricter(mark: PictureMark, than: PictureMark | null): boolean {
  return than === null || PICTURE_MARKS.indexOf(mark) > PICTURE_MARKS.indexOf(than);
}

/** @param picture null: of all */
export async function readMarks(
  sql: Pick<Sql, 'build' | 'read'>,
  picture: string | null,
): Promise<ReadonlyMap<string, readonly ScopedMark[]>> {
  const all = sql.build.selectFrom('picture_marks').select(['picture', 'scope', 'mark']);
  const rows = await sql.read((picture === null ? all : all.where('picture', '=', picture)).compile());
  const found = new Map<string, ScopedMark[]>();
  for (const row of rows) {
    const mark = PICTURE_MARKS.find((one) => one === row.mark);
    if (mark === undefined) continue;
    const scope = row.scope === '' ? null : (row.scope as ScopeId);
    found.set(row.picture, [...(found.get(row.picture) ?? []), { scope, mark }]);
  }
  return found;
}
