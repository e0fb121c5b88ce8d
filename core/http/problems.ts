import type { FastifyReply, FastifyRequest } from 'fastify';
import { STATUS_CODES } from '../async/plain-http.ts';
import type { Logger } from '../ops/log.ts';
import { StoreUnavailable } from '../store/ports.ts';

/** What went wrong with a request, as the person is told. Throw it in a route. */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem';
  readonly statusCode: number;
  readonly code: string;
  readonly say: string;
  readonly field: string | null;
  readonly retryAfterMs: number | null;
  constructor(
    statusCode: number,
    code: string,
    say: string,
    more: { readonly field?: string; readonly retryAfterMs?: number } = {},
  ) {
    super(code);
    this.statusCode = statusCode;
    this.code = code;
    this.say = say;
    this.field = more.field ?? null;
    this.retryAfterMs = more.retryAfterMs ?? null;
  }
}

/** Answers with problem JSON (RFC 9457), with the members that all errors of the API have. */
export function sendProblem(reply: FastifyReply, problem: HttpProblem): FastifyReply {
  if (problem.retryAfterMs !== null) reply.header('retry-after', Math.ceil(problem.retryAfterMs / 1_000));
  return reply
    .code(problem.statusCode)
    .header('cache-control', 'no-store')
    .type('application/problem+json')
    .send({
      type: 'about:blank',
      title: STATUS_CODES[problem.statusCode] ?? 'Error',
      status: problem.statusCode,
      code: problem.code,
      say: problem.say,
      field: problem.field,
      retryAfterMs: problem.retryAfterMs,
    });
}

export const NOT_FOUND = new HttpProblem(404, 'not-found', 'There is nothing here.');

/** For `setErrorHandler`. What is not foreseen is logged, and told as little as possible. */
export function problemHandler(log: Logger) {
  return (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const problem = toProblem(error);
    if (problem.statusCode >= 500 && !(error instanceof HttpProblem)) {
      log.error({ err: error, method: request.method, route: routeOf(request) }, 'request failed');
    }
    return sendProblem(reply, problem);
  };
}

/** The pattern of the route, never the path: paths may carry a secret. */
export function routeOf(request: FastifyRequest): string {
  return request.routeOptions.url ?? '(none)';
}

function toProblem(error: unknown): HttpProblem {
  if (error instanceof HttpProblem) return error;
  if (error instanceof StoreUnavailable) {
    return new HttpProblem(503, 'unavailable', 'The hub cannot reach its store. Try again soon.', {
      retryAfterMs: 2_000,
    });
  }
  switch (statusOf(error)) {
    case 413:
      return new HttpProblem(413, 'too-large', 'That is too large.');
    case 415:
      return new HttpProblem(415, 'bad-request', 'Send it as application/json.');
    case 400:
      return new HttpProblem(400, 'bad-request', 'The request is malformed.');
    case 404:
      return NOT_FOUND;
    case 403:
      return new HttpProblem(403, 'forbidden', 'You may not do that.');
    default:
      return new HttpProblem(500, 'internal', 'Something went wrong here. It is in the log of the hub.');
  }
}

function statusOf(error: unknown): number {
  const status: unknown = error instanceof Error && 'statusCode' in error ? error.statusCode : 500;
  return typeof status === 'number' ? status : 500;
}
