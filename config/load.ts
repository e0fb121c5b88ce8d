import type { ConfigError } from './config-error.ts';
import { type Env, type FromEnv, type ReadFile, readEnv } from './env.ts';
import type { ConfigFile } from './file.ts';
import { type Origins, originsOf } from './origins.ts';
import { explainIssue } from './problems.ts';
import { type HubConfig, hubConfig } from './schema.ts';

export type LoadedConfig =
  | { readonly ok: true; readonly config: HubConfig; readonly origins: Origins }
  /** All problems at once, each with its mend. */
  | { readonly ok: false; readonly errors: readonly ConfigError[] };

export interface ConfigSources {
  readonly env: Env;
  /** @throws where the file cannot be read */
  readonly readFile: ReadFile;
  /** Instead of the one that `CONFIG` names. */
  readonly file?: string | undefined;
}

/** The configuration: the environment over the file over the defaults. */
export async function loadConfig({ env, readFile, file }: ConfigSources): Promise<LoadedConfig> {
  const name = file ?? env.CONFIG ?? '';
  const fromFile = name === '' ? NO_FILE : await fileNamed(name, readFile);
  const fromEnv = readEnv(env, readFile);
  const errors = [...fromFile.errors, ...fromEnv.errors];
  const tree = fromEnv.values.reduce((at, { path, value }) => withValue(at, path, value), fromFile.tree);
  // read once: to compile what checks it would take longer
  const parsed = hubConfig.safeParse(tree, { jitless: true });
  if (parsed.success && errors.length === 0) {
    return { ok: true, config: parsed.data, origins: originsOf(fromEnv.values, fromFile) };
  }
  const nameOf = (path: readonly PropertyKey[]): string => nameField(path, fromEnv.values, fromFile);
  // A file that could not be read leaves a tree without its fields: only what the environment says is judged then.
  const issues = parsed.success || fromFile.errors.length > 0 ? [] : parsed.error.issues;
  return { ok: false, errors: [...errors, ...issues.flatMap((issue) => explainIssue(issue, tree, nameOf))] };
}

const NO_FILE: ConfigFile = { tree: {}, errors: [], locate: () => null };

/** YAML takes long to load: only where there is a file. */
async function fileNamed(name: string, readFile: ReadFile): Promise<ConfigFile> {
  const { readConfigFile } = await import('./file.ts');
  return readConfigFile(name, readFile);
}

/** A copy of the tree with one value set; what is no object on the way is replaced by one. */
function withValue(tree: unknown, path: readonly string[], value: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  if (Array.isArray(tree) && /^\d+$/.test(step)) {
    const index = Math.min(Number(step), tree.length);
    const inner = withValue(tree[index], rest, value);
    return [...tree.slice(0, index), inner, ...tree.slice(index + 1)];
  }
  if (/^\d+$/.test(step)) return [withValue(undefined, rest, value)];
  const fields = typeof tree === 'object' && tree !== null ? tree : {};
  return { ...fields, [step]: withValue(Reflect.get(fields, step), rest, value) };
}

/** Where the operator finds the field: the variable, else the place in the file. */
function nameField(path: readonly PropertyKey[], values: readonly FromEnv[], file: ConfigFile): string {
  const field = fieldName(path);
  const variable = values.findLast((from) => from.path.every((step, index) => step === String(path[index])));
  if (variable !== undefined) {
    return variable.path.length === path.length ? variable.variable : `${variable.variable} (${field})`;
  }
  const place = file.locate(path);
  return place === null ? field : `${place} ${field}`;
}

function fieldName(path: readonly PropertyKey[]): string {
  return path.reduce<string>((name, step) => {
    if (typeof step === 'number') return `${name}[${step}]`;
    return name === '' ? String(step) : `${name}.${String(step)}`;
  }, '');
}
