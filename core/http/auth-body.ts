import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { Problem } from '../community/accounts/outcome.ts';

/** What a refused request is told; `code` is stable, `say` is for people. */
export interface RouteProblem {
  readonly code: Problem['code'];
  readonly say: string;
  readonly field: string | null;
  readonly retryAfterMs: number | null;
}

export type Body<T> = { readonly ok: true; readonly value: T } | (RouteProblem & { readonly ok: false });

/** Reads a body by its schema; the first thing wrong is told, never what was sent. */
export function readBody<T>(schema: z.ZodType<T>, body: unknown): Body<T> {
  const parsed = schema.safeParse(body ?? {});
  if (parsed.success) return { ok: true, value: parsed.data };
  const issue = parsed.error.issues[0];
  const at = issue?.path[0];
  const field = typeof at === 'string' ? at : null;
  return { ok: false, code: 'bad-request', say: sayIssue(issue, field), field, retryAfterMs: null };
}

function sayIssue(issue: z.core.$ZodIssue | undefined, field: string | null): string {
  if (field === null) return issue?.code === 'unrecognized_keys' ? 'There is a field too many.' : 'Send a JSON object.';
  switch (issue?.code) {
    case 'too_big':
      return `The field ${field} is too long.`;
    case 'too_small':
      return `The field ${field} is empty.`;
    default:
      return `The field ${field} must be text.`;
  }
}

/** The JSON of a request; an empty body is allowed, for requests that need none. */
export async function parseJson(_request: FastifyRequest, text: string | Buffer): Promise<unknown> {
  const source = text.toString();
  if (source === '') return undefined;
  try {
    return JSON.parse(source);
  } catch {
    throw Object.assign(new Error('not JSON'), { statusCode: 400 }); // its own text would quote the body
  }
}

/** The token of an `Authorization: Bearer` header. */
export function bearerOf(header: string | undefined): string | null {
  return /^Bearer ([\x21-\x7e]{1,4096})$/i.exec(header ?? '')?.[1] ?? null;
}

export function statusOf(code: RouteProblem['code']): number {
  switch (code) {
    case 'bad-request':
      return 400;
    case 'sign-in':
      return 401;
    case 'forbidden':
    case 'sanctioned':
    case 'against-rules':
    case 'house-rules':
    case 'read-only':
    case 'not-yours':
      return 403;
    case 'not-found':
      return 404;
    case 'taken':
    case 'redacted':
    case 'decided':
    case 'edited':
    case 'key-reused':
      return 409;
    case 'rate-limited':
      return 429;
    case 'archive-behind':
    case 'unavailable':
      return 503;
  }
}
