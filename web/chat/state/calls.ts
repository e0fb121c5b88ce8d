import type { ViewRow } from '../../../client/index.ts';
import type { Rich } from '../../../core/domain/content.ts';
import type { WireChatMessage } from '../../../core/domain/wire.ts';

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
    return 'children' in node && names(node.children, you);
  });
}
