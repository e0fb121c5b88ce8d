/** JSON Schema as far as the API makes and reads it. */
export interface JsonSchema {
  readonly [key: string]: unknown;
}

/** What is known of one field. */
export interface Shape {
  readonly schema: JsonSchema;
  readonly isRequired: boolean;
}

/** The fields of an object schema. */
export function propertiesOf(schema: JsonSchema): readonly (Shape & { readonly name: string })[] {
  const { properties, required } = schema;
  const needed = Array.isArray(required) ? required : [];
  return Object.entries(isSchema(properties) ? properties : {}).map(([name, of]) => {
    return { name, schema: isSchema(of) ? of : {}, isRequired: needed.includes(name) };
  });
}

/** Without `null` among what it may be: what is left out of a query is null. */
export function withoutNull(schema: JsonSchema): JsonSchema {
  const { anyOf, default: usual, ...rest } = schema;
  const kept = usual === null || usual === undefined ? rest : { ...rest, default: usual };
  if (Array.isArray(kept.type)) {
    const types = kept.type.filter((one: unknown) => one !== 'null');
    return { ...kept, type: types.length === 1 ? types[0] : types };
  }
  if (!Array.isArray(anyOf)) return kept;
  const choices = anyOf.filter((one: unknown) => isSchema(one) && one.type !== 'null');
  const [only] = choices;
  return choices.length === 1 && isSchema(only) ? { ...only, ...kept } : { ...kept, anyOf: choices };
}

/** What a text in a query or a path stands for. */
export function kindOf(schema: JsonSchema): 'number' | 'boolean' | 'list' | 'text' {
  const { type } = withoutNull(schema);
  if (type === 'integer' || type === 'number') return 'number';
  if (type === 'array') return 'list';
  return type === 'boolean' ? 'boolean' : 'text';
}

/** Moves what several schemas share to one place, and makes them point there. */
export function hoisted(schema: JsonSchema, shared: Map<string, JsonSchema>): JsonSchema {
  const { $defs, $schema: _, ...rest } = schema;
  if (isSchema($defs)) {
    for (const [name, of] of Object.entries($defs)) {
      if (isSchema(of) && !shared.has(name)) shared.set(name, repointed(withoutId(of)));
    }
  }
  return repointed(withoutId(rest));
}

function withoutId({ id: _, $id: __, ...schema }: JsonSchema): JsonSchema {
  return schema;
}

function repointed(schema: JsonSchema): JsonSchema {
  return Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, repoint(key, value)]));
}

function repoint(key: string, value: unknown): unknown {
  if (key === '$ref' && typeof value === 'string') return value.replace('#/$defs/', '#/components/schemas/');
  if (Array.isArray(value)) return value.map((one: unknown) => repoint('', one));
  return isSchema(value) ? repointed(value) : value;
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
