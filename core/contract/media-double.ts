import type { Attachment } from '../domain/content.ts';
import type { MediaOffer, MediaPort, MediaTaken } from '../plugin/media.ts';
import type { DoubleFile } from './subject.ts';

/** What the hub keeps of pictures and files, reduced to memory. It takes none until it is told to. */
export interface MediaDouble {
  readonly port: MediaPort;
  /** From now on files are taken. */
  take(): void;
  /** What was taken, by the address that the bridge was given for it. */
  readonly taken: ReadonlyMap<string, DoubleFile>;
  /** Keeps a file, for the bridge to open. @returns its address */
  keep(file: DoubleFile): string;
}

const MAX_BYTES = 1_000_000;

export function createMediaDouble(): MediaDouble {
  const kept = new Map<string, DoubleFile>();
  let isTaking = false;

  function keep(file: DoubleFile): string {
    const url = `https://hub.example/media/${kept.size + 1}`;
    kept.set(url, file);
    return url;
  }

  async function put(offer: MediaOffer, signal: AbortSignal): Promise<MediaTaken> {
    const refusal = { ok: false, say: `${offer.name} (a file)` } as const;
    if (!isTaking) return { ...refusal, code: 'unsupported' };
    try {
      const bytes = await bytesOf(offer, signal);
      return { ok: true, attachment: attachmentOf(offer, keep({ name: offer.name, bytes }), bytes) };
    } catch {
      return { ...refusal, code: 'unreachable' };
    }
  }

  return {
    taken: kept,
    keep,
    take() {
      isTaking = true;
    },
    port: {
      put,
      picture: async () => null,
      async open(url) {
        const file = kept.get(url);
        if (file === undefined) return null;
        const { name, bytes } = file;
        return { mediaType: 'image/png', name, bytes: bytes.length, stream: chunksOf(bytes) };
      },
    },
  };
}

async function bytesOf({ source }: MediaOffer, signal: AbortSignal): Promise<Uint8Array> {
  if (source.kind === 'stream') return gathered(await source.open(signal));
  const { hostname } = new URL(source.url);
  if (hostname !== '127.0.0.1' && hostname !== 'localhost') throw new Error('the kit loads from this machine alone');
  const response = await fetch(source.url, { signal });
  if (!response.ok) throw new Error(`the file was answered with ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

async function gathered(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size > MAX_BYTES) throw new Error('larger than any file of the kit');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function* chunksOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function attachmentOf(offer: MediaOffer, url: string, bytes: Uint8Array): Attachment {
  return {
    url,
    name: offer.name,
    mediaType: 'image/png',
    bytes: bytes.length,
    width: null,
    height: null,
    alt: offer.alt,
    isSpoiler: offer.isSpoiler,
  };
}
