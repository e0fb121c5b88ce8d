import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../async/clock.ts';
import { newMediaId } from '../async/mint.ts';
import type { Attachment } from '../domain/content.ts';
import type { BridgeId, EpochMs } from '../domain/ids.ts';
import type { Logger } from '../ops/log.ts';
import type { MediaOffer, MediaPort, MediaSource, MediaTaken, OpenedMedia } from '../plugin/media.ts';
import type { Sql } from '../store/sql/sql.ts';
import { cleanFileName } from './file-name.ts';
import { MediaProblem } from './media-problem.ts';
import { mediaIdOf, mediaUrl } from './media-url.ts';
import type { Outside } from './outside.ts';
import { createPictures } from './pictures.ts';
import { createMediaRows, type MediaLink, type MediaRows, type StoredBytes, type StoredMedia } from './rows.ts';
import { createSmallPictures, type Found } from './small-pictures.ts';
import { createThumbs, type Thumbs } from './thumbs.ts';
import { createTransfers, type PictureUse, type Transfer } from './transfer.ts';
import { openVault, type Vault } from './vault.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** From a platform, and from somebody's own line, which may be a slow one. */
const FETCH_WITHIN_MS = 60_000;
const UPLOAD_WITHIN_MS = 5 * 60_000;
/** An upload that no message carries by then is removed. */
const UNCLAIMED_MS = DAY_MS;
const STOP_WITHIN_MS = 2_000;

