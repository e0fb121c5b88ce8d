import { plainText } from '../../../core/domain/content.ts';
import type { NotifyLevel } from '../../../core/domain/notify-level.ts';
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

/** @param chosen for the channel; null: as this device says. Where the device says nothing at all, nothing is told. */
export function isTold(isCall: boolean, chosen: NotifyLevel | null): boolean {
  if (notify.value === 'off') return false;
  const level = chosen ?? notify.value;
  return level === 'all' || (level === 'mentions' && isCall);
}

export function canNotify(): boolean {
  return 'Notification' in window;
}
