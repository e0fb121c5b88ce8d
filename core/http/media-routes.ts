import { type FileHandle, open } from 'node:fs/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { codeOf } from '../../config/env.ts';
import type { Clock } from '../async/clock.ts';
import { MediaProblem } from '../media/media-problem.ts';
import type { MediaStore } from '../media/media-store.ts';
import { mediaTypeOf } from '../media/media-type.ts';
import { isMediaId } from '../media/media-url.ts';
import type { StoredMedia } from '../media/rows.ts';
import type { Logger } from '../ops/log.ts';
import { parseRange } from './media-range.ts';
import { HttpProblem, NOT_FOUND } from './problems.ts';

export interface MediaRoutes {
  readonly media: Pick<MediaStore, 'rows' | 'vault' | 'thumbs'>;
  readonly clock: Clock;
  readonly log: Logger;
}

type MediaRequest = FastifyRequest<{ Params: { id: string }; Querystring: { thumb?: unknown } }>;

const YEAR_S = 31_536_000;
/** Whatever the bytes are, they are nobody's page: no script, no style, no frame, an origin of their own. */
const NOTHING_RUNS = "default-src 'none'; sandbox";
const CROWDED = new HttpProblem(503, 'unavailable', 'Too much at once; try again soon.', { retryAfterMs: 2_000 });

/** Files by their secret links; `?thumb` is a small still of a picture. Who has the link may read. */
export function mediaRoutes(app: FastifyInstance, { media, clock, log }: MediaRoutes): void {
  async function answer(request: MediaRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { id } = request.params;
    const found = isMediaId(id) ? await media.rows.find(id) : null;
    if (found === null) throw NOT_FOUND;
    const isThumb = request.query.thumb !== undefined;
    const path = isThumb ? await thumbOf(found) : media.vault.pathOf(found.hash);
    const handle = path === null ? null : await openFile(path);
    if (handle === null) throw NOT_FOUND;
    const size = (await handle.stat()).size;
    if (!isThumb && size !== found.bytes) {
      log.error({ hash: found.hash, size, expected: found.bytes }, 'a file is not what it was');
      await handle.close();
      throw NOT_FOUND;
    }
    setHeaders(reply, found, isThumb, clock.now());
    return send(request, reply, { handle, size, etag: etagOf(found, isThumb) });
  }

  async function thumbOf(found: StoredMedia): Promise<string | null> {
    try {
      return await media.thumbs.get(found);
    } catch (error) {
      if (error instanceof MediaProblem) throw CROWDED;
      throw error;
    }
  }

  app.route<{ Params: { id: string }; Querystring: { thumb?: unknown } }>({
    method: ['GET', 'HEAD'],
    // the name is for people; the id alone leads to the file
    url: '/media/:id/*',
    handler: answer,
  });
}

function setHeaders(reply: FastifyReply, found: StoredMedia, isThumb: boolean, now: number): void {
  const type = mediaTypeOf(isThumb ? 'image/webp' : found.mediaType);
  const name = isThumb ? `${found.name}.webp` : found.name;
  const leftS = found.expiresAt === null ? YEAR_S : Math.floor((found.expiresAt - now) / 1_000);
  reply.headers({
    'content-type': type.name === 'text/plain' ? 'text/plain; charset=utf-8' : type.name,
    'content-disposition': dispositionOf(type.isShown ? 'inline' : 'attachment', name),
    'x-content-type-options': 'nosniff',
    'content-security-policy': NOTHING_RUNS,
    // links to it stand in rooms on other platforms, whose pages may show it
    'cross-origin-resource-policy': 'cross-origin',
    'referrer-policy': 'no-referrer',
    // not in shared caches: what a moderator removes must be gone
    'cache-control': `private, max-age=${Math.min(YEAR_S, leftS)}, immutable`,
    'accept-ranges': 'bytes',
    etag: etagOf(found, isThumb),
  });
}

function etagOf({ hash }: StoredMedia, isThumb: boolean): string {
  return `"${hash.slice(0, 32)}${isThumb ? '-thumb' : ''}"`;
}

/** The name in plain letters for old programs, and as it is (RFC 6266). */
function dispositionOf(kind: 'inline' | 'attachment', name: string): string {
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  const whole = encodeURIComponent(name).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);
  return `${kind}; filename="${plain}"; filename*=UTF-8''${whole}`;
}

async function send(
  { method, headers }: FastifyRequest,
  reply: FastifyReply,
  { handle, size, etag }: { readonly handle: FileHandle; readonly size: number; readonly etag: string },
): Promise<FastifyReply> {
  const asked = headers['if-range'] === undefined || headers['if-range'] === etag ? headers.range : undefined;
  const range = parseRange(asked, size);
  if (headers['if-none-match']?.split(/\s*,\s*/).includes(etag)) return ended(reply.code(304), handle);
  if (range === 'none') return ended(reply.code(416).header('content-range', `bytes */${size}`), handle);
  const { start, end } = range ?? { start: 0, end: size - 1 };
  if (range !== null) reply.code(206).header('content-range', `bytes ${start}-${end}/${size}`);
  reply.header('content-length', end - start + 1);
  return method === 'HEAD' ? ended(reply, handle) : reply.send(handle.createReadStream({ start, end }));
}

async function ended(reply: FastifyReply, handle: FileHandle): Promise<FastifyReply> {
  await handle.close();
  return reply.send();
}

async function openFile(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}
