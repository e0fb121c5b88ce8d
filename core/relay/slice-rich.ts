import { plainText, type Rich, type RichNode } from '../domain/content.ts';

/**
 * The part of a tree whose plain text is [start, end) in UTF-16 units, with its markup closed and opened again.
 * A mention, channel or emoji that is cut keeps only its letters.
 */
export function sliceRich(rich: Rich, start: number, end: number): Rich {
  const kept: RichNode[] = [];
  let at = 0;
  for (const node of rich) {
    const length = plainText([node]).length;
    const from = Math.max(start - at, 0);
    const to = Math.min(end - at, length);
    if (from < to) kept.push(from === 0 && to === length ? node : sliceNode(node, from, to));
    at += length;
  }
  return kept;
}

function sliceNode(node: RichNode, from: number, to: number): RichNode {
  switch (node.t) {
    case 'text':
    case 'code':
    case 'pre':
      return { ...node, text: node.text.slice(from, to) };
    case 'bold':
    case 'italic':
    case 'underline':
    case 'strike':
    case 'spoiler':
    case 'quote':
    case 'link':
      return { ...node, children: sliceRich(node.children, from, to) };
    case 'mention':
    case 'channel':
    case 'emoji':
      return { t: 'text', text: plainText([node]).slice(from, to) };
    default:
      return node satisfies never;
  }
}
