import type { MediaPort } from '../plugin/media.ts';

/** A hub without a media store: every file is named in the text instead. */
export const noMedia: MediaPort = {
  async put({ name }) {
    return { ok: false, code: 'unsupported', say: name };
  },
  picture: async () => null,
  open: async () => null,
};
