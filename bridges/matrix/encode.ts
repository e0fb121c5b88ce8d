import { assertNever } from '../../core/domain/content.ts';
import { plainText, type Rich, type RichNode } from '../../core/plugin/index.ts';

/** Text as Matrix takes it: plain for those who show no more, and HTML where there is anything to it. */
export interface Encoded {
  readonly body: string;
  readonly format?: 'org.matrix.custom.html';
  readonly formatted_body?: string;
}

/** Longest text in UTF-16 units: escaped and twice over it stays well within the 64 KB of an event. */
export const MAX_TEXT = 5_000;

/** Pure. Nothing of the text becomes markup, and no name in it a mention: those stand beside it, and none are set. */
export function encodeRich(rich: Rich): Encoded {
  const body = cleaned(rich.map(plainNode).join(''));
  if (rich.every(({ t }) => t === 'text')) return { body };
  return { body, format: 'org.matrix.custom.html', formatted_body: htmlOf(rich) };
}

/** Everything that could be taken for markup, in texts and in attributes alike. */
export function escapeHtml(text: string): string {
  return cleaned(text).replace(/[&<>"']/g, (sign) => ESCAPES[sign] ?? '');
}
const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function htmlOf(rich: Rich): string {
  return rich.map(htmlNode).join('');
}

function htmlNode(node: RichNode): string {
  switch (node.t) {
    case 'text':
      return lines(node.text);
    case 'bold':
      return `<strong>${htmlOf(node.children)}</strong>`;
    case 'italic':
      return `<em>${htmlOf(node.children)}</em>`;
    case 'underline':
      return `<u>${htmlOf(node.children)}</u>`;
    case 'strike':
      return `<del>${htmlOf(node.children)}</del>`;
    case 'spoiler':
      return `<span data-mx-spoiler>${htmlOf(node.children)}</span>`;
    case 'quote':
      return `<blockquote>${htmlOf(node.children)}</blockquote>`;
    case 'code':
      return `<code>${escapeHtml(node.text)}</code>`;
    case 'pre': {
      const isName = node.language !== null && /^[A-Za-z0-9+#.-]{1,20}$/.test(node.language);
      return `<pre><code${isName ? ` class="language-${node.language}"` : ''}>${escapeHtml(node.text)}</code></pre>`;
    }
    case 'link':
      return isWebUrl(node.url)
        ? `<a href="${escapeHtml(node.url)}">${htmlOf(node.children)}</a>`
        : htmlOf(node.children);
    case 'mention':
      return lines(`@${node.name}`);
    case 'channel':
      return lines(`#${node.name}`);
    case 'emoji':
      return lines(`:${node.name}:`);
    default:
      return assertNever(node);
  }
}

/** The same without HTML; of a hidden link the address stands behind its words. */
function plainNode(node: RichNode): string {
  switch (node.t) {
    case 'link': {
      const words = node.children.map(plainNode).join('');
      return words === node.url || !isWebUrl(node.url) ? words : `${words} (${node.url})`;
    }
    case 'bold':
    case 'italic':
    case 'underline':
    case 'strike':
      return node.children.map(plainNode).join('');
    case 'spoiler':
      return '[spoiler]';
    case 'quote':
      return node.children
        .map(plainNode)
        .join('')
        .split('\n')
        .map((line) => `> ${line}\n`)
        .join('');
    default:
      return plainText([node]);
  }
}

function lines(text: string): string {
  return escapeHtml(text).replaceAll('\n', '<br>');
}

/** A link to an account would be a mention. */
function isWebUrl(url: string): boolean {
  const parsed = URL.parse(url);
  if (parsed === null || !/^https?:$/.test(parsed.protocol) || parsed.username !== '') return false;
  return parsed.hostname !== '' && parsed.hostname !== 'matrix.to';
}

/** Characters that no event may hold. */
function cleaned(text: string): string {
  return text.toWellFormed().replace(/(?![\n\t])\p{Cc}/gu, '');
}
