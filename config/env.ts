import { ConfigError } from './config-error.ts';
import { fieldsOf, formsOf, isAnything, isNullable, nearest, SCHEMA, type SchemaNode, schemaAt } from './fields.ts';

/** A value that came from the environment, and the variable to name when it is wrong. */
export interface FromEnv {
  readonly variable: string;
  readonly path: readonly string[];
  readonly value: unknown;
}
export type Env = Readonly<Record<string, string | undefined>>;
export type ReadFile = (path: string) => string;

/** Short names of the fields that are set most. */
export const SHORT_NAMES: Readonly<Record<string, string>> = {
  HOST: 'host',
  PORT: 'port',
  PUBLIC_URL: 'publicUrl',
  DATA_DIR: 'dataDir',
  REDIS_URL: 'redisUrl',
};
const PREFIX = 'SLIPMAT_';
/** Variables of the tests, which a hub that they start inherits. */
const OF_TESTS = 'SLIPMAT_TEST_';
const FROM_FILE = '_FILE';

/** What the environment says of the configuration. An empty variable counts as unset, for that is how compose files unset one. */
export function readEnv(env: Env, readFile: ReadFile): { values: readonly FromEnv[]; errors: readonly ConfigError[] } {
  const values: FromEnv[] = [];
  const errors: ConfigError[] = [];
  const takenBy = new Map<string, string>();
  if (isSet(env.DATABASE_URL)) errors.push(noPostgres());
  for (const [variable, text] of Object.entries(env)) {
    if (!isSet(text)) continue;
    const found = readVariable(variable, text, readFile);
    if (found === null) continue;
    if (found instanceof ConfigError) {
      errors.push(found);
      continue;
    }
    const field = found.path.join('.');
    const other = takenBy.get(field);
    if (other !== undefined)
      errors.push(new ConfigError(variable, `says the same as ${other}`, 'Unset one of the two.'));
    takenBy.set(field, variable);
    values.push(found);
  }
  // Outer values first, so that a variable for one field of an object wins over one for the whole object.
  values.sort((a, b) => a.path.length - b.path.length);
  return { values, errors };
}

/** The variable that sets a field, such as `SLIPMAT_ACCOUNTS__SIGN_UP`. */
export function variableOf(path: readonly string[]): string {
  const short = Object.entries(SHORT_NAMES).find(([, field]) => path.length === 1 && field === path[0]);
  return short?.[0] ?? PREFIX + path.map(toUpperSnake).join('__');
}

function isSet(text: string | undefined): text is string {
  return text !== undefined && text !== '';
}

function noPostgres(): ConfigError {
  return new ConfigError(
    'DATABASE_URL',
    'PostgreSQL is not supported yet',
    'Unset it: the hub keeps its data in SQLite, in the folder of DATA_DIR.',
  );
}

/** Null for a variable that is not ours. */
function readVariable(variable: string, text: string, readFile: ReadFile): FromEnv | ConfigError | null {
  const target = targetOf(variable);
  if (target === null || target instanceof ConfigError) return target;
  const content = target.isFile ? readSecretFile(variable, text, readFile) : text;
  if (content instanceof ConfigError) return content;
  const value = coerce(content, target.schema);
  if (value === undefined) {
    return new ConfigError(
      variable,
      'is not valid JSON',
      `Write it as JSON in one line, such as ${jsonSample(target.schema)}.`,
    );
  }
  return { variable, path: target.path, value };
}

interface Target {
  readonly path: readonly string[];
  readonly schema: SchemaNode;
  readonly isFile: boolean;
}

function targetOf(variable: string): Target | ConfigError | null {
  const short = SHORT_NAMES[variable] ?? (variable === 'REDIS_URL_FILE' ? 'redisUrl' : undefined);
  if (short !== undefined) {
    const schema = schemaAt([short]);
    return schema === null ? null : { path: [short], schema, isFile: variable.endsWith(FROM_FILE) };
  }
  if (!variable.startsWith(PREFIX) || variable.startsWith(OF_TESTS)) return null;
  return direct(variable, false) ?? fromFile(variable) ?? unknownVariable(variable);
}

function direct(variable: string, isFile: boolean): Target | null {
  const path = variable.slice(PREFIX.length).split('__').map(toCamel);
  if (path.includes('')) return null;
  const schema = schemaAt(path);
  if (schema === null) return null;
  // A bridge's own settings have no schema here: there the ending always means a file.
  if (!isFile && isAnything(schema) && variable.endsWith(FROM_FILE)) return null;
  return { path, schema, isFile };
}

function fromFile(variable: string): Target | null {
  return variable.endsWith(FROM_FILE) ? direct(variable.slice(0, -FROM_FILE.length), true) : null;
}

function unknownVariable(variable: string): ConfigError {
  const guess = nearest(variable, knownVariables(SCHEMA, []));
  const mend = guess === null ? 'See docs/configuration.md for all of them; unset it.' : `Did you mean ${guess}?`;
  return new ConfigError(variable, 'sets no known field', mend);
}

function knownVariables(schema: SchemaNode, path: readonly string[]): readonly string[] {
  return Object.entries(fieldsOf(schema)).flatMap(([name, field]) => {
    const at = [...path, name];
    return [PREFIX + at.map(toUpperSnake).join('__'), ...knownVariables(field, at)];
  });
}

function readSecretFile(variable: string, path: string, readFile: ReadFile): string | ConfigError {
  try {
    return readFile(path).replace(/[\r\n]+$/, '');
  } catch (error) {
    return new ConfigError(
      variable,
      `names a file that cannot be read (${codeOf(error)})`,
      'Check the path and its rights.',
    );
  }
}

/** The code of a system error; never its text, which may quote the path or more. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown error';
}

/** Text as the schema wants it; what does not fit is left as text for the schema to refuse. Undefined: broken JSON. */
function coerce(text: string, schema: SchemaNode): unknown {
  if (isNullable(schema) && text === 'null') return null;
  const forms = new Set(formsOf(schema).map((form) => form.type));
  if ((forms.has('number') || forms.has('integer')) && /^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  if (forms.has('boolean') && (text === 'true' || text === 'false')) return text === 'true';
  const isJson = forms.has('array') || forms.has('object') || (isAnything(schema) && /^\s*[{[]/.test(text));
  if (!isJson) return text;
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function jsonSample(schema: SchemaNode): string {
  return formsOf(schema).some((form) => form.type === 'array') ? '["a", "b"]' : '{"a": 1}';
}

function toUpperSnake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

function toCamel(name: string): string {
  if (!/^[A-Z0-9]+(_[A-Z0-9]+)*$/.test(name)) return '';
  return name.toLowerCase().replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
