import { z } from 'zod';
import { SCOPES } from '../domain/scopes.ts';
import { statusOf } from '../http/auth-body.ts';
import { hoisted, type JsonSchema, withoutNull } from './json-schema.ts';
import { type Field, type RestOperation, restOperations } from './operations.ts';
import { STREAM_OPERATION } from './stream-document.ts';

/** What each status says of a request that was turned down. */
const PROBLEMS: Readonly<Record<string, string>> = {
  400: 'Malformed or out of bounds; `field` names what.',
  401: 'No token, or one that is no good any more.',
  403: 'The token lacks the scope, or its holder may not.',
  404: 'There is no such thing, or not for you.',
  405: 'Another method is meant.',
  409: 'It is not as you think it is: look again.',
  413: 'The body is too large.',
  415: 'The body is not JSON.',
  429: 'Too many requests; see `Retry-After`.',
  '5XX': 'The hub cannot do that now; try again.',
};
/** What a path names may not be there; and so may what is named beside it. */
const NAMED_IN_PATH = new Set(['channel', 'message', 'event', 'id', 'portal', 'webhook']);
const NAMED_BESIDE = new Set(['channel', 'event', 'portal', 'users']);

/** The OpenAPI 3.1 document of the API, from the same schemas that hold what comes in. */
export function openApiOf(version: string): JsonSchema {
  const schemas = new Map<string, JsonSchema>();
  const operations = restOperations(schemas);
  // what comes in is told of before what goes out
  for (const { shape } of operations) shape();
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of operations) {
    const path = paths[operation.path] ?? {};
    paths[operation.path] = path;
    path[operation.method.toLowerCase()] = operationOf(operation, schemas);
  }
  const stream = { get: { ...STREAM_OPERATION.get, responses: streamResponses() } };
  paths[STREAM_OPERATION.path] = { ...stream, ...paths[STREAM_OPERATION.path] };
  return {
    openapi: '3.1.1',
    info: {
      title: 'Slipmat Hub',
      version,
      description:
        'Everything the web app can do that is not live traffic. Times are milliseconds since 1970, UTC. Errors are ' +
        '`application/problem+json` with a stable `code`. What is left out of a query is null.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/api/v1' }],
    security: [{ token: [] }],
    tags: [...new Set(operations.map(tagOf))].map((name) => ({ name })),
    paths,
    components: {
      schemas: { ...Object.fromEntries(schemas), Problem: PROBLEM },
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description: `A token for programs (\`slip_…\`) or of a session. Scopes: ${SCOPES.join(', ')}.`,
        },
      },
      responses: Object.fromEntries(Object.entries(PROBLEMS).map(([status, say]) => [nameOf(status), problemOf(say)])),
      headers: RATE_HEADERS,
    },
  };
}

function operationOf(operation: RestOperation, schemas: Map<string, JsonSchema>): JsonSchema {
  const { id, summary, scope, call } = operation;
  const { inPath, inQuery, body } = operation.shape();
  const needs =
    scope === 'session' ? 'No token for programs does it: sign in.' : scope === 'any' ? '' : `Scope: \`${scope}\`.`;
  const key = call.kind === 'say' && call.name !== 'command' ? [IDEMPOTENCY_KEY] : [];
  return {
    operationId: id,
    summary,
    description: needs,
    'x-scope': scope,
    tags: [tagOf(operation)],
    parameters: [
      ...inPath.map((field) => parameterOf(field, 'path')),
      ...inQuery.map((field) => parameterOf(field, 'query')),
      ...key,
    ],
    ...(body !== null && {
      requestBody: {
        required: Array.isArray(body.required),
        content: { 'application/json': { schema: body } },
      },
    }),
    responses: { ...successesOf(operation, schemas), ...refusalsOf(operation) },
  };
}

function parameterOf({ name, schema, isRequired }: Field, place: 'path' | 'query'): JsonSchema {
  const { description, ...rest } = withoutNull(schema);
  return { name, in: place, required: isRequired, ...(description !== undefined && { description }), schema: rest };
}

