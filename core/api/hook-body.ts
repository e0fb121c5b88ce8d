import type { FastifyRequest } from 'fastify';

/** What came to a webhook: JSON, and files beside it. */
export interface HookBody {
  readonly json: unknown;
  /** Of the text that the JSON was read from. */
  readonly length: number;
  readonly files: readonly File[];
}

const MOST_FILES = 10;

/** JSON as the body, in a form field, or beside files. Null: it cannot be read. */
export async function bodyOf({ headers, body }: FastifyRequest): Promise<HookBody | null> {
  if (!Buffer.isBuffer(body)) return null;
  const type = headers['content-type'] ?? '';
  if (type.startsWith('multipart/form-data')) return multipart(type, body);
  const text = body.toString('utf8');
  if (!type.startsWith('application/x-www-form-urlencoded')) return jsonOf(text);
  const payload = new URLSearchParams(text).get('payload');
  return payload === null ? null : jsonOf(payload);
}

async function multipart(type: string, body: Buffer): Promise<HookBody | null> {
  try {
    const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData();
    const json = form.get('payload_json') ?? form.get('payload');
    const read = typeof json === 'string' ? jsonOf(json) : jsonOf(JSON.stringify(fieldsOf(form)));
    const files = [...form.values()].filter((value) => value instanceof File).slice(0, MOST_FILES);
    return read === null ? null : { ...read, files };
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

/** Those who send no JSON send each field by itself. */
function fieldsOf(form: FormData): object {
  return Object.fromEntries([...form].filter(([, value]) => typeof value === 'string'));
}

function jsonOf(text: string): HookBody | null {
  try {
    return { json: JSON.parse(text), length: text.length, files: [] };
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return null;
    throw error;
  }
}
