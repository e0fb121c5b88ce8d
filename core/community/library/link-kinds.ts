import type { LibraryKind } from '../../domain/library.ts';

/** A place where music is. */
export interface MusicPlace {
  readonly kind: LibraryKind;
  /** Hosts without `www.`; one that begins with a dot stands for all below it. */
  readonly hosts: readonly string[];
  /** Of the query only these say what the link leads to. */
  readonly keeps: readonly string[];
  /** Another way to write an address that leads to the same; null: there is none. */
  readonly same?: (url: URL) => string | null;
}

export const MUSIC_PLACES: readonly MusicPlace[] = [
  { kind: 'bandcamp', hosts: ['bandcamp.com', '.bandcamp.com'], keeps: ['q'] },
  { kind: 'soundcloud', hosts: ['soundcloud.com', 'm.soundcloud.com', 'on.soundcloud.com'], keeps: ['q'] },
  { kind: 'mixcloud', hosts: ['mixcloud.com', 'm.mixcloud.com'], keeps: ['q'] },
  {
    kind: 'spotify',
    hosts: ['open.spotify.com', 'play.spotify.com', 'spotify.link'],
    keeps: [],
    // without the language of whoever shared it
    same: ({ hostname, pathname }) =>
      bareHost(hostname) === 'spotify.link' ? null : `open.spotify.com${pathname.replace(/^\/intl-[a-z-]+(?=\/)/, '')}`,
  },
  {
    kind: 'youtube',
    hosts: ['youtube.com', 'm.youtube.com', 'music.youtube.com', 'youtu.be', 'youtube-nocookie.com'],
    keeps: ['v', 'list', 'search_query', 'q'],
    same: (url) => {
      const video = videoOf(url);
      return video === null ? null : `youtube.com/watch?v=${video}`;
    },
  },
  { kind: 'beatport', hosts: ['beatport.com'], keeps: ['q'] },
  {
    kind: 'discogs',
    hosts: ['discogs.com'],
    keeps: ['q'],
    // languages, and names behind numbers
    same: ({ pathname }) => {
      const found = /^(?:\/[a-z]{2}(?:_[A-Z]{2})?)?\/(?:[^/]+\/)?(release|master|artist|label)\/(\d+)/.exec(pathname);
      return found === null ? null : `discogs.com/${found[1]}/${found[2]}`;
    },
  },
  { kind: 'apple-music', hosts: ['music.apple.com', 'geo.music.apple.com', 'itunes.apple.com'], keeps: ['i', 'term'] },
  { kind: 'tidal', hosts: ['tidal.com', 'listen.tidal.com'], keeps: ['q'], same: tidalOf },
];

/** What a file at the end of an address is, by how its name ends. */
const ENDINGS: Readonly<Record<string, LibraryKind>> = {
  ...endings('image', 'avif gif jpeg jpg png svg webp'),
  ...endings('audio', 'aac aif aiff flac m4a mp3 oga ogg opus wav'),
  ...endings('video', 'm4v mkv mov mp4 webm'),
  ...endings('file', '7z cue doc docx epub gz pdf rar tar torrent txt zip'),
};

function endings(kind: LibraryKind, names: string): Readonly<Record<string, LibraryKind>> {
  return Object.fromEntries(names.split(' ').map((name) => [name, kind]));
}

export function musicPlaceOf(hostname: string): MusicPlace | null {
  const host = bareHost(hostname);
  return (
    MUSIC_PLACES.find(({ hosts }) => hosts.some((one) => (one.startsWith('.') ? host.endsWith(one) : host === one))) ??
    null
  );
}

export function linkKindOf(url: URL): LibraryKind {
  const place = musicPlaceOf(url.hostname);
  if (place !== null) return place.kind;
  const ending = /\.([a-z0-9]{1,8})$/i.exec(url.pathname)?.[1]?.toLowerCase();
  return (ending === undefined ? undefined : ENDINGS[ending]) ?? 'link';
}

export function fileKindOf(mediaType: string): LibraryKind {
  const family = mediaType.split('/')[0];
  return family === 'image' || family === 'audio' || family === 'video' ? family : 'file';
}

export function bareHost(hostname: string): string {
  return hostname
    .toLowerCase()
    .replace(/\.$/, '')
    .replace(/^www\d?\./, '');
}

function videoOf(url: URL): string | null {
  const [, first = '', second = ''] = url.pathname.split('/');
  const id = bareHost(url.hostname) === 'youtu.be' ? first : isVideoPath(first) ? second : url.searchParams.get('v');
  return id !== null && /^[\w-]{6,20}$/.test(id) ? id : null;
}

function isVideoPath(first: string): boolean {
  return first === 'shorts' || first === 'live' || first === 'embed' || first === 'v';
}

function tidalOf({ pathname }: URL): string | null {
  const found = /\/(track|album|artist|playlist|video|mix)\/([\w-]+)/.exec(pathname);
  return found === null ? null : `tidal.com/${found[1]}/${found[2]}`;
}