function successesOf(operation: RestOperation, schemas: Map<string, JsonSchema>): JsonSchema {
  const { output, page, isMaking, call } = operation;
  const made = hoisted(z.toJSONSchema(output, { io: 'output', unrepresentable: 'any' }), schemas);
  const schema = page === null ? made : withNext(made);
  const ok = (description: string): JsonSchema => ({
    description,
    headers: RATE_REFS,
    content: { 'application/json': { schema } },
  });
  if (call.kind === 'say' && call.name === 'post') {
    return { 200: ok('It was there already.'), 201: ok('It is stored.'), 202: ok('It waits for a moderator.') };
  }
  return isMaking ? { 201: ok('It is made.') } : { 200: ok('Done.') };
}

function withNext({ properties, required, ...schema }: JsonSchema): JsonSchema {
  const fields = typeof properties === 'object' && properties !== null ? properties : {};
  const next = { type: ['string', 'integer', 'null'], description: 'Ask with it for more; null: there is no more.' };
  return {
    ...schema,
    properties: { ...fields, next },
    required: [...(Array.isArray(required) ? required : []), 'next'],
  };
}

/** Statuses that the operation may answer besides its successes. */
export function refusalStatuses(operation: RestOperation): readonly string[] {
  const { path, refusals, method, scope } = operation;
  const { inPath, inQuery, body } = operation.shape();
  const hasBody = method === 'POST' || method === 'PUT' || method === 'PATCH';
  const fields = body?.properties;
  const inBody = typeof fields === 'object' && fields !== null ? Object.keys(fields) : [];
  const beside = path.startsWith('/me/') ? [] : [...inQuery.map(({ name }) => name), ...inBody];
  const isNaming = inPath.some(({ name }) => NAMED_IN_PATH.has(name)) || beside.some((name) => NAMED_BESIDE.has(name));
  return [
    '400',
    '401',
    ...(scope === 'any' ? [] : ['403']),
    ...(isNaming ? ['404'] : []),
    ...new Set(refusals.map((code) => String(statusOf(code)))),
    ...(hasBody ? ['413', '415'] : []),
    '429',
    '5XX',
  ];
}

function refusalsOf(operation: RestOperation): JsonSchema {
  const pairs = refusalStatuses(operation).map((status) => {
    return [status, { $ref: `#/components/responses/${nameOf(status)}` }];
  });
  return Object.fromEntries(pairs);
}

function streamResponses(): JsonSchema {
  const refused = ['400', '401', '403', '404', '429', '5XX'].map((status) => {
    return [status, { $ref: `#/components/responses/${nameOf(status)}` }];
  });
  const stream = { description: 'The stream.', content: { 'text/event-stream': { schema: { type: 'string' } } } };
  return { 200: stream, ...Object.fromEntries(refused) };
}

function nameOf(status: string): string {
  return `Problem${status}`;
}

function problemOf(description: string): JsonSchema {
  return {
    description,
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  };
}

/** `/channels/{channel}/messages/…` belongs to `messages`. */
function tagOf({ path }: Pick<RestOperation, 'path'>): string {
  const [first = '', , ofChannel] = path.slice(1).split('/');
  return first === 'channels' && ofChannel !== undefined ? ofChannel : first;
}

const PROBLEM: JsonSchema = {
  type: 'object',
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', description: 'Stable.' },
    say: { type: 'string', description: 'A sentence for people.' },
    field: { type: ['string', 'null'] },
    retryAfterMs: { type: ['integer', 'null'] },
  },
  required: ['type', 'title', 'status', 'code', 'say', 'field', 'retryAfterMs'],
  additionalProperties: false,
};

const IDEMPOTENCY_KEY: JsonSchema = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'The same on every repeat: it is done once.',
  schema: { type: 'string', pattern: '^[A-Za-z0-9_-]{8,64}$' },
};

const RATE_HEADERS: JsonSchema = {
  'RateLimit-Limit': { description: 'Requests a minute of this token.', schema: { type: 'integer' } },
  'RateLimit-Remaining': { description: 'What is left of them.', schema: { type: 'integer' } },
  'RateLimit-Reset': { description: 'Seconds until they are all there again.', schema: { type: 'integer' } },
};
const RATE_REFS = Object.fromEntries(
  Object.keys(RATE_HEADERS).map((name) => [name, { $ref: `#/components/headers/${name}` }]),
);
