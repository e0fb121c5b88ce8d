import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';
import { assertNever } from '../domain/content.ts';
import type { Actor } from '../domain/inbound.ts';
import type { Refusal } from '../domain/receipt.ts';
import { parseJson, statusOf } from '../http/auth-body.ts';
import { HttpProblem } from '../http/problems.ts';
import type { Access } from './access.ts';
import type { RestOperation } from './operations.ts';
import type { ApiPort } from './port.ts';
import { readInput } from './reading.ts';
import { type Saying, say } from './say.ts';

export const API_PATH = '/api/v1';
const MAX_BODY_BYTES = 64 * 1024;
/** What a read that costs as much as ten others counts for. */
const HEAVY_COST = 10;
/** Counted by token; those of addresses are for what comes without one. */
export const OWN_LIMITS = { rateLimit: false } as const;
const METHODS: readonly HTTPMethods[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

export interface RouteDeps {
  readonly operations: readonly RestOperation[];
  readonly access: Access;
  readonly port: () => ApiPort;
}

type Result =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly code: Refusal; readonly say: string; readonly retryAfterMs?: number | null };

/** Adds every operation, and an answer for the methods that its path does not take. */
export function addOperations(app: FastifyInstance, deps: RouteDeps): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string', bodyLimit: MAX_BODY_BYTES }, parseJson);
  for (const operation of deps.operations) {
    app.route({
      method: operation.method,
      url: urlOf(operation.path),
      exposeHeadRoute: false,
      config: OWN_LIMITS,
      handler: async (request, reply) => {
        const actor = await deps.access.enter(request, reply, operation.isHeavy ? HEAVY_COST : 1);
        const input = readInput(operation, request);
        return answer(reply, operation, await run(deps.port(), actor, operation, input, keyOf(request)));
      },
    });
  }
  for (const [path, methods] of methodsByPath(deps.operations)) refuseOthers(app, path, methods);
}

/** Each has checked its input by its schema, so that the table's types hold. */
async function run(
  port: ApiPort,
  actor: Actor,
  { call }: RestOperation,
  input: object,
  key: string | null,
): Promise<Result> {
  switch (call.kind) {
    case 'ask':
      return port.ask(actor, call.name, input as never);
    case 'do':
      return port.do(actor, call.name, input as never);
    case 'say':
      return say(port, actor, { name: call.name, input } as Saying, key);
    default:
      return assertNever(call);
  }
}

function answer(reply: FastifyReply, operation: RestOperation, result: Result): FastifyReply {
  reply.header('cache-control', 'no-store');
  if (!result.ok) {
    const { code, say: text, retryAfterMs = null } = result;
    throw new HttpProblem(statusOf(code), code, text, retryAfterMs === null ? {} : { retryAfterMs });
  }
  reply.code(statusFor(operation, result.value));
  const { page } = operation;
  if (page === null) return reply.send(result.value);
  return reply.send({ ...objectOf(result.value), next: nextOf(page, result.value) });
}

/** What was made is 201; what waits for a moderator is taken and not there yet. */
function statusFor({ isMaking }: RestOperation, value: unknown): number {
  const outcome = objectOf(value).outcome;
  if (outcome === 'held') return 202;
  return isMaking && outcome !== 'duplicate' && outcome !== 'unchanged' ? 201 : 200;
}

/** What to ask with for more; null at the end. */
function nextOf(page: NonNullable<RestOperation['page']>, value: unknown): unknown {
  const { [page.list]: list, isEnd } = objectOf(value);
  const last: unknown = Array.isArray(list) && isEnd !== true ? list.at(-1) : undefined;
  const found = page.last.split('.').reduce<unknown>((at, name) => objectOf(at)[name], last);
  return found ?? null;
}

function keyOf(request: FastifyRequest): string | null {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return null;
  if (typeof key === 'string' && /^[A-Za-z0-9_-]{8,64}$/.test(key)) return key;
  throw new HttpProblem(400, 'bad-request', 'Idempotency-Key must be 8 to 64 letters, digits, dashes or underscores.', {
    field: 'Idempotency-Key',
  });
}

function methodsByPath(operations: readonly RestOperation[]): ReadonlyMap<string, readonly string[]> {
  const paths = Map.groupBy(operations, ({ path }) => path);
  return new Map([...paths].map(([path, own]) => [path, own.map(({ method }) => method)]));
}

/** Tells which methods a path takes. */
export function refuseOthers(app: FastifyInstance, path: string, methods: readonly string[]): void {
  app.route({
    method: METHODS.filter((method) => !methods.includes(method)),
    url: urlOf(path),
    exposeHeadRoute: false,
    config: OWN_LIMITS,
    handler: (_request, reply) => {
      reply.header('allow', methods.join(', '));
      throw new HttpProblem(405, 'bad-method', `Only ${methods.join(', ')} can be used here.`);
    },
  });
}

/** As fastify writes it. */
export function urlOf(path: string): string {
  return `${API_PATH}${path.replaceAll(/\{(\w+)\}/g, ':$1')}`;
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