export interface MediaStoreOptions {
  readonly dataDir: string;
  readonly publicUrl: string | null;
  readonly limits: { readonly maxBytes: number; readonly maxPixels: number; readonly keepDays: number | null };
  readonly sql: Sql;
  /** Whether a moderator has removed what has these bytes from everywhere. Absent: nothing is. */
  readonly isGone?: (hash: string) => boolean;
  readonly outside: Outside;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Pictures and files of the hub: bytes once by their hash, each appearance under an id that nobody can guess. */
export interface MediaStore {
  readonly vault: Vault;
  readonly rows: MediaRows;
  readonly thumbs: Thumbs;
  /** What a bridge sees of it; keys of pictures are its own. */
  port(bridge: BridgeId): MediaPort;
  /** Somebody's own file. It is removed within a day unless `claim` says that a message carries it. Never rejects. */
  upload(offer: MediaOffer, signal: AbortSignal): Promise<MediaTaken>;
  /** The file behind a URL of the hub, kept from now on like any other. Null: there is none. @throws {StoreUnavailable} */
  claim(url: string): Promise<Attachment | null>;
  /**
   * Takes these bytes away at once, with their links and the small still: all of them, or what these messages carry and
   * nothing else uses.
   */
  purge(hash: string, messages?: readonly string[] | null): Promise<void>;
  /** Ends what is under way. Never rejects. */
  stop(): Promise<void>;
}

/** Opens the folder `media` in the data folder. */
export function openMediaStore(options: MediaStoreOptions): MediaStore {
  const { clock, logger, publicUrl, limits } = options;
  const vault = openVault(join(options.dataDir, 'media'));
  const rows = createMediaRows(options.sql, clock.now);
  const pictures = createPictures(limits.maxPixels, logger);
  const transfers = createTransfers({
    ...options,
    vault,
    pictures,
    drawn: (hash) => rows.drawn(hash),
    maxBytes: limits.maxBytes,
  });
  const thumbs = createThumbs(vault, pictures);
  const small = createSmallPictures({
    clock,
    stored: async (key) => foundOf(await rows.findPicture(key)),
  });
  const stopping = new AbortController();
  const running = new Set<Promise<unknown>>();

  const expiry = (): EpochMs | null =>
    limits.keepDays === null ? null : ((clock.now() + limits.keepDays * DAY_MS) as EpochMs);

  function linkOf(
    offer: Pick<MediaOffer, 'name' | 'alt' | 'isSpoiler'>,
    bytes: StoredBytes,
    expiresAt: EpochMs | null,
  ) {
    const { alt, isSpoiler } = offer;
    return { id: newMediaId(), name: cleanFileName(offer.name, bytes.mediaType), alt, isSpoiler, expiresAt };
  }

  /** Counted among what `stop` waits for. */
  async function underWay<T>(task: Promise<T>): Promise<T> {
    running.add(task);
    try {
      return await task;
    } finally {
      running.delete(task);
    }
  }

  async function take(
    offer: MediaOffer,
    transfer: Pick<Transfer, 'party' | 'signal' | 'withinMs'>,
    expiresAt: EpochMs | null,
  ) {
    const signal = AbortSignal.any([transfer.signal, stopping.signal]);
    const { source, bytes } = offer;
    return transfers.run({ ...transfer, source, bytes, signal, use: 'file' }, async (stored) => {
      const link = linkOf(offer, stored, expiresAt);
      await rows.add(stored, link, null);
      return attachmentOf({ ...stored, ...link });
    });
  }

  /** What goes wrong is told in place of the file. */
  async function taken(offer: MediaOffer, taking: Promise<Attachment>): Promise<MediaTaken> {
    try {
      return { ok: true, attachment: await underWay(taking) };
    } catch (error) {
      const problem = problemOf(error);
      const name = cleanFileName(offer.name, '');
      return { ok: false, code: problem.code, say: `${name} (${problem.say})` };
    }
  }

  function problemOf(error: unknown): MediaProblem {
    if (error instanceof MediaProblem) {
      logger.debug({ code: error.code, say: error.say }, 'file not taken');
      return error;
    }
    logger.error({ err: error }, 'file not stored');
    return new MediaProblem('unreachable', 'could not be stored');
  }

  async function fetchPicture(
    key: string,
    { party, source, use }: { readonly party: string; readonly source: MediaSource; readonly use: PictureUse },
  ): Promise<Found | null> {
    const transfer = { party, source, bytes: null, signal: stopping.signal, withinMs: FETCH_WITHIN_MS, use };
    try {
      return await transfers.run(transfer, async (stored) => {
        const link = linkOf({ name: use, alt: null, isSpoiler: false }, stored, expiry());
        await rows.add(stored, link, key);
        // another hub may have been faster: its link is the one that stays
        return foundOf(await rows.findPicture(key));
      });
    } catch (error) {
      problemOf(error);
      return null;
    }
  }

  async function open(url: string): Promise<OpenedMedia | null> {
    const id = mediaIdOf(url, publicUrl);
    const media = id === null ? null : await rows.find(id);
    if (media === null) return null;
    const path = vault.pathOf(media.hash);
    const { size } = await stat(path);
    return { mediaType: media.mediaType, name: media.name, bytes: size, stream: chunksOf(path) };
  }

  return {
    vault,
    rows,
    thumbs,
    port: (bridge) => ({
      put: (offer, signal) =>
        taken(offer, take(offer, { party: `bridge ${bridge}`, signal, withinMs: FETCH_WITHIN_MS }, expiry())),
      async picture(key, source, use = 'avatar') {
        const whole = JSON.stringify([bridge, use, key]);
        try {
          return await small.get(whole, () =>
            underWay(fetchPicture(whole, { party: `bridge ${bridge}`, source, use })),
          );
        } catch (error) {
          logger.warn({ err: error, bridge }, 'small picture not looked up');
          return null;
        }
      },
      async open(url) {
        try {
          return await open(url);
        } catch (error) {
          logger.warn({ err: error, bridge }, 'file not opened');
          return null;
        }
      },
    }),
    upload: (offer, signal) =>
      taken(
        offer,
        take(offer, { party: 'uploads', signal, withinMs: UPLOAD_WITHIN_MS }, (clock.now() + UNCLAIMED_MS) as EpochMs),
      ),
    async claim(url) {
      const id = mediaIdOf(url, publicUrl);
      const media = id === null ? null : await rows.find(id);
      if (media === null) return null;
      const expiresAt = expiry();
      if (isLater(expiresAt, media.expiresAt)) await rows.extend(media.id, expiresAt);
      return attachmentOf(media);
    },
    async purge(hash, messages = null) {
      await rows.dropLinks(hash, messages);
      if (await rows.dropOrphan(hash)) await (await vault.withdraw(hash))?.end();
    },
    async stop() {
      stopping.abort();
      const waited = Promise.withResolvers<void>();
      const cancel = clock.after(STOP_WITHIN_MS, waited.resolve);
      await Promise.race([Promise.allSettled(running), waited.promise]);
      cancel();
    },
  };
}

/** Opened when it is read: nobody need close what nobody reads. */
async function* chunksOf(path: string): AsyncGenerator<Uint8Array> {
  for await (const chunk of createReadStream(path)) yield chunk;
}

function attachmentOf(media: StoredBytes & MediaLink): Attachment {
  const { id, hash, name, mediaType, bytes, width, height, alt, isSpoiler } = media;
  const picture = width === null ? {} : { picture: hash };
  return { url: mediaUrl(id, name), name, mediaType, bytes, width, height, alt, isSpoiler, ...picture };
}

/** By enough to be worth a write. */
function isLater(end: EpochMs | null, than: EpochMs | null): boolean {
  if (than === null) return false;
  return end === null || end > than + HOUR_MS;
}

function foundOf(media: StoredMedia | null): Found | null {
  return media === null ? null : { url: mediaUrl(media.id, media.name), expiresAt: media.expiresAt };
}
