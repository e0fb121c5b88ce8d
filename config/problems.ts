import type { z } from 'zod';
import { ConfigError } from './config-error.ts';
import { fieldsOf, formsOf, isAnything, isNullable, nearest, type SchemaNode, schemaAt } from './fields.ts';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** What the schema found, in sentences for the operator; never with a value, which may be a secret. */
export function explainIssue(issue: Issue, tree: unknown, nameOf: (path: Path) => string): readonly ConfigError[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => unknownField(key, issue.path, nameOf));
  }
  const schema = schemaAt(issue.path) ?? {};
  const problem = isMissing(issue.path, tree) ? 'is missing' : sentenceOf(issue, schema);
  return [new ConfigError(nameOf(issue.path), problem, mendOf(schema))];
}

/** What is longer, or of more than one word, may be a value at a wrong place: it is not repeated. */
const PLAIN_NAME = /^[a-z][\w-]{0,39}$/i;

function unknownField(key: string, path: Path, nameOf: (path: Path) => string): ConfigError {
  const known = Object.keys(fieldsOf(schemaAt(path) ?? {}));
  const guess = nearest(key, known);
  const mend = guess === null ? `Remove it; known here: ${known.join(', ')}.` : `Did you mean ${guess}?`;
  if (PLAIN_NAME.test(key)) return new ConfigError(nameOf([...path, key]), 'is not a known field', mend);
  const place = path.length === 0 ? 'the top level' : nameOf(path);
  return new ConfigError(place, 'has a field whose name is none', `Remove it; known here: ${known.join(', ')}.`);
}

function isMissing(path: Path, tree: unknown): boolean {
  let at: unknown = tree;
  for (const step of path) {
    if (typeof at !== 'object' || at === null) return true;
    at = Reflect.get(at, step);
  }
  return at === undefined;
}

/** Checks of our own have their sentence; the rest is said from the schema. */
function sentenceOf(issue: Issue, schema: SchemaNode): string {
  if (issue.code === 'too_small' && issue.origin === 'string' && issue.minimum === 1) return 'must not be empty';
  return /^(must|is|names) /.test(issue.message) ? issue.message : `must be ${expectation(schema)}`;
}

function mendOf(schema: SchemaNode): string {
  const hint = schema.description ?? 'Correct it.';
  if (!('default' in schema) || schema.default === undefined) return hint;
  return `${hint} Without it: ${JSON.stringify(schema.default)}.`;
}

/** What may stand here, in words. */
export function expectation(schema: SchemaNode): string {
  if (isAnything(schema)) return 'anything';
  const forms = formsOf(schema).map(formInWords);
  return [...forms, ...(isNullable(schema) ? ['null'] : [])].join(', or ');
}

function formInWords(form: SchemaNode): string {
  if (form.enum !== undefined) return `one of ${form.enum.join(', ')}`;
  switch (form.type) {
    case 'integer':
      return `a whole number${rangeOf(form)}`;
    case 'number':
      return `a number${rangeOf(form)}`;
    case 'boolean':
      return 'true or false';
    case 'array':
      return 'a list';
    case 'object':
      return 'an object';
    default:
      return (form.minLength ?? 0) > 1 ? `text of at least ${form.minLength} characters` : 'text';
  }
}

function rangeOf({ minimum, maximum }: SchemaNode): string {
  if (minimum === undefined) return '';
  return maximum === undefined || maximum === Number.MAX_SAFE_INTEGER
    ? ` of at least ${minimum}`
    : ` from ${minimum} to ${maximum}`;
}
