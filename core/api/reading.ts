import type { FastifyRequest } from 'fastify';
import { HttpProblem } from '../http/problems.ts';
import { issueOf } from '../plugin/asked/issue.ts';
import { kindOf } from './json-schema.ts';
import type { Field, RestOperation } from './operations.ts';

/** The input of an operation, from path, query and body. @throws {HttpProblem} that names the field */
export function readInput(operation: RestOperation, request: FastifyRequest): object {
  const { input } = operation;
  const { inPath, inQuery, body } = operation.shape();
  const query = recordOf(request.query);
  const extra = Object.keys(query).find((name) => !inQuery.some((field) => field.name === name));
  if (extra !== undefined) throw bad(extra.slice(0, 80), 'is not a parameter here');
  const fields = {
    ...bodyOf(request.body, body !== null, inPath),
    ...textsOf(inQuery, query),
    ...textsOf(inPath, recordOf(request.params)),
  };
  const parsed = input.safeParse(fields);
  if (parsed.success) return recordOf(parsed.data);
  const { field, say } = issueOf(parsed.error);
  throw bad(field ?? 'The body', say);
}

function bodyOf(body: unknown, isTaken: boolean, inPath: readonly Field[]): Record<string, unknown> {
  if (body === undefined || body === null) return {};
  if (typeof body !== 'object' || Array.isArray(body)) throw bad('The body', 'must be a JSON object');
  const fields = recordOf(body);
  const extra = Object.keys(fields).find((name) => !isTaken || inPath.some(({ field }) => field === name));
  if (extra !== undefined) throw bad(extra.slice(0, 80), 'is not a field of the body');
  return fields;
}

/** Texts as the values that they stand for; what cannot be read stays a text and is refused by the schema. */
function textsOf(fields: readonly Field[], from: Record<string, unknown>): Record<string, unknown> {
  const given = fields.flatMap((field) => {
    const text = from[field.name];
    return text === undefined ? [] : [[field.field, typeof text === 'string' ? readText(field, text) : text]];
  });
  return Object.fromEntries(given);
}

function readText({ schema }: Field, text: string): unknown {
  switch (kindOf(schema)) {
    case 'number':
      return /^-?\d{1,16}$/.test(text) ? Number(text) : text;
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : text;
    case 'list':
      return [text];
    case 'text':
      return text;
  }
}

function bad(field: string, say: string): HttpProblem {
  return new HttpProblem(400, 'bad-request', `${field} ${say}.`, { field });
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
