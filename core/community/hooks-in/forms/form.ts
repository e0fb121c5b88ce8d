import type { Rich, RichNode } from '../../../domain/content.ts';

/** What somebody's payload says, in whichever form it came. */
export interface HookPost {
  readonly rich: Rich;
  /** Name and picture for this post; null: those of the webhook. */
  readonly name: string | null;
  readonly avatarUrl: string | null;
  /** The sender's own, the same when it sends the same again; null: there is none. */
  readonly key: string | null;
}

export type ReadForm = { readonly ok: true; readonly post: HookPost } | { readonly ok: false; readonly say: string };

/** The sender asks whether somebody is there, and there is nothing to say. */
export const NOTHING_TO_SAY: ReadForm = { ok: false, say: '' };

export type Fields = Readonly<Record<string, unknown>>;

export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

export function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.slice(0, MOST_ITEMS).map(fieldsOf) : [];
}
const MOST_ITEMS = 25;

/** A text that is not empty; else null. */
export function textOf(value: unknown): string | null {
  const text = typeof value === 'string' ? value.trim() : typeof value === 'number' ? String(value) : '';
  return text === '' ? null : text.slice(0, MAX_TEXT);
}
const MAX_TEXT = 4_000;

export function urlOf(value: unknown): string | null {
  const text = textOf(value);
  return text !== null && /^https?:\/\/\S{1,2000}$/i.test(text) ? text : null;
}

export function plain(text: string): RichNode {
  return { t: 'text', text };
}

export function bold(text: string): RichNode {
  return { t: 'bold', children: [plain(text)] };
}

/** The words lead to the page, where there is one. */
export function linked(text: string, url: string | null): RichNode {
  return url === null ? plain(text) : { t: 'link', url, children: [plain(text)] };
}

/** One below the other; what is empty is left out. */
export function lines(rows: readonly (Rich | null)[]): Rich {
  const kept = rows.filter((row) => row !== null && row.length > 0) as readonly Rich[];
  return kept.flatMap((row, at) => (at === 0 ? row : [plain('\n'), ...row]));
}

/** At most so many characters of the first line. */
export function firstLine(text: string, most = 200): string {
  const line = text.split('\n', 1)[0] ?? '';
  return line.length > most ? `${line.slice(0, most - 1)}…` : line;
}
