import { createClient } from '../../client/index.ts';
import { plainText } from '../../core/domain/content.ts';
import { CHANNEL, type SentPost, wholeHistory } from './senders.ts';

export interface Checked {
  readonly acked: number;
  /** Acknowledged, and not in the history under the acknowledged id. */
  readonly lost: number;
  /** In the history more than once. */
  readonly duplicated: number;
  /** Later in the history than something that its sender said after it. */
  readonly reordered: number;
  /** Said, never acknowledged, and not in the history: allowed, none when everything was answered. */
  readonly unanswered: number;
}

/** Holds the history, as a newcomer reads it, against what was said and acknowledged. */
export async function checkHistory(url: string, posts: readonly SentPost[]): Promise<Checked> {
  const client = createClient({ url: `${url.replace('http', 'ws')}/ws`, token: null });
  const joined = await client.join(CHANNEL);
  if (!joined.ok) throw new Error(`join: ${joined.code} ${joined.say}`);
  const history = await wholeHistory(client);
  client.close();
  return compare(
    posts,
    history.map(({ message }) => ({ id: message.id, text: plainText(message.content.rich) })),
  );
}

/** Pure, so that it can be shown to find what it looks for. */
export function compare(
  posts: readonly SentPost[],
  history: readonly { readonly id: string; readonly text: string }[],
): Checked {
  const ids = new Set(history.map(({ id }) => id));
  const acked = posts.filter(({ message }) => message !== null);
  const lost = acked.filter(({ message }) => message !== null && !ids.has(message)).length;
  const duplicated = history.length - new Set(history.map(({ text }) => text)).size;
  const newest = new Map<string, number>();
  let reordered = 0;
  for (const { text } of history) {
    const [sender = '', n = '0'] = text.split(' ');
    if (Number(n) < (newest.get(sender) ?? 0)) reordered += 1;
    else newest.set(sender, Number(n));
  }
  return { acked: acked.length, lost, duplicated, reordered, unanswered: posts.length - acked.length };
}
