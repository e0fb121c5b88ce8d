import { plainText } from '../../../core/domain/content.ts';
import type { WireChatMessage } from '../../../core/domain/wire.ts';
import { channelHref, goTo } from '../route.ts';
import { notify } from './prefs.ts';

const MOST_TEXT = 200;

/** Tells of a message by the system while nobody looks at the page: one notification a channel, the newest. */
export function tell(channel: { readonly id: string; readonly name: string }, message: WireChatMessage): void {
  if (!canNotify() || Notification.permission !== 'granted') return;
  const told = new Notification(`${message.author.name} · ${channel.name}`, {
    body: plainText(message.content.rich).slice(0, MOST_TEXT),
    tag: channel.id,
    silent: true,
  });
  told.addEventListener('click', () => {
    window.focus();
    goTo(channelHref(channel.id));
    told.close();
  });
}

export function isTold(isCall: boolean): boolean {
  return notify.value === 'all' || (notify.value === 'mentions' && isCall);
}

export function canNotify(): boolean {
  return 'Notification' in window;
}
