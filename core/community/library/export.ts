import type { LibraryItem } from '../../domain/library.ts';

const COLUMNS = [
  'time',
  'kind',
  'title',
  'address',
  'count',
  'first by',
  'first on',
  'last time',
  'last by',
  'last on',
] as const;

/** RFC 4180. Nothing in it is taken for a formula by programs that calculate. */
export function exportAsCsv(items: readonly LibraryItem[], publicUrl: string | null): string {
  const lines = items.map((item) => [
    timeOf(item.first.at),
    item.kind,
    item.title ?? '',
    addressOf(item, publicUrl),
    String(item.count),
    item.first.name,
    item.first.platform,
    timeOf(item.last.at),
    item.last.name,
    item.last.platform,
  ]);
  return [COLUMNS, ...lines].map((line) => `${line.map(cell).join(',')}\r\n`).join('');
}

/** One line an item. Nothing that people wrote is taken for markup. */
export function exportAsMarkdown(title: string, items: readonly LibraryItem[], publicUrl: string | null): string {
  const lines = items.map((item) => {
    const address = addressOf(item, publicUrl);
    const { first, count } = item;
    const times = count === 1 ? '' : `, ${count} times`;
    const shown = plain(item.title ?? address.replace(/^https?:\/\//, ''));
    return `- [${shown}](<${target(address)}>) (${item.kind}): ${plain(first.name)} on ${plain(first.platform)}, ${timeOf(first.at)}${times}\n`;
  });
  return `# ${plain(title)}\n\n${lines.length === 0 ? 'Nothing was posted.\n' : lines.join('')}`;
}

function addressOf({ url }: LibraryItem, publicUrl: string | null): string {
  return url.startsWith('/') ? `${publicUrl ?? ''}${url}` : url;
}

function timeOf(at: number): string {
  return new Date(at).toISOString();
}

/** A cell that begins like a formula is made a text, also one that does so behind blanks. */
function cell(text: string): string {
  const safe = /^[\s\u00a0]*[=+\-@\t\r|%＝＋－＠]/u.test(text) ? `'${text}` : text;
  return /["',;\r\n\t]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function plain(text: string): string {
  const line = text.replace(/\s+/gu, ' ').trim();
  return line.replace(/[\\`*_{}[\]()<>#+\-!|~&:@]/g, '\\$&').replace(/\b(www)\./gi, '$1\\.');
}

function target(url: string): string {
  return url.replace(/[<>\s\\]/g, (sign) => encodeURIComponent(sign));
}
