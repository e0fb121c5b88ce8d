import type { ViewRow } from '../../../client/index.ts';
import type { Rich } from '../../../core/domain/content.ts';
import type { WireChatMessage } from '../../../core/domain/wire.ts';

/** `@name` of whoever reads, with nothing behind it that could go on the name; null: a guest, or not known yet. */
let called: RegExp | null = null;

/** People of this hub are called by name in plain words; only other platforms say of a mention whom it means. */
export function listenFor(name: string | null): void {
  const escaped = name?.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  called = escaped === undefined ? null : new RegExp(`@${escaped}(?![\\p{L}\\p{N}_])`, 'iu');
}

/** The text in front of a call, the call, and what is behind it; null: nobody is called. */
export function splitCall(text: string): readonly [string, string, string] | null {
  const found = called?.exec(text);
  if (found === null || found === undefined) return null;
  const [call] = found;
  return [text.slice(0, found.index), call, text.slice(found.index + call.length)];
}

/** Whether a message of somebody else names this person. */
export function mentions(message: WireChatMessage, you: string): boolean {
  return message.author.user !== you && names(message.content.rich, you);
}

/** Whether it is for this person: it names them, or answers something of theirs. */
export function callsFor(message: WireChatMessage, you: string, rows: readonly ViewRow[]): boolean {
  return mentions(message, you) || answers(message, you, rows);
}

function answers({ author, replyTo }: WireChatMessage, you: string, rows: readonly ViewRow[]): boolean {
  if (replyTo === null || author.user === you) return false;
  const row = rows.findLast((one) => one.kind === 'message' && one.message.id === replyTo.id);
  return row?.kind === 'message' && row.message.author.user === you;
}

function names(rich: Rich, you: string): boolean {
  return rich.some((node) => {
    if (node.t === 'mention') return node.user === you;
    if (node.t === 'text') return called?.test(node.text) === true;
    return 'children' in node && node.t !== 'quote' && names(node.children, you);
  });
}
