import { variableOf } from './env.ts';
import { fieldsOf, formsOf, SCHEMA, type SchemaNode } from './fields.ts';
import type { Origin, Origins } from './origins.ts';
import type { HubConfig } from './schema.ts';

/** One field of the configuration as it is in force. */
export interface Setting {
  /** Such as `accounts.signUp` or `bridges[0].use`. */
  readonly field: string;
  readonly describe: string;
  /** As JSON; null where it is a secret. */
  readonly value: string | null;
  readonly isSecret: boolean;
  /** Whether there is any value but null. */
  readonly isSet: boolean;
  readonly origin: Origin;
  /** The variable that would set it. */
  readonly variable: string;
}

/** Every field with its value and where that came from. Pure. Values of secrets are left out, and passwords in addresses. */
export function settingsInForce(config: HubConfig, origins: Origins): readonly Setting[] {
  return settingsOf(SCHEMA, config, [], origins);
}

function settingsOf(schema: SchemaNode, value: unknown, path: readonly string[], origins: Origins): readonly Setting[] {
  if (schema.secret !== true) {
    const items = formsOf(schema).find((form) => form.items !== undefined)?.items;
    if (Array.isArray(value) && items !== undefined && Object.keys(fieldsOf(items)).length > 0 && value.length > 0) {
      return value.flatMap((one: unknown, index) => settingsOf(items, one, [...path, String(index)], origins));
    }
    const fields = Object.entries(fieldsOf(schema));
    if (fields.length > 0 && typeof value === 'object' && value !== null) {
      return fields.flatMap(([name, field]) => settingsOf(field, Reflect.get(value, name), [...path, name], origins));
    }
  }
  return [settingOf(schema, value ?? null, path, origins)];
}

function settingOf(schema: SchemaNode, value: unknown, path: readonly string[], origins: Origins): Setting {
  const isSecret = schema.secret === true;
  return {
    field: fieldName(path),
    describe: schema.description ?? '',
    value: isSecret ? null : JSON.stringify(withoutPasswords(value)),
    isSecret,
    isSet: value !== null,
    origin: origins(path),
    variable: variableOf(path),
  };
}

function fieldName(path: readonly string[]): string {
  return path.reduce((name, step) => {
    if (/^\d+$/.test(step)) return `${name}[${step}]`;
    return name === '' ? step : `${name}.${step}`;
  }, '');
}

/** Addresses may carry a name and a password, wherever they stand. */
function withoutPasswords(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPasswords);
  if (typeof value !== 'string' || !value.includes('@') || !URL.canParse(value)) return value;
  const url = new URL(value);
  if (url.username === '' && url.password === '') return value;
  url.username = '***';
  url.password = '';
  return url.href;
}

/**
 * Everything in the configuration that must never be shown, longest first: of secrets every text in them, however deep.
 * Short texts are no secrets, and would tear words apart.
 */
export function secretTexts(config: HubConfig): readonly string[] {
  const found = new Set<string>();
  collect(SCHEMA, config, false, found);
  return [...found].toSorted((a, b) => b.length - a.length);
}

/** Takes them out of texts. They are looked for once the first text comes: a hub starts without that. */
export function concealer(config: HubConfig): (text: string) => string {
  let secrets: readonly string[] | null = null;
  return (text) => {
    secrets ??= secretTexts(config);
    return secrets.reduce((said, secret) => said.replaceAll(secret, '***'), text);
  };
}

const SHORTEST_SECRET = 8;

function collect(schema: SchemaNode | null, value: unknown, isSecret: boolean, found: Set<string>): void {
  const isHidden = isSecret || schema?.secret === true;
  if (typeof value === 'string') {
    if (isHidden) for (const text of textsOf(value)) if (text.length >= SHORTEST_SECRET) found.add(text);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  const forms = schema === null ? [] : formsOf(schema);
  const items = forms.find((form) => form.items !== undefined)?.items ?? null;
  const fields = schema === null ? {} : fieldsOf(schema);
  for (const [name, inner] of Object.entries(value)) {
    collect(Array.isArray(value) ? items : (fields[name] ?? null), inner, isHidden, found);
  }
}

/** An address as a whole, and the password in it. */
function textsOf(value: string): readonly string[] {
  if (!URL.canParse(value)) return [value];
  const { password } = new URL(value);
  return password === '' ? [value] : [value, password, decodeURIComponent(password)];
}
