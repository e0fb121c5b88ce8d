import { MediaProblem } from './media-problem.ts';
import type { Pictures } from './pictures.ts';
import type { StoredMedia } from './rows.ts';
import { isThere, type Vault } from './vault.ts';

/** Small stills of pictures, made when first asked for and kept beside the file. */
export interface Thumbs {
  /** Where it is. Null: it is no picture, or cannot be made. @throws {MediaProblem} when too much is asked at once */
  get(media: Pick<StoredMedia, 'hash' | 'width'>): Promise<string | null>;
}

export function createThumbs(vault: Vault, pictures: Pictures): Thumbs {
  const making = new Map<string, Promise<string | null>>();

  async function make(hash: string): Promise<string | null> {
    const path = vault.thumbOf(hash);
    if (await isThere(path)) return path;
    if (!(await isThere(vault.pathOf(hash)))) return null;
    const draft = vault.draft();
    try {
      await pictures.thumb(vault.pathOf(hash), draft);
      await vault.placeThumb(draft, hash);
      return path;
    } catch (error) {
      if (error instanceof MediaProblem && error.code !== 'unreachable') return null;
      throw error;
    } finally {
      await vault.discard(draft);
    }
  }

  return {
    async get({ hash, width }) {
      if (width === null) return null;
      const started = making.get(hash);
      if (started !== undefined) return started;
      const made = make(hash).finally(() => making.delete(hash));
      making.set(hash, made);
      return made;
    },
  };
}
