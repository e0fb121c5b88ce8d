import { plainText, type Rich } from '../domain/content.ts';
import type { ChatMessage } from '../domain/message.ts';
import type { Glance } from './rule.ts';

/** Addresses as people write them out; platforms make links of them whether or not the sender's did. */
const ADDRESS =
  /https?:\/\/\S|\bwww\.\S|[\p{L}\p{N}]\.(?:com|net|org|info|biz|io|gg|tv|me|ru|xyz|ly|to|link|site|online|shop|store|top|club|live)(?![\p{L}\p{N}.-]*[\p{L}\p{N}])/iu;
const MENTION = /(?<![\p{L}\p{N}_])@[\p{L}\p{N}_]/gu;

/** Pure: what the rules look at, read once. */
export function glanceAt({ content }: Pick<ChatMessage, 'content'>): Glance {
  const text = plainText(content.rich);
  return { text, hasLink: linksIn(content.rich) || hasAddress(text), mentions: mentionsIn(text) };
}

function linksIn(rich: Rich): boolean {
  return rich.some((node) => node.t === 'link' || ('children' in node && linksIn(node.children)));
}

/** Most messages have no dot within a word, so that nothing is searched. */
function hasAddress(text: string): boolean {
  return (text.includes('.') || text.includes('://')) && ADDRESS.test(text);
}

function mentionsIn(text: string): number {
  return text.includes('@') ? (text.match(MENTION)?.length ?? 0) : 0;
}
