import { z } from 'zod';
import { hubConfig } from './schema.ts';

/** One node of the configuration's JSON Schema, as far as the loader and the documents need it. */
export interface SchemaNode {
  readonly type?: string | readonly string[] | undefined;
  readonly description?: string | undefined;
  readonly default?: unknown;
  readonly secret?: boolean | undefined;
  readonly enum?: readonly unknown[] | undefined;
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
  readonly minLength?: number | undefined;
  readonly anyOf?: readonly SchemaNode[] | undefined;
  readonly properties?: Readonly<Record<string, SchemaNode>> | undefined;
  readonly items?: SchemaNode | undefined;
  readonly required?: readonly string[] | undefined;
}

const node: z.ZodType<SchemaNode> = z.lazy(() =>
  z.object({
    type: z.union([z.string(), z.array(z.string())]).optional(),
    description: z.string().optional(),
    default: z.unknown().optional(),
    secret: z.boolean().optional(),
    enum: z.array(z.unknown()).optional(),
    minimum: z.number().optional(),
    maximum: z.number().optional(),
    minLength: z.number().optional(),
    anyOf: z.array(node).optional(),
    properties: z.record(z.string(), node).optional(),
    items: node.optional(),
    required: z.array(z.string()).optional(),
  }),
);

/** The schema as plain data: what the variables, the suggestions, the example and the table are made from. */
export const SCHEMA: SchemaNode = node.parse(z.toJSONSchema(hubConfig, { io: 'input' }));

/** The forms a value may take, null apart. */
export function formsOf(schema: SchemaNode): readonly SchemaNode[] {
  return allForms(schema).filter((form) => form.type !== 'null');
}

export function isNullable(schema: SchemaNode): boolean {
  return allForms(schema).some((form) => form.type === 'null');
}

function allForms(schema: SchemaNode): readonly SchemaNode[] {
  if (schema.anyOf !== undefined) return schema.anyOf;
  return typeof schema.type === 'object' ? schema.type.map((type) => ({ ...schema, type })) : [schema];
}

/** Names and schemas of the fields inside; empty where there are none. */
export function fieldsOf(schema: SchemaNode): Readonly<Record<string, SchemaNode>> {
  return formsOf(schema).find((form) => form.properties !== undefined)?.properties ?? {};
}

/** The schema at a path; null where the schema knows no such field. An empty one allows anything. */
export function schemaAt(path: readonly PropertyKey[]): SchemaNode | null {
  let at: SchemaNode = SCHEMA;
  for (const step of path) {
    const next = stepInto(at, step);
    if (next === null) return null;
    at = next;
  }
  return at;
}

function stepInto(schema: SchemaNode, step: PropertyKey): SchemaNode | null {
  if (isAnything(schema)) return schema;
  const items = formsOf(schema).find((form) => form.items !== undefined)?.items;
  if (items !== undefined && /^\d+$/.test(String(step))) return items;
  return fieldsOf(schema)[String(step)] ?? null;
}

/** Whether the schema says nothing of the value's form. */
export function isAnything(schema: SchemaNode): boolean {
  return schema.type === undefined && schema.anyOf === undefined && schema.enum === undefined;
}

/** The closest known word, when it is close enough to be what was meant. */
export function nearest(word: string, known: readonly string[]): string | null {
  if (word.length > 64) return null;
  const ranked = known
    .map((candidate) => ({ candidate, distance: editDistance(word.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  return best !== undefined && best.distance <= Math.max(2, Math.floor(word.length / 3)) ? best.candidate : null;
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(swap, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}
