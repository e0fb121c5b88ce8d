import type { Attachment } from './content.ts';
import type { EpochMs, MessageId, UserId } from './ids.ts';

/** What a link leads to, or what a file is. */
export const LIBRARY_KINDS = [
  'bandcamp',
  'soundcloud',
  'mixcloud',
  'spotify',
  'youtube',
  'beatport',
  'discogs',
  'apple-music',
  'tidal',
  'link',
  'image',
  'audio',
  'video',
  'file',
] as const;
export type LibraryKind = (typeof LIBRARY_KINDS)[number];

/** A link or file that people have posted in a channel, however often. */
export interface LibraryItem {
  /** Names it within its channel: the same for everything that leads to the same place or holds the same bytes. */
  readonly id: string;
  readonly kind: LibraryKind;
  /** As it was posted last, without what only tells who shared it; of a file its path at the hub. */
  readonly url: string;
  /** Of the page, or the name of the file; null: not known. */
  readonly title: string | null;
  /** Null for a link. */
  readonly attachment: Attachment | null;
  readonly count: number;
  readonly first: LibraryPost;
  readonly last: LibraryPost;
}

/** One appearance. */
export interface LibraryPost {
  readonly message: MessageId;
  readonly user: UserId;
  /** As shown at that time. */
  readonly name: string;
  readonly platform: string;
  readonly at: EpochMs;
}
