import type { FromEnv } from './env.ts';
import type { ConfigFile } from './file.ts';

/** Where the value of a field came from. */
export type Origin =
  | { readonly kind: 'default' }
  /** `where`: the variable, or the place in the file. Never a value. */
  | { readonly kind: 'environment' | 'file'; readonly where: string };
/** By the path of the field; indexes of lists are steps, too. */
export type Origins = (path: readonly string[]) => Origin;

/** Of a configuration that nobody has loaded. */
export const UNKNOWN_ORIGINS: Origins = () => ({ kind: 'default' });

/** The environment goes over the file. What is inside a field counts for it: it is shown as one. */
export function originsOf(values: readonly FromEnv[], file: ConfigFile): Origins {
  return (path) => {
    const variable = values.findLast((from) => isWithin(from.path, path) || isWithin(path, from.path));
    if (variable !== undefined) return { kind: 'environment', where: variable.variable };
    const place = isIn(file.tree, path) ? file.locate(path) : null;
    return place === null ? { kind: 'default' } : { kind: 'file', where: place };
  };
}

/** Whether `inner` is this very field or one inside it. */
function isWithin(outer: readonly string[], inner: readonly string[]): boolean {
  return outer.every((step, index) => step === inner[index]);
}

function isIn(tree: unknown, path: readonly string[]): boolean {
  let at = tree;
  for (const step of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return false;
    at = Reflect.get(at, step);
  }
  return true;
}
