/** What the hub keeps, by the bytes alone: never by what a name or a header claims. */
export interface MediaType {
  readonly name: string;
  /** Shown by browsers in place; everything else is only ever downloaded. */
  readonly isShown: boolean;
  /** Endings of its names, the usual one first; empty: a name may end as it likes. */
  readonly endings: readonly string[];
}

const shown = (name: string, ...endings: string[]): MediaType => ({ name, isShown: true, endings });
const kept = (name: string): MediaType => ({ name, isShown: false, endings: [] });

/** No SVG and no HTML: they can run scripts, and go by as text. */
export const MEDIA_TYPES = {
  png: shown('image/png', 'png'),
  jpeg: shown('image/jpeg', 'jpg', 'jpeg'),
  gif: shown('image/gif', 'gif'),
  webp: shown('image/webp', 'webp'),
  /** Never kept as such: it becomes WebP, which more platforms take. */
  avif: shown('image/avif', 'avif'),
  mp3: shown('audio/mpeg', 'mp3'),
  aac: shown('audio/aac', 'aac'),
  oggAudio: shown('audio/ogg', 'ogg', 'oga', 'opus'),
  flac: shown('audio/flac', 'flac'),
  wav: shown('audio/wav', 'wav'),
  m4a: shown('audio/mp4', 'm4a'),
  mp4: shown('video/mp4', 'mp4', 'm4v'),
  webm: shown('video/webm', 'webm'),
  oggVideo: kept('video/ogg'),
  matroska: kept('video/x-matroska'),
  quicktime: kept('video/quicktime'),
  heic: kept('image/heic'),
  pdf: kept('application/pdf'),
  zip: kept('application/zip'),
  gzip: kept('application/gzip'),
  text: kept('text/plain'),
  unknown: kept('application/octet-stream'),
} as const satisfies Record<string, MediaType>;
export type MediaTypeName = keyof typeof MEDIA_TYPES;

/** Those that are decoded and written anew, so that nothing but the picture is left. */
export type PictureTypeName = 'png' | 'jpeg' | 'gif' | 'webp' | 'avif';

export function isPicture(type: MediaTypeName): type is PictureTypeName {
  return type === 'png' || type === 'jpeg' || type === 'gif' || type === 'webp' || type === 'avif';
}

const BY_NAME: ReadonlyMap<string, MediaType> = new Map(Object.values(MEDIA_TYPES).map((type) => [type.name, type]));

/** The type with this name; what is not in the list is only ever downloaded. */
export function mediaTypeOf(name: string): MediaType {
  return BY_NAME.get(name) ?? MEDIA_TYPES.unknown;
}
