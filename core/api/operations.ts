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
  readonly inPath: readonly Field[];
  readonly inQuery: readonly Field[];
  /** Null: it takes no body. */
  readonly body: JsonSchema | null;
  readonly isMaking: boolean;
  readonly isHeavy: boolean;
  readonly refusals: readonly Refusal[];
  readonly page: NonNullable<Rest['page']> | null;
}

/** All of them, in the order of the table. @param shared takes the schemas that several of them point to */
export function restOperations(shared: Map<string, JsonSchema>): readonly RestOperation[] {
  const make = (id: string, call: Call, operation: Operation<unknown, unknown>) => made(id, call, operation, shared);
  return alike([
    ...namesOf(questions).flatMap((name) => make(name, { kind: 'ask', name }, questions[name])),
    ...namesOf(said).flatMap((name) => make(name, { kind: 'say', name }, said[name])),
    ...namesOf(deeds).flatMap((name) => make(name, { kind: 'do', name }, deeds[name])),
  ]);
}

/** In paths of one form the same places have the same names, as the first of them has it. */
function alike(operations: readonly RestOperation[]): readonly RestOperation[] {
  const firsts = new Map<string, RestOperation>();
  return operations.map((operation) => {
    const form = operation.path.replaceAll(/\{\w+\}/g, '{}');
    const first = firsts.get(form) ?? operation;
    firsts.set(form, first);
    const inPath = operation.inPath.map((field, at) => ({ ...field, name: first.inPath[at]?.name ?? field.name }));
    return { ...operation, path: first.path, inPath };
  });
}

function namesOf<T extends object>(table: T): (keyof T & string)[] {
  return Object.keys(table) as (keyof T & string)[];
}

function made(
  id: string,
  call: Call,
  operation: Operation<unknown, unknown>,
  shared: Map<string, JsonSchema>,
): readonly RestOperation[] {
  const { rest, input, output, scope = 'account' } = operation;
  if (rest === undefined) return [];
  const shapes = propertiesOf(hoisted(z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' }), shared));
  const inPath = [...rest.path.matchAll(/\{(\w+)(?::(\w+))?\}/g)].map(([, name = '', field = name]) => {
    return { ...shapeOf(shapes, field, id), name, field, isRequired: true };
  });
  const others = shapes.filter(({ name }) => !inPath.some(({ field }) => field === name));
  const hasBody = rest.method === 'POST' || rest.method === 'PUT' || rest.method === 'PATCH';
  const fields = others.map((shape) => ({ ...shape, field: shape.name }));
  return [
    {
      id,
      call,
      method: rest.method,
      path: rest.path.replaceAll(/\{(\w+):\w+\}/g, '{$1}'),
      summary: rest.summary,
      scope,
      input,
      output,
      inPath,
      inQuery: hasBody ? [] : fields,
      body: hasBody && fields.length > 0 ? bodyOf(fields) : null,
      isMaking: rest.isMaking ?? false,
      isHeavy: rest.isHeavy ?? false,
      refusals: rest.refusals ?? [],
      page: rest.page ?? null,
    },
  ];
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
