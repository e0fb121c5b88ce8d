import type { Rich, RichNode } from '../../core/domain/content.ts';

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
      return `\`${node.text.replaceAll('`', '´')}\``;
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
      return `:${node.name}:`;
    case 'bold':
    case 'italic':
    case 'underline':
    case 'strike':
    case 'spoiler':
      return `${MARK[node.t]}${markupText(node.children)}${MARK[node.t]}`;
    default:
      return assertNever(node);
  }
}

/** A link stands as its address; words that other platforms put over it come before. */
function linkMarkup(url: string, children: Rich): string {
  const shown = children.map((child) => (child.t === 'text' ? child.text : '')).join('');
  if (shown === url || url === `https://${shown}` || url === `${shown}/` || url === `https://${shown}/`) return shown;
  return shown === '' || shown.startsWith('http') ? url : `${escapeMarkup(shown)} ${url}`;
}

function assertNever(value: never): never {
  throw new Error(`unexpected node: ${JSON.stringify(value)}`);
}
