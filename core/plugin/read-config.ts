import { ConfigError } from './errors.ts';

/** What is needed of a zod schema; the plugin interface itself loads no zod. */
export interface ConfigSchema<Config> {
  safeParse(
    input: unknown,
  ):
    | { readonly success: true; readonly data: Config }
    | { readonly success: false; readonly error: { readonly issues: readonly ConfigIssue[] } };
}
interface ConfigIssue {
  readonly code?: string | undefined;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly keys?: readonly string[];
}

/**
 * Reads the configuration of a bridge with a zod schema; use `z.strictObject`, so that a mistyped field is refused.
 * @param mend where to look, as a sentence
 * @throws {ConfigError} naming the field, never its value
 */
export function readConfig<Config>(schema: ConfigSchema<Config>, input: unknown, mend: string): Config {
  const read = schema.safeParse(input ?? {});
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  if (issue === undefined) throw new ConfigError('config', 'is wrong', mend);
  const path = issue.path.map(String);
  const stray = issue.code === 'unrecognized_keys' ? (issue.keys ?? []) : [];
  if (stray.length > 0) throw new ConfigError([...path, stray.join(', ')].join('.'), 'is not a known field', mend);
  throw new ConfigError(path.join('.') || 'config', lowerFirst(issue.message), mend);
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}
