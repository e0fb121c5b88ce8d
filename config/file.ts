import { isMap, isNode, isScalar, LineCounter, type Node, Pair, parseDocument, visit } from 'yaml';
import { ConfigError } from './config-error.ts';
import { codeOf, type ReadFile } from './env.ts';

/** A configuration file as read. `locate` names the place of a field, or of the closest thing above it that is there. */
export interface ConfigFile {
  readonly tree: unknown;
  readonly errors: readonly ConfigError[];
  locate(path: readonly PropertyKey[]): string | null;
}

/** Reads a YAML file. Its errors carry line and column, never a piece of the file. */
export function readConfigFile(name: string, readFile: ReadFile): ConfigFile {
  let text: string;
  try {
    text = readFile(name);
  } catch (error) {
    return failed(name, `cannot be read (${codeOf(error)})`, 'Set CONFIG to the path of a readable file, or unset it.');
  }
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: true,
    logLevel: 'error',
  });
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${name}:${line}:${col}`;
  };
  const errors = [
    ...document.errors.map((error) => new ConfigError(at(error.pos[0]), ...explain(error.code))),
    ...oddNames(document.contents).map((offset) => new ConfigError(offset === null ? name : at(offset), ...ODD_NAME)),
  ];
  if (errors.length > 0) return { tree: {}, errors, locate: () => null };
  if (document.contents !== null && !isMap(document.contents)) {
    return failed(name, 'is not a map of fields', 'Write one `field: value` a line, as in config/hub.example.yaml.');
  }
  try {
    const tree: unknown = document.toJS({ maxAliasCount: 100 }) ?? {};
    return { tree, errors: [], locate: (path) => locate(document.contents, path, at) };
  } catch (error) {
    if (error instanceof ReferenceError)
      return failed(name, 'has an alias that names nothing or repeats too much', 'Write the values out.');
    throw error;
  }
}

const ODD_NAME = [
  'the name of a field is a list, an object or an alias',
  'Write `field: value`, without `?`.',
] as const;

/** Where names stand that are no plain text: read as data, they become text that may hold anything. */
function oddNames(root: Node | null): readonly (number | null)[] {
  const found: (number | null)[] = [];
  visit(root, {
    Pair(_, { key }) {
      if (key !== null && !isScalar(key)) found.push(startOf(key));
    },
  });
  return found;
}

function failed(name: string, problem: string, mend: string): ConfigFile {
  return { tree: {}, errors: [new ConfigError(name, problem, mend)], locate: () => null };
}

function locate(root: Node | null, path: readonly PropertyKey[], at: (offset: number) => string): string | null {
  let node: unknown = root;
  let offset: number | null = null;
  for (const step of path) {
    const inner = stepInto(node, step);
    if (inner === null) break;
    offset = inner.offset ?? offset;
    node = inner.node;
  }
  return offset === null ? null : at(offset);
}

function stepInto(node: unknown, step: PropertyKey): { readonly node: unknown; readonly offset: number | null } | null {
  if (isMap(node)) {
    const pair = node.items.find((item) => item instanceof Pair && keyOf(item.key) === String(step));
    return pair === undefined ? null : { node: pair.value, offset: startOf(pair.key) };
  }
  if (typeof node === 'object' && node !== null && 'items' in node && Array.isArray(node.items)) {
    const item: unknown = node.items[Number(step)];
    return item === undefined ? null : { node: item, offset: startOf(item) };
  }
  return null;
}

function keyOf(key: unknown): string {
  return typeof key === 'object' && key !== null && 'value' in key ? String(key.value) : String(key);
}

function startOf(node: unknown): number | null {
  return isNode(node) ? (node.range?.[0] ?? null) : null;
}

/** The parser's own texts may quote the file, and so a secret: only its codes are used. */
function explain(code: string): readonly [problem: string, mend: string] {
  switch (code) {
    case 'DUPLICATE_KEY':
      return ['the same field stands twice', 'Remove one of the two.'];
    case 'BAD_INDENT':
      return [
        'the indentation is wrong, or a bracket before it is not closed',
        'Close what is open; indent with spaces, the same number for fields of one object.',
      ];
    case 'BLOCK_AS_IMPLICIT_KEY':
    case 'MULTILINE_IMPLICIT_KEY':
      return [
        'a colon is missing, or there is one too many',
        'Write `field: value`; put a text with a colon in quotes.',
      ];
    case 'TAB_AS_INDENT':
      return ['the indentation is wrong', 'Indent with spaces, the same number for fields of one object.'];
    case 'MULTIPLE_DOCS':
      return ['there is more than one document', 'Remove the line `---` and what follows it.'];
    case 'MISSING_CHAR':
      return ['a quote, bracket or colon is missing', 'Close what is open on this line or above it.'];
    case 'BAD_ALIAS':
      return ['an alias names nothing', 'Put a text that begins with * in quotes.'];
    default:
      return ['this is not valid YAML', 'Put texts with special characters in quotes, and check the indentation.'];
  }
}
