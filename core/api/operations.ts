import { z } from 'zod';
import type { Refusal } from '../domain/receipt.ts';
import type { Operation, Rest, ScopeOrNot } from '../plugin/asked/asked.ts';
import { type Said, said } from '../plugin/asked/said.ts';
import { deeds, questions } from '../plugin/asked/table.ts';
import type { Deeds, Questions } from '../plugin/surface.ts';
import { hoisted, type JsonSchema, propertiesOf, type Shape } from './json-schema.ts';

/** Which of the hub's doors an operation goes through. */
export type Call =
  | { readonly kind: 'ask'; readonly name: keyof Questions }
  | { readonly kind: 'do'; readonly name: keyof Deeds }
  | { readonly kind: 'say'; readonly name: keyof Said };

/** A field of the input, by the name that it has outside. */
export interface Field extends Shape {
  readonly name: string;
  /** In the input. */
  readonly field: string;
}

/** One operation of the REST API, made from the table of what is asked. */
export interface RestOperation {
  /** Unique: the name in the table. */
  readonly id: string;
  readonly call: Call;
  readonly method: Rest['method'];
  /** Below `/api/v1`, with braces. */
  readonly path: string;
  readonly summary: string;
  readonly scope: ScopeOrNot;
  readonly input: z.ZodType;
  readonly output: z.ZodType;
  /** Made when it is asked for: the hub need not wait for all of them when it starts. */
  readonly shape: () => RestShape;
  readonly isMaking: boolean;
  readonly isHeavy: boolean;
  readonly refusals: readonly Refusal[];
  readonly page: NonNullable<Rest['page']> | null;
}

/** Where each field of the input stands. */
export interface RestShape {
  readonly inPath: readonly Field[];
  readonly inQuery: readonly Field[];
  /** Null: it takes no body. */
  readonly body: JsonSchema | null;
}

/** A field that stands in the path. */
type Place = Pick<Field, 'name' | 'field'>;
type Draft = Omit<RestOperation, 'shape'> & { readonly places: readonly Place[] };

/**
 * All of them, in the order of the table.
 * @param shared takes the schemas that several of them point to, of each as it is made
 */
export function restOperations(shared: Map<string, JsonSchema> = new Map()): readonly RestOperation[] {
  const drafts = alike([
    ...namesOf(questions).flatMap((name) => draft(name, { kind: 'ask', name }, questions[name])),
    ...namesOf(said).flatMap((name) => draft(name, { kind: 'say', name }, said[name])),
    ...namesOf(deeds).flatMap((name) => draft(name, { kind: 'do', name }, deeds[name])),
  ]);
  return drafts.map(({ places, ...operation }) => {
    let shape: RestShape | null = null;
    return { ...operation, shape: () => (shape ??= shaped(operation, places, shared)) };
  });
}

/** In paths of one form the same places have the same names, as the first of them has it. */
function alike(operations: readonly Draft[]): readonly Draft[] {
  const firsts = new Map<string, Draft>();
  return operations.map((operation) => {
    const form = operation.path.replaceAll(/\{\w+\}/g, '{}');
    const first = firsts.get(form) ?? operation;
    firsts.set(form, first);
    const places = operation.places.map(({ name, field }, at) => ({ field, name: first.places[at]?.name ?? name }));
    return { ...operation, path: first.path, places };
  });
}

function namesOf<T extends object>(table: T): (keyof T & string)[] {
  return Object.keys(table) as (keyof T & string)[];
}

function draft(id: string, call: Call, operation: Operation<unknown, unknown>): readonly Draft[] {
  const { rest, input, output, scope = 'account' } = operation;
  if (rest === undefined) return [];
  return [
    {
      id,
      call,
      method: rest.method,
      path: rest.path.replaceAll(/\{(\w+):\w+\}/g, '{$1}'),
      places: [...rest.path.matchAll(/\{(\w+)(?::(\w+))?\}/g)].map(([, name = '', field = name]) => ({ name, field })),
      summary: rest.summary,
      scope,
      input,
      output,
      isMaking: rest.isMaking ?? false,
      isHeavy: rest.isHeavy ?? false,
      refusals: rest.refusals ?? [],
      page: rest.page ?? null,
    },
  ];
}

function shaped(
  { id, input, method }: Pick<RestOperation, 'id' | 'input' | 'method'>,
  places: readonly Place[],
  shared: Map<string, JsonSchema>,
): RestShape {
  const shapes = propertiesOf(hoisted(z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' }), shared));
  const inPath = places.map((place) => ({ ...shapeOf(shapes, place.field, id), ...place, isRequired: true }));
  const others = shapes.filter(({ name }) => !inPath.some(({ field }) => field === name));
  const fields = others.map((shape) => ({ ...shape, field: shape.name }));
  const hasBody = method === 'POST' || method === 'PUT' || method === 'PATCH';
  const body = hasBody && fields.length > 0 ? bodyOf(fields) : null;
  return { inPath, inQuery: hasBody ? [] : fields, body };
}

function shapeOf(shapes: readonly (Shape & { readonly name: string })[], field: string, id: string): Shape {
  const found = shapes.find(({ name }) => name === field);
  if (found === undefined) throw new Error(`${id}: its path names ${field}, which it does not take`);
  return found;
}

function bodyOf(fields: readonly Field[]): JsonSchema {
  const required = fields.filter(({ isRequired }) => isRequired).map(({ name }) => name);
  return {
    type: 'object',
    properties: Object.fromEntries(fields.map(({ name, schema }) => [name, schema])),
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  };
}
