import { signal } from '@preact/signals';
import { plainText } from '../../../core/domain/content.ts';
import type { WireChatMessage } from '../../../core/domain/wire.ts';
import { t } from '../words.ts';

/*
 * What a screen reader says of new messages: joined, at most each two seconds, and in a busy channel only their number,
 * so that speech never falls behind.
 */
const EACH_MS = 2_000;
const SPOKEN_TEXT = 200;
export const spoken = signal('');
let waiting: WireChatMessage[] = [];
let isScheduled = false;

export function announce(messages: readonly WireChatMessage[]): void {
  if (messages.length === 0) return;
  waiting.push(...messages.slice(-20));
  if (isScheduled) return;
  isScheduled = true;
  setTimeout(() => {
    isScheduled = false;
    spoken.value = sentence(waiting);
    waiting = [];
  }, EACH_MS);
}

function sentence(messages: readonly WireChatMessage[]): string {
  const last = messages.at(-1);
  if (last === undefined) return '';
  const said = `${last.author.name}: ${plainText(last.content.rich).slice(0, SPOKEN_TEXT)}`;
  return messages.length === 1 ? said : t('{n} new messages, last by {said}', { n: messages.length, said });
}
