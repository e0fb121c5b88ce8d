import { plainText, type Rich, type RichNode } from '../../core/domain/content.ts';

const MARK = { bold: '**', italic: '*', underline: '__', strike: '~~', spoiler: '||' } as const;

/** A rich tree as light markup, for editing: what `parseMarkup` reads back. Small enough for browsers. */
export function markupText(rich: Rich): string {
  return rich.map((node, at) => nodeMarkup(node, rich[at - 1], rich[at + 1])).join('');
}

/** Plain text that `parseMarkup` gives back as it is, links apart. */
export function escapeMarkup(text: string): string {
  return text.replace(/[\\*_~|`]/g, '\\$&').replace(/^>/gm, '\\>');
}

function nodeMarkup(node: RichNode, before: RichNode | undefined, after: RichNode | undefined): string {
  switch (node.t) {
    case 'text':
      return escapeMarkup(node.text);
    case 'code':
      return `\`${node.text.replaceAll('`', '´').replace(/\s*\n\s*/g, ' ')}\``;
    case 'pre': {
      const code = `\`\`\`${node.language ?? ''}\n${node.text.replaceAll('```', '´´´')}\n\`\`\``;
      return `${before === undefined ? '' : '\n'}${code}${after === undefined ? '' : '\n'}`;
    }
    case 'quote': {
      const lines = markupText(node.children)
        .split('\n')
        .map((line) => `> ${line}`);
      return `${before === undefined ? '' : '\n'}${lines.join('\n')}${after === undefined ? '' : '\n'}`;
    }
    case 'link':
      return linkMarkup(node.url, node.children);
    case 'mention':
      return `@${escapeMarkup(node.name)}`;
    case 'channel':
      return `#${escapeMarkup(node.name)}`;
    case 'emoji':
      return `:${escapeMarkup(node.name)}:`;
    case 'bold':
    case 'italic':
    case 'underline':
    case 'strike':
    case 'spoiler':
      return marked(MARK[node.t], markupText(node.children));
    default:
      return assertNever(node);
  }
}

/** A mark beside a blank is none, so blanks go outside. */
function marked(mark: string, inner: string): string {
  const body = inner.trim();
  if (body === '') return inner;
  const from = inner.indexOf(body);
  return `${inner.slice(0, from)}${mark}${body}${mark}${inner.slice(from + body.length)}`;
}

/** A link stands as its address; words that other platforms put over it come before. */
function linkMarkup(url: string, children: Rich): string {
  const shown = plainText(children);
  if (shown === url || url === `https://${shown}` || url === `${shown}/` || url === `https://${shown}/`) return shown;
  // A bracket or mark could end the address in the middle when it is read again.
  const address = url.replace(/[()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);
  return shown === '' || shown.startsWith('http') ? address : `${escapeMarkup(shown)} ${address}`;
}

function assertNever(value: never): never {
  throw new Error(`unexpected node: ${JSON.stringify(value)}`);
}
