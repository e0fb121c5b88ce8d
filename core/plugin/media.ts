import type { Attachment } from '../domain/content.ts';

/** Where the bytes of a picture or file come from. A link is fetched by the hub, past its guard; never with a credential. */
export type MediaSource =
  | { readonly kind: 'url'; readonly url: string }
  /** For links that need a token: the bridge opens the stream itself, at most once. */
  | { readonly kind: 'stream'; readonly open: (signal: AbortSignal) => Promise<AsyncIterable<Uint8Array>> };

export interface MediaOffer {
  readonly source: MediaSource;
  /** As shown; cleaned and bounded by the hub. */
  readonly name: string;
  /** What the platform says of its size, if it does: too large a file is then not fetched at all. */
  readonly bytes: number | null;
  readonly alt: string | null;
  readonly isSpoiler: boolean;
}

/** What became of an offer. `say` fits into a message in place of the file, such as `set.flac (96 MB, too large)`. */
export type MediaTaken =
  | { readonly ok: true; readonly attachment: Attachment }
  | {
      readonly ok: false;
      readonly code: 'too-large' | 'unreachable' | 'blocked' | 'unsupported';
      readonly say: string;
    };

export interface OpenedMedia {
  readonly mediaType: string;
  readonly name: string;
  readonly bytes: number;
  readonly stream: AsyncIterable<Uint8Array>;
}

/** Pictures and files, kept by the hub: links of platforms expire, need a token or hold one. */
export interface MediaPort {
  /** Stores the bytes and answers with what a message can carry. Never rejects; bounded in size and time. */
  put(offer: MediaOffer, signal: AbortSignal): Promise<MediaTaken>;
  /**
   * A small picture that comes again and again: an avatar, an emote. `key` names this very picture (it changes with
   * it), unique within the bridge, so that it is fetched once. Waits a moment at most.
   * @param use how large it is kept: an avatar (the default) up to 256 pixels, an emote up to 128
   * @returns its URL at the hub; null while there is none, or never
   */
  picture(key: string, source: MediaSource, use?: 'avatar' | 'emote'): Promise<string | null>;
  /** The bytes behind the `url` of an Attachment or of a MediaRef. Null when they are gone. */
  open(url: string): Promise<OpenedMedia | null>;
}
