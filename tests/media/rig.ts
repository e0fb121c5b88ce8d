import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { type Clock, systemClock } from '../../core/async/clock.ts';
import type { Attachment } from '../../core/domain/content.ts';
import type { BridgeId, EpochMs } from '../../core/domain/ids.ts';
import { type MediaStore, openMediaStore } from '../../core/media/media-store.ts';
import { mediaIdOf } from '../../core/media/media-url.ts';
import type { Outside } from '../../core/media/outside.ts';
import type { StoredMedia } from '../../core/media/rows.ts';
import { silentLogger } from '../../core/ops/log.ts';
import type { MediaOffer, MediaPort, MediaSource, MediaTaken } from '../../core/plugin/media.ts';
import { type OpenedSql, openSql } from '../../core/store/sql/open.ts';
import { listenLow } from '../accounts/listen-low.ts';

export const BRIDGE = 'room-one' as BridgeId;
export const NEVER = new AbortController().signal;

/** This machine counts as outside; every other address is refused. */
export const THIS_MACHINE: Outside = {
  isAllowed: (address) => address === '127.0.0.1',
  resolve: async () => ['127.0.0.1'],
};

/** Time that stands still until it is moved; timers run when their time is passed. */
export function standingClock(): Clock & { ahead(ms: number): void } {
  const timers = new Set<{ at: number; readonly every: number | null; readonly run: () => void }>();
  let now: number = systemClock.now();
  const add = (ms: number, every: number | null, run: () => void): (() => void) => {
    const timer = { at: now + ms, every, run };
    timers.add(timer);
    return () => void timers.delete(timer);
  };
  return {
    now: () => now as EpochMs,
    elapsed: () => now,
    after: (ms, run) => add(ms, null, run),
    every: (ms, run) => add(ms, ms, run),
    ahead(ms) {
      now += ms;
      for (const timer of [...timers]) {
        if (timer.at > now) continue;
        if (timer.every === null) timers.delete(timer);
        else timer.at = now + timer.every;
        timer.run();
      }
    },
  };
}

export interface MediaRig {
  readonly store: MediaStore;
  readonly port: MediaPort;
  readonly sql: OpenedSql;
  readonly dataDir: string;
  /** Offers what stands there, or these bytes, under a name. */
  put(from: string | Uint8Array, offer?: Partial<MediaOffer>): Promise<MediaTaken>;
  /** As `put`, and insists that it is taken. */
  kept(from: string | Uint8Array, offer?: Partial<MediaOffer>): Promise<Attachment>;
  row(attachment: Attachment): Promise<StoredMedia>;
  /** Where the bytes are. */
  file(attachment: Attachment): Promise<string>;
  /** Names of the files in the vault, small stills included; drafts apart. */
  files(): readonly string[];
  drafts(): readonly string[];
  close(): Promise<void>;
}

export interface RigOptions {
  readonly dataDir?: string;
  readonly clock?: Clock;
  readonly outside?: Outside;
  readonly maxBytes?: number;
  readonly maxPixels?: number;
  readonly keepDays?: number | null;
}

export async function openRig(options: RigOptions = {}): Promise<MediaRig> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'hub-media-'));
  const { clock = systemClock, outside = THIS_MACHINE } = options;
  const { maxBytes = 5_000_000, maxPixels = 4_000_000, keepDays = null } = options;
  const sql = await openSql({ file: join(dataDir, 'hub.sqlite'), clock, log: silentLogger });
  const store = openMediaStore({
    dataDir,
    publicUrl: 'https://hub.example',
    limits: { maxBytes, maxPixels, keepDays },
    sql,
    outside,
    clock,
    logger: silentLogger,
  });
  const port = store.port(BRIDGE);

  async function put(from: string | Uint8Array, offer: Partial<MediaOffer> = {}): Promise<MediaTaken> {
    const source = typeof from === 'string' ? ({ kind: 'url', url: from } as const) : streamOf(from);
    return port.put({ source, name: 'file', bytes: null, alt: null, isSpoiler: false, ...offer }, NEVER);
  }

  async function row({ url }: Attachment): Promise<StoredMedia> {
    const found = await store.rows.find(mediaIdOf(url, null) ?? '');
    if (found === null) throw new Error(`nothing behind ${url}`);
    return found;
  }

  return {
    store,
    port,
    sql,
    dataDir,
    put,
    row,
    async kept(from, offer) {
      const taken = await put(from, offer);
      if (!taken.ok) throw new Error(`not taken: ${taken.code} ${taken.say}`);
      return taken.attachment;
    },
    file: async (attachment) => store.vault.pathOf((await row(attachment)).hash),
    files: () =>
      readdirSync(join(dataDir, 'media'))
        .filter((part) => part !== 'tmp')
        .flatMap((part) => readdirSync(join(dataDir, 'media', part))),
    drafts: () => readdirSync(join(dataDir, 'media', 'tmp')),
    async close() {
      await store.stop();
      await sql.close();
      if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

export function streamOf(bytes: Uint8Array): Extract<MediaSource, { kind: 'stream' }> {
  return {
    kind: 'stream',
    async open() {
      return (async function* chunks() {
        for (let at = 0; at < bytes.length; at += 10_000) yield bytes.subarray(at, at + 10_000);
      })();
    },
  };
}

export interface Source {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly port: number;
  /** Paths that were asked for. */
  readonly asked: string[];
  close(): Promise<void>;
}

/** A web server of somebody else. */
export async function startSource(answer: RequestListener): Promise<Source> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    answer(request, response);
  });
  const port = await listenLow(server);
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Pixels that tell frames apart. */
export function pixels(width: number, height: number, frames = 1, seed = 0): Sharp {
  const frame = width * height * 3;
  const bytes = Buffer.alloc(frame * frames);
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = at * 7 + Math.floor(at / frame) * 90 + seed;
  return sharp(bytes, {
    raw: { width, height: height * frames, channels: 3, pageHeight: height },
    limitInputPixels: false,
  });
}

/** Upright it would be lying: a camera that was turned, and knew where it was. */
export function photo(width = 64, height = 48): Promise<Buffer> {
  return pixels(width, height)
    .jpeg()
    .withMetadata({ orientation: 6 })
    .withExif({
      IFD0: { Copyright: 'secret-owner', Orientation: '6' },
      IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 3230/100' },
    })
    .toBuffer();
}
