import type { z } from 'zod';
import { issueOf } from '../../core/plugin/asked/issue.ts';
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
  const { field, say } = issueOf(parsed.error);
  return { ok: false, id: idOf(json), field, say: `${field ?? 'The frame'} ${say}.` };
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
