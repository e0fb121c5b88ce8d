import type { JsonSchema } from './json-schema.ts';

/** The document as a page to read: no script, nothing from elsewhere. */
export function referencePage(document: JsonSchema): string {
  const { info, paths, components } = document;
  const operations = entriesOf(paths).flatMap(([path, methods]) =>
    entriesOf(methods).map(([method, of]) => ({ path, method, of: schemaOf(of) })),
  );
  const groups = Map.groupBy(operations, ({ of }) => textsOf(of.tags)[0] ?? '');
  const names = [...groups.keys()].toSorted();
  const schemas = entriesOf(schemaOf(components).schemas);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Slipmat Hub API</title><style>${STYLE}</style></head><body>
<header><h1>Slipmat Hub API</h1><p>${prose(schemaOf(info).description)}</p>
<p>Below <code>/api/v1</code>, with <code>Authorization: Bearer TOKEN</code>.
<a href="/api/openapi.json">The OpenAPI document.</a></p></header>
<nav aria-label="Parts"><ul>${names.map((name) => `<li><a href="#${name}">${escaped(name)}</a></li>`).join('')}
<li><a href="#schemas">schemas</a></li></ul></nav><main>
${names.map((name) => sectionOf(name, groups.get(name) ?? [])).join('\n')}
<section id="schemas"><h2>Schemas</h2>${schemas.map(([name, of]) => sharedOf(name, schemaOf(of))).join('\n')}</section>
</main></body></html>
`;
}

interface Shown {
  readonly path: string;
  readonly method: string;
  readonly of: JsonSchema;
}

function sectionOf(name: string, operations: readonly Shown[]): string {
  return `<section id="${name}"><h2>${escaped(name)}</h2>${operations.map(articleOf).join('\n')}</section>`;
}

function articleOf({ path, method, of }: Shown): string {
  const { operationId, summary, description, parameters, requestBody, responses } = of;
  const fields = Array.isArray(parameters) ? parameters.map(schemaOf) : [];
  const body = schemaOf(schemaOf(schemaOf(schemaOf(requestBody).content)['application/json']).schema);
  return `<article id="${escaped(textOf(operationId))}">
<h3><code>${method.toUpperCase()} ${escaped(path)}</code></h3><p>${prose(summary)}. ${prose(description)}</p>
${tableOf('Parameters', fields.map(parameterRow))}${tableOf('Body', fieldRows(body))}${tableOf('Answers', entriesOf(responses).map(answerRow))}</article>`;
}

function sharedOf(name: string, schema: JsonSchema): string {
  const rows = fieldRows(schema);
  const shape = rows.length > 0 ? tableOf('Fields', rows) : `<p><code>${escaped(typeOf(schema))}</code></p>`;
  return `<article id="schema-${escaped(name)}"><h3>${escaped(name)}</h3>${shape}</article>`;
}

function parameterRow({ name, in: place, required, description, schema }: JsonSchema): string {
  const needed = required === true ? 'required' : '';
  return rowOf(textOf(name), `${textOf(place)} ${needed}`, typeOf(schemaOf(schema)), textOf(description));
}

function fieldRows({ properties, required }: JsonSchema): readonly string[] {
  const needed = textsOf(required);
  return entriesOf(properties).map(([name, of]) => {
    const schema = schemaOf(of);
    return rowOf(name, needed.includes(name) ? 'required' : '', typeOf(schema), textOf(schema.description));
  });
}

function answerRow([status, of]: readonly [string, unknown]): string {
  const { $ref, description, content } = schemaOf(of);
  const [kind = ''] = Object.keys(schemaOf(content));
  const schema = schemaOf(schemaOf(schemaOf(content)[kind]).schema);
  const problem = typeof $ref === 'string' ? 'Problem' : typeOf(schema);
  return rowOf(status, '', problem, textOf(description));
}

function rowOf(name: string, note: string, type: string, say: string): string {
  const cells = [`<code>${escaped(name)}</code>`, escaped(note.trim()), `<code>${escaped(type)}</code>`, prose(say)];
  return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
}

function tableOf(title: string, rows: readonly string[]): string {
  return rows.length === 0 ? '' : `<h4>${title}</h4><table><tbody>${rows.join('')}</tbody></table>`;
}

/** In a few words: `string`, `Channel[]`, `"a" | "b"`. */
function typeOf(schema: JsonSchema): string {
  const { $ref, type, anyOf, oneOf, enum: values, items, const: only, properties } = schema;
  if (typeof $ref === 'string') return $ref.slice($ref.lastIndexOf('/') + 1);
  if (only !== undefined) return JSON.stringify(only);
  if (Array.isArray(values)) return values.map((value) => JSON.stringify(value)).join(' | ');
  const choices = Array.isArray(anyOf) ? anyOf : Array.isArray(oneOf) ? oneOf : null;
  if (choices !== null) return choices.map((one) => typeOf(schemaOf(one))).join(' | ');
  if (type === 'array') return `${typeOf(schemaOf(items))}[]`;
  if (type === 'object' && properties !== undefined) return `{ ${Object.keys(schemaOf(properties)).join(', ')} }`;
  return Array.isArray(type) ? type.join(' | ') : typeof type === 'string' ? type : 'any';
}

function schemaOf(value: unknown): JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function entriesOf(value: unknown): readonly (readonly [string, unknown])[] {
  return Object.entries(schemaOf(value));
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

/** Words of the document, in which single backticks mark code; three of them are shown as they are. */
function prose(value: unknown): string {
  const text = escaped(textOf(value));
  return text.replace(/```[^`]+```|`([^`]+)`/g, (whole, code?: string) => `<code>${code ?? whole}</code>`);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

const STYLE = `:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;margin:0 auto;max-width:60rem;padding:1rem}
h3{margin:2rem 0 .25rem;overflow-wrap:anywhere}h4{margin:.75rem 0 .25rem;font-size:.9rem}
table{border-collapse:collapse;width:100%;font-size:.9rem}td{border-top:1px solid #8886;padding:.25rem .75rem .25rem 0;vertical-align:top;overflow-wrap:anywhere}
nav ul{list-style:none;padding:0;display:flex;flex-wrap:wrap;gap:.25rem 1rem}code{font-size:.95em}`;
