import { plainText, type Rich, type RichNode } from 'slipmat-hub/plugin';

/** Pure. A text as Jukebox shows it: one line, bold between asterisks, and nobody pinged. */
export function encode(rich: Rich): string {
  return rich.map(encodeNode).join('');
}

function encodeNode(node: RichNode): string {
  const text = escaped(plainText([node]));
  return node.t === 'bold' && text.trim() !== '' ? `*${text}*` : text;
}

function escaped(text: string): string {
  return text
    .replace(/[\\*]/g, '\\$&')
    .replaceAll('@', '\uff20')
    .replace(/[\r\n]+/g, ' / ');
}
