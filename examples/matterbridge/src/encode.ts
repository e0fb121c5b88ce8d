import { plainText, type Rich, type RichNode } from 'slipmat-hub/plugin';

/** What one protocol or another behind matterbridge takes for a call to many. */
const CALLS_MANY = /@(?=everyone|here|channel|all|room)|<(?=[@!#])|!(?=here|channel|everyone)/giu;
const ZERO_WIDTH = '\u200b';

/**
 * A tree as plain text: what is behind matterbridge reads markup in many ways, so none is written. Links stand behind
 * their words. Nobody is called by it, wherever it comes out.
 */
export function encodeText(rich: Rich): string {
  return rich.map(encodeNode).join('');
}

/** Keeps a name or a text from calling a whole room. */
export function calmed(text: string): string {
  return text.replace(CALLS_MANY, (sign) => `${sign}${ZERO_WIDTH}`);
}

function encodeNode(node: RichNode): string {
  switch (node.t) {
    case 'bold':
    case 'italic':
    case 'underline':
    case 'strike':
    case 'spoiler':
      return encodeText(node.children);
    case 'quote':
      return `> ${encodeText(node.children)}\n`;
    case 'link': {
      const words = encodeText(node.children);
      return words === node.url ? words : `${words} (${node.url})`;
    }
    case 'text':
    case 'code':
    case 'pre':
    case 'mention':
    case 'channel':
    case 'emoji':
      return plainText([node]);
  }
}
