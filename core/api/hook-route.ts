import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { RateLimiterMemory, RateLimiterRes } from '../async/rate-limiter.ts';
import { type FormKind, formOf, readForm } from '../community/hooks-in/forms/read.ts';
import type { HookPosting } from '../community/hooks-in/post.ts';
import type { Attachment } from '../domain/content.ts';
import type { Receipt } from '../domain/receipt.ts';
import { HttpProblem } from '../http/problems.ts';
import type { MediaStore } from '../media/media-store.ts';
import type { ShownHook } from '../plugin/asked/hooks-in.ts';
import { answerFailure, answerRefused, answerStored, type Failure } from './hook-answers.ts';
import { bodyOf, type HookBody } from './hook-body.ts';

export interface HookRouteDeps {
  readonly posting: HookPosting;
  readonly media: Pick<MediaStore, 'upload'>;
}

/** Posts of one webhook. */
const POSTS_PER_MINUTE = 60;
const MAX_BODY_BYTES = 8 * 1024 * 1024;
/** Of the JSON of a form in which people write. */
const MOST_MARKUP = 128 * 1024;
const SUFFIXES = ['', 'slack', 'github'] as const;

type Params = { readonly id: string; readonly secret: string };

/** `/hooks/ID/SECRET`, with `/slack` or `/github` behind it for those who speak so. Nothing but a POST does anything. */
export function addHooks(app: FastifyInstance, { posting, media }: HookRouteDeps): void {
  const limiter = new RateLimiterMemory({ points: POSTS_PER_MINUTE, duration: 60 });

  async function take(
    request: FastifyRequest<{ Params: Params }>,
    reply: FastifyReply,
    suffix: (typeof SUFFIXES)[number],
  ): Promise<FastifyReply> {
    const spoken = suffix === 'slack' ? 'attachments' : 'own';
    const hook = await posting.open(request.params.id.slice(0, 64), request.params.secret.slice(0, 64));
    if (hook === null) return answerFailure(reply, spoken, NO_HOOK);
    const late = await spend(hook);
    const read = late === null ? await bodyOf(request) : null;
    if (read === null) return answerFailure(reply, spoken, late ?? BAD_BODY);
    const payload = { suffix, headers: headersOf(request), body: read.json };
    const kind = formOf(payload);
    // reading markup takes its time, and nobody sends a message of that size
    if (hasMarkup(kind) && read.length > MOST_MARKUP) return answerFailure(reply, kind, TOO_LONG);
    const form = readForm(kind, payload);
    if (!form.ok) return form.say === '' ? reply.code(204).send() : answerFailure(reply, kind, badForm(form.say));
    const files = await filesOf(read);
    if (form.post.rich.length === 0 && files.length === 0) return answerFailure(reply, kind, EMPTY);
    const receipt = await posting.post(hook, form.post, files);
    return answer(reply, { kind, hook, receipt, isWaiting: isWaiting(request) });
  }

  async function spend(hook: ShownHook): Promise<Failure | null> {
    try {
      await limiter.consume(hook.id);
      return null;
    } catch (spent) {
      if (!(spent instanceof RateLimiterRes)) throw spent;
      return {
        status: 429,
        code: 'rate-limited',
        say: 'Too many posts.',
        retryAfterMs: Math.max(1, spent.msBeforeNext),
      };
    }
  }

  async function filesOf({ files }: HookBody): Promise<readonly Attachment[]> {
    const taken: Attachment[] = [];
    for (const file of files) {
      const offer = {
        source: { kind: 'stream', open: async () => file.stream() } as const,
        name: file.name,
        bytes: file.size,
        alt: null,
        isSpoiler: file.name.startsWith('SPOILER_'),
      };
      const put = await media.upload(offer, AbortSignal.timeout(UPLOAD_WITHIN_MS));
      if (put.ok) taken.push(put.attachment);
    }
    return taken;
  }

  app.register(async (hooks) => {
    hooks.removeAllContentTypeParsers();
    hooks.addContentTypeParser(
      '*',
      { parseAs: 'buffer', bodyLimit: MAX_BODY_BYTES },
      async (_: unknown, body: Buffer) => body,
    );
    hooks.addHook('onRequest', async (_request, reply) => {
      reply.header('cache-control', 'no-store');
    });
    for (const suffix of SUFFIXES) {
      const url = suffix === '' ? '/hooks/:id/:secret' : `/hooks/:id/:secret/${suffix}`;
      hooks.post<{ Params: Params }>(url, (request, reply) => take(request, reply, suffix));
      // a page that shows what a link leads to must post nothing, and learn nothing
      hooks.get(url, () => {
        throw new HttpProblem(405, 'bad-method', 'Post to it.');
      });
    }
  });
}

const UPLOAD_WITHIN_MS = 30_000;

interface Answering {
  readonly kind: FormKind;
  readonly hook: ShownHook;
  readonly receipt: Receipt;
  readonly isWaiting: boolean;
}

function answer(reply: FastifyReply, { kind, hook, receipt, isWaiting: wantsMessage }: Answering): FastifyReply {
  switch (receipt.kind) {
    case 'accepted':
    case 'duplicate':
    case 'held':
    case 'unchanged':
      return answerStored(reply, kind, hook, receipt, wantsMessage);
    case 'refused':
      return answerRefused(reply, kind, receipt);
    case 'stopping':
      return answerFailure(reply, kind, { ...GONE_SOON, retryAfterMs: 2_000 });
  }
}

function hasMarkup(kind: FormKind): boolean {
  return kind !== 'repository' && kind !== 'alert';
}

function isWaiting(request: FastifyRequest): boolean {
  const { query } = request;
  return typeof query === 'object' && query !== null && 'wait' in query && query.wait === 'true';
}

function headersOf({ headers }: FastifyRequest): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  );
}

function badForm(say: string): Failure {
  return say === 'no_text'
    ? { status: 400, code: 'bad-request', say: 'There is nothing in it.', word: 'no_text' }
    : { status: 400, code: 'bad-request', say };
}

const NO_HOOK: Failure = { status: 404, code: 'not-found', say: 'There is no such webhook.', word: 'no_service' };
const BAD_BODY: Failure = {
  status: 400,
  code: 'bad-request',
  say: 'The body cannot be read.',
  word: 'invalid_payload',
};
const TOO_LONG: Failure = { status: 413, code: 'bad-request', say: 'That is too long.', word: 'msg_too_long' };
const EMPTY: Failure = { status: 400, code: 'bad-request', say: 'There is nothing in it.', word: 'no_text' };
const GONE_SOON: Failure = { status: 503, code: 'unavailable', say: 'The hub is going down; try again.' };
