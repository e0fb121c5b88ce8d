import type { Sharp, SharpOptions } from 'sharp';
import type { Logger } from '../ops/log.ts';
import { Crowded, createGate } from './gate.ts';
import { MediaProblem } from './media-problem.ts';
import type { PictureTypeName } from './media-type.ts';

/** Decoded at once; each takes a thread of the process's pool, which files and passwords need too. */
const AT_ONCE = 2;
const MAX_WAITING = 64;
/** Each frame costs, however small it is. */
const MAX_FRAMES = 1_000;
const WITHIN_S = 30;
const THUMB_PX = 480;
/** WebP has no larger ones. */
const MAX_WEBP_PX = 16_383;

/** A picture as it was written. Width and height as it is shown, of one frame. */
export interface Drawn {
  readonly type: Exclude<PictureTypeName, 'avif'>;
  readonly bytes: number;
  readonly width: number;
  readonly height: number;
  readonly frames: number;
}

/** Pictures from strangers, decoded within bounds and written anew, off the hub's own thread. All throw {MediaProblem}. */
export interface Pictures {
  /**
   * Writes the picture alone: turned as it is to be seen, without place, maker, comment or anything hidden behind it.
   * An animation stays one; one that is over the bounds becomes its first frame.
   */
  clean(from: string, to: string, type: PictureTypeName): Promise<Drawn>;
  /** As WebP that fits into a square of `side` pixels, an animation stays one. */
  shrink(from: string, to: string, side: number): Promise<Drawn>;
  /** A still WebP for lists. */
  thumb(from: string, to: string): Promise<Drawn>;
}

type Read = (file: string, options?: SharpOptions) => Sharp;

export function createPictures(maxPixels: number, logger: Logger): Pictures {
  const gate = createGate(AT_ONCE, MAX_WAITING);
  let loaded: Promise<Read> | null = null;

  async function draw(from: string, to: string, how: (source: Sharp) => Sharp, isMoving: boolean): Promise<Drawn> {
    try {
      return await gate.run(async () => {
        loaded ??= loadLibrary(logger);
        const read = await loaded;
        // what follows the picture or is odd about it is no reason to refuse it; what is missing is
        const options = { limitInputPixels: maxPixels, failOn: 'error' } as const;
        const frames = isMoving ? await framesOf(read(from, options), maxPixels) : 1;
        const source = read(from, { ...options, animated: frames > 1 });
        // turning is for stills: cameras do not make animations
        const turned = frames > 1 ? source : source.autoOrient();
        return drawn(await how(turned).timeout({ seconds: WITHIN_S }).toFile(to));
      });
    } catch (error) {
      throw problemOf(error);
    }
  }

  return {
    clean: (from, to, type) => draw(from, to, (source) => inFormat(source, type), true),
    shrink: (from, to, side) => draw(from, to, (source) => inside(source, side).webp({ quality: 85 }), true),
    thumb: (from, to) => draw(from, to, (source) => inside(source, THUMB_PX).webp({ quality: 75 }), false),
  };
}

/** Loaded with the first picture: starting must not wait for it. Only these decoders, and nothing kept between pictures. */
async function loadLibrary(logger: Logger): Promise<Read> {
  const { default: sharp } = await importSharp(logger);
  sharp.cache(false);
  sharp.concurrency(1);
  sharp.block({ operation: ['VipsForeignLoad'] });
  const decoders = ['Jpeg', 'Png', 'Nsgif', 'Webp', 'Heif'].map((name) => `VipsForeignLoad${name}`);
  sharp.unblock({ operation: decoders });
  return sharp;
}

/** Where its binaries are missing, pictures are refused: kept as they come, they would tell where they were taken. */
async function importSharp(logger: Logger): Promise<typeof import('sharp')> {
  try {
    return await import('sharp');
  } catch (error) {
    logger.error({ err: error }, 'pictures cannot be read: the library for them did not load');
    throw new MediaProblem('unsupported', 'pictures cannot be read here', { cause: error });
  }
}

/** How many of its frames are kept: all within the bounds, else one. Reads the head alone. */
async function framesOf(picture: Sharp, maxPixels: number): Promise<number> {
  const { format, pages = 1, width, height } = await picture.metadata();
  if (format !== 'gif' && format !== 'webp') return 1;
  return pages <= MAX_FRAMES && pages * width * height <= maxPixels ? pages : 1;
}

function inFormat(source: Sharp, type: PictureTypeName): Sharp {
  switch (type) {
    case 'png':
      return source.png();
    case 'jpeg':
      return source.jpeg({ quality: 88 });
    case 'gif':
      return source.gif();
    case 'webp':
      return source.webp({ quality: 88 });
    case 'avif':
      return inside(source, MAX_WEBP_PX).webp({ quality: 88 });
    default:
      return type satisfies never;
  }
}

function inside(source: Sharp, side: number): Sharp {
  return source.resize({ width: side, height: side, fit: 'inside', withoutEnlargement: true });
}

function drawn(info: Awaited<ReturnType<Sharp['toFile']>>): Drawn {
  const { format, size, width, height, pages = 1, pageHeight = height } = info;
  if (format !== 'png' && format !== 'jpeg' && format !== 'gif' && format !== 'webp')
    throw new Error(`pictures are not written as ${format}`);
  return { type: format, bytes: size, width, height: pageHeight, frames: pages };
}

/** What the library says of a picture is the picture's fault; it has no codes for that. */
function problemOf(error: unknown): MediaProblem {
  if (error instanceof MediaProblem) return error;
  if (error instanceof Crowded) return new MediaProblem('unreachable', 'too much at once', { cause: error });
  const isBomb = error instanceof Error && /exceeds pixel limit|too large/i.test(error.message);
  if (isBomb) return new MediaProblem('too-large', 'too many pixels', { cause: error });
  return new MediaProblem('unsupported', 'not a picture that can be read', { cause: error });
}
