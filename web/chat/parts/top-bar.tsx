import type { ListedChannel } from '../../../core/domain/wire.ts';
import { channelHref, route } from '../route.ts';
import type { Chat } from '../state/chat.ts';
import { isDrawerOpen, overlay } from '../state/overlay.ts';
import { t } from '../words.ts';
import { ChannelMark } from './channel-mark.tsx';
import { Icon } from './icons.tsx';

export function TopBar({ chat, channel }: { readonly chat: Chat; readonly channel: ListedChannel | null }) {
  if (route.value.view !== 'app') return <SmallBar channel={channel} />;
  const { present, isOpen } = chat.people;
  const mode = chat.writing.value;
  const count = present.value === null ? null : present.value.people.length + present.value.guests;
  const elsewhere = chat.unread.value - (chat.current.value?.unread.value ?? 0);
  return (
    <header class="top">
      <button
        type="button"
        class="icon-button only-narrow"
        aria-label={elsewhere > 0 ? t('Channels, {n} unread', { n: elsewhere }) : t('Channels')}
        aria-expanded={isDrawerOpen.value}
        onClick={() => {
          isDrawerOpen.value = true;
        }}
      >
        <Icon name="menu" />
        {elsewhere > 0 && <span class="unread-dot corner" aria-hidden="true" />}
      </button>
      <h1>
        {channel !== null && <ChannelMark channel={channel} size={19} />}
        <span>{channel?.name ?? 'Slipmat'}</span>
      </h1>
      {channel !== null && chat.live.value.has(channel.id) && <span class="live">{t('Live')}</span>}
      {mode !== null && mode.slowSeconds > 0 && <span class="badge">{t('slow {n} s', { n: mode.slowSeconds })}</span>}
      {mode?.isShielded === true && <span class="badge">{t('shield')}</span>}
      {mode?.links === 'none' && <span class="badge">{t('no links')}</span>}
      {mode?.blur === 'all' && <span class="badge">{t('pictures covered')}</span>}
      {channel?.state === 'read-only' && <span class="badge">{t('Read-only')}</span>}
      <p class="topic" title={channel?.topic}>
        {channel?.topic}
      </p>
      {channel !== null && (
        <button
          type="button"
          class="icon-button only-wide"
          aria-label={t('Open in a window of its own')}
          title={t('Open in a window of its own')}
          onClick={() => window.open(`/popout/${channel.id}`, `slipmat ${channel.id}`, 'popup,width=420,height=720')}
        >
          <Icon name="window" />
        </button>
      )}
      <button
        type="button"
        class="icon-button"
        aria-label={t('Search')}
        title={t('Search')}
        onClick={() => {
          overlay.value = { kind: 'search' };
        }}
      >
        <Icon name="search" />
      </button>
      <button
        type="button"
        class="icon-button"
        aria-label={t('Links and files')}
        title={t('Links and files')}
        onClick={() => {
          overlay.value = { kind: 'library' };
        }}
      >
        <Icon name="link" />
      </button>
      <button
        type="button"
        class="icon-button here"
        aria-label={count === null ? t('People') : t('People, {n} here', { n: count })}
        aria-expanded={isOpen.value}
        onClick={() => {
          isOpen.value = !isOpen.value;
          chat.people.ask();
        }}
      >
        <Icon name="people" />
        {count !== null && <span>{count}</span>}
      </button>
    </header>
  );
}

/** Of a channel alone in its window, or within another page. */
function SmallBar({ channel }: { readonly channel: ListedChannel | null }) {
  return (
    <header class="top">
      <h1>
        {channel !== null && <ChannelMark channel={channel} size={19} />}
        <span>{channel?.name ?? 'Slipmat'}</span>
      </h1>
      {channel !== null && (
        <a class="button" href={channelHref(channel.id)} target="_blank" rel="noopener">
          {t('Open the chat')}
        </a>
      )}
    </header>
  );
}
