import { signal } from '@preact/signals';
import { plainText } from '../../../core/domain/content.ts';
import type { WireChatMessage } from '../../../core/domain/wire.ts';
import { t } from '../words.ts';
import { speech } from './prefs.ts';

/*
 * What a screen reader says of new messages: joined, at most each two seconds. Where more than one comes in a second,
 * only those for the reader are said, unless the reader wants them all.
 */
const EACH_MS = 2_000;
const SPOKEN_TEXT = 200;
export const spoken = signal('');
let waiting: (readonly [WireChatMessage, boolean])[] = [];
let count = 0;
let isScheduled = false;

/** @param isCall whether a message is for this person */
export function announce(messages: readonly WireChatMessage[], isCall: (message: WireChatMessage) => boolean): void {
  if (messages.length === 0 || speech.value === 'none') return;
  count += messages.length;
  waiting.push(...messages.slice(-20).map((one) => [one, isCall(one)] as const));
  if (isScheduled) return;
  isScheduled = true;
  setTimeout(() => {
    isScheduled = false;
    const isBusy = count > EACH_MS / 1_000;
    const onlyCalls = speech.value === 'mentions' || (speech.value === 'auto' && isBusy);
    const said = onlyCalls ? waiting.filter(([, isFor]) => isFor) : waiting;
    spoken.value = sentence(
      said.map(([message]) => message),
      onlyCalls ? said.length : count,
    );
    waiting = [];
    count = 0;
  }, EACH_MS);
}

function sentence(messages: readonly WireChatMessage[], n: number): string {
  const last = messages.at(-1);
  if (last === undefined) return '';
  const said = `${last.author.name}: ${plainText(last.content.rich).slice(0, SPOKEN_TEXT)}`;
  return n === 1 ? said : t('{n} new messages, last by {said}', { n, said });
}
