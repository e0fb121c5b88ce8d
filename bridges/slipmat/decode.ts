import type { z } from 'zod';
import { type HelloFrame, helloFrame, type ParsedRequest, requestFrame } from './protocol.ts';

export type Decoded<T> =
  | { readonly ok: true; readonly value: T }
  /** `id` where one could be read, so that the answer finds its question. */
  | { readonly ok: false; readonly id: string | null; readonly field: string | null; readonly say: string };

export function decodeHello(text: string): Decoded<HelloFrame> {
  return decode(helloFrame, text);
}
export function decodeRequest(text: string): Decoded<ParsedRequest> {
  return decode(requestFrame, text);
}

function decode<T>(schema: z.ZodType<T>, text: string): Decoded<T> {
  const json = parseJson(text);
  if (json === undefined) return { ok: false, id: null, field: null, say: 'A frame must be one JSON object.' };
  return decodeValue(schema, json);
}

/** What a frame carries, by a schema of its own. */
export function decodeValue<T>(schema: z.ZodType<T>, json: object): Decoded<T> {
  const parsed = schema.safeParse(json);
  if (parsed.success) return { ok: true, value: parsed.data };
  const [issue] = parsed.error.issues;
  const field = issue === undefined ? null : fieldOf(issue);
  return { ok: false, id: idOf(json), field, say: `${field ?? 'The frame'} ${problemOf(issue)}.` };
}

/** @returns undefined for what is no JSON object */
function parseJson(text: string): object | undefined {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === 'object' && json !== null && !Array.isArray(json) ? json : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return undefined;
    throw error;
  }
}

function idOf(json: object): string | null {
  const id: unknown = 'id' in json ? json.id : null;
  return typeof id === 'string' && id.length > 0 && id.length <= 64 ? id : null;
}

function fieldOf(issue: z.core.$ZodIssue): string | null {
  const path = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : issue.path;
  return path.length === 0 ? null : path.map(String).join('.').slice(0, 80);
}

/** Says what is wrong without repeating the value. */
function problemOf(issue: z.core.$ZodIssue | undefined): string {
  switch (issue?.code) {
    case 'invalid_type':
      return `must be ${/^[aeiou]/.test(issue.expected) ? 'an' : 'a'} ${issue.expected}`;
    case 'too_big':
      return `must be at most ${issue.maximum}${issue.origin === 'string' ? ' characters' : ''}`;
    case 'too_small':
      return `must be at least ${issue.minimum}${issue.origin === 'string' ? ' characters' : ''}`;
    case 'unrecognized_keys':
      return 'is not a field of this frame';
    case 'invalid_union':
      return 'is not a kind of frame that the hub knows';
    case 'invalid_value':
      return `must be ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}`;
    case 'invalid_format':
      return issue.pattern === undefined ? 'is not well formed' : `must match ${issue.pattern}`;
    default:
      return 'is not well formed';
  }
}
