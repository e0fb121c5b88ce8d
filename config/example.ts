import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { variableOf } from './env.ts';
import { fieldsOf, formsOf, SCHEMA, type SchemaNode } from './fields.ts';
import { expectation } from './problems.ts';

/*
 * Makes `config/hub.example.yaml` and the table of `docs/configuration.md` from the schema.
 * Run it to write them; with `--check` it only compares, and ends with 1 where they differ.
 */

const HEADER = `# Slipmat Hub: every field with its default. Made from config/schema.ts; do not edit.
# Keep what you change, and point CONFIG at your file. Variables in [brackets] win over the file.
`;

/** The example file: loading it gives the defaults. */
export function exampleYaml(): string {
  return `${HEADER}\n${fieldLines(SCHEMA, [], 0)}`;
}

function fieldLines(schema: SchemaNode, path: readonly string[], depth: number): string {
  const blocks = Object.entries(fieldsOf(schema)).map(([name, field]) =>
    fieldLine(name, field, [...path, name], depth),
  );
  return blocks.join(depth === 0 ? '\n' : '');
}

function fieldLine(name: string, field: SchemaNode, path: readonly string[], depth: number): string {
  const indent = '  '.repeat(depth);
  const isGroup = field.default !== null && Object.keys(fieldsOf(field)).length > 0;
  const comment = isGroup ? field.description : `${field.description ?? ''} [${variableOf(path)}]`.trim();
  const head = comment === undefined ? '' : `${indent}# ${comment}\n`;
  if (isGroup) return `${head}${indent}${name}:\n${fieldLines(field, path, depth + 1)}`;
  return `${head}${innerExample(field, indent)}${indent}${name}: ${stringify(field.default).trim()}\n`;
}

/** Fields of what is null or empty by default, as comments. */
function innerExample(field: SchemaNode, indent: string): string {
  const item = formsOf(field).find((form) => form.items !== undefined)?.items;
  const inner = Object.entries(fieldsOf(item ?? field));
  return inner
    .map(([name, schema], index) => {
      const lead = item === undefined ? '  ' : index === 0 ? '  - ' : '    ';
      return `${indent}#${lead}${name}: ${sampleOf(schema)}  # ${schema.description ?? ''}\n`;
    })
    .join('');
}

function sampleOf(schema: SchemaNode): string {
  if (schema.default !== undefined) return stringify(schema.default).trim();
  return formsOf(schema).some((form) => form.type === 'string') ? '...' : '{}';
}

/** One line a field: name, variable, what may stand there, default, meaning. */
export function configTable(): string {
  const rows = tableRows(SCHEMA, []);
  return ['| Field | Variable | Value | Default | Meaning |', '|---|---|---|---|---|', ...rows].join('\n');
}

function tableRows(schema: SchemaNode, path: readonly string[]): readonly string[] {
  return Object.entries(fieldsOf(schema)).flatMap(([name, field]) => {
    const at = [...path, name];
    const inner = tableRows(field, at);
    const isGroup = inner.length > 0 && field.default !== null;
    return isGroup ? inner : [tableRow(at, field), ...inner, ...itemRows(field, at)];
  });
}

function itemRows(field: SchemaNode, path: readonly string[]): readonly string[] {
  const item = formsOf(field).find((form) => form.items !== undefined)?.items;
  return Object.entries(fieldsOf(item ?? {})).map(([name, schema]) => tableRow([...path, '0', name], schema));
}

function tableRow(path: readonly string[], field: SchemaNode): string {
  const name = path.join('.').replace('.0.', '[].');
  const fallback = field.default === undefined ? '' : `\`${JSON.stringify(field.default)}\``;
  const secret = field.secret === true ? ' Secret.' : '';
  const cells = [
    `\`${name}\``,
    `\`${variableOf(path)}\``,
    expectation(field),
    fallback,
    (field.description ?? '') + secret,
  ];
  return `| ${cells.join(' | ')} |`;
}

const BEGIN = '<!-- made from config/schema.ts: begin -->';
const END = '<!-- made from config/schema.ts: end -->';

/** The page with its table made anew. */
export function withTable(page: string): string {
  const [before = '', rest = ''] = page.split(BEGIN);
  const after = rest.split(END)[1] ?? '';
  return `${before}${BEGIN}\n${configTable()}\n${END}${after}`;
}

if (import.meta.main) {
  const example = fileURLToPath(new URL('hub.example.yaml', import.meta.url));
  const page = fileURLToPath(new URL('../docs/configuration.md', import.meta.url));
  const wanted: readonly (readonly [string, string])[] = [
    [example, exampleYaml()],
    [page, withTable(readFileSync(page, 'utf8'))],
  ];
  for (const [file, text] of wanted) {
    if (!process.argv.includes('--check')) writeFileSync(file, text);
    else if (readFileSync(file, 'utf8') !== text) {
      console.error(`${file} is not what the schema says. Run: node config/example.ts`);
      process.exitCode = 1;
    }
  }
}
