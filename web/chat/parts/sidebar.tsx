import { useComputed } from '@preact/signals';
import { isPublic } from '../../../core/domain/channel.ts';
import type { ListedChannel } from '../../../core/domain/wire.ts';
import { channelHref } from '../route.ts';
import type { Chat } from '../state/chat.ts';
import { isDrawerOpen, overlay } from '../state/overlay.ts';
import { t, word } from '../words.ts';
import { ChannelMark } from './channel-mark.tsx';
import { Icon, Mark } from './icons.tsx';
import { Disc, tint } from './person.tsx';

interface Props {
  readonly chat: Chat;
  readonly onSignIn: () => void;
}

const GROUPS: readonly { readonly title: string; readonly kinds: readonly ListedChannel['kind'][] }[] = [
  { title: word('DJs'), kinds: ['dj'] },
  { title: word('Events'), kinds: ['event'] },
  { title: word('Private'), kinds: ['crew', 'private'] },
  { title: word('Direct'), kinds: ['direct'] },
];
/** Public channels shown before any has been opened; the rest are in the directory. */
const SUGGESTED = 8;

export function Sidebar({ chat, onSignIn }: Props) {
  const listed = useComputed(() => withSuggestions(chat.channels.value, chat.mine.value));
  const mega = listed.value.filter((one) => one.kind === 'mega');
  const waiting = chat.invitations.all.value?.length ?? 0;
  return (
    <nav class={isDrawerOpen.value ? 'side open' : 'side'} aria-label={t('Channels')}>
      <div class="brand">
        <Mark />
        <span>{t('Slipmat')}</span>
        <button
          type="button"
          class="icon-button only-narrow"
          aria-label={t('Close channels')}
          onClick={() => {
            isDrawerOpen.value = false;
          }}
        >
          <Icon name="close" />
        </button>
      </div>
      <div class="channels">
        <ul>
          {mega.map((channel) => (
            <ChannelLink key={channel.id} chat={chat} channel={channel} />
          ))}
        </ul>
        {GROUPS.map(({ title, kinds }) => {
          const group = listed.value.filter((one) => kinds.includes(one.kind));
          if (group.length === 0) return null;
          return (
            <section key={title} aria-label={t(title)}>
              <h2>{t(title)}</h2>
              <ul>
                {group.map((channel) => (
                  <ChannelLink key={channel.id} chat={chat} channel={channel} />
                ))}
              </ul>
            </section>
          );
        })}
        <button
          type="button"
          class="channel browse"
          onClick={() => {
            overlay.value = { kind: 'directory' };
          }}
        >
          <Icon name="plus" size={18} />
          <span>{t('Browse channels')}</span>
        </button>
        {chat.you.value?.isGuest === false && (
          <button
            type="button"
            class="channel browse"
            onClick={() => {
              overlay.value = { kind: 'invitations' };
            }}
          >
            <Icon name="at" size={18} />
            <span>{t('Private messages')}</span>
            {waiting > 0 && (
              <>
                <span class="count" aria-hidden="true">
                  {waiting}
                </span>
                <span class="sr">{t('{n} for you', { n: waiting })}</span>
              </>
            )}
          </button>
        )}
      </div>
      <You chat={chat} onSignIn={onSignIn} />
    </nav>
  );
}

function ChannelLink({ chat, channel }: { readonly chat: Chat; readonly channel: ListedChannel }) {
  const model = chat.modelOf(channel.id);
  const unread = model?.unread.value ?? 0;
  const calls = channel.kind === 'direct' ? unread : (model?.calls.value ?? 0);
  const live = chat.live.value.get(channel.id);
  const isCurrent = chat.channel.value?.id === channel.id;
  return (
    <li>
      <a
        class={unread > 0 ? 'channel unread' : 'channel'}
        href={channelHref(channel.id)}
        aria-current={isCurrent ? 'page' : undefined}
        onClick={() => {
          isDrawerOpen.value = false;
        }}
      >
        <ChannelMark channel={channel} size={18} />
        <span>{channel.name}</span>
        {live !== undefined && (
          <span class="live" title={live}>
            {t('Live')}
          </span>
        )}
        {unread > 0 && calls === 0 && <span class="unread-dot" aria-hidden="true" />}
        {calls > 0 && (
          <span class="count" aria-hidden="true">
            {calls > 99 ? '99+' : calls}
          </span>
        )}
        {calls > 0 && channel.kind !== 'direct' && <span class="sr">{t('{n} for you', { n: calls })}</span>}
        {unread > 0 && <span class="sr">{t('unread')}</span>}
      </a>
    </li>
  );
}

function You({ chat, onSignIn }: { readonly chat: Chat; readonly onSignIn: () => void }) {
  const you = chat.you.value;
  const isLive = chat.connection.value.kind === 'live';
  return (
    <div class="you tinted" style={tint(you?.user ?? '')}>
      {you !== null && <Disc name={you.name} isSmall />}
      <div class="you-name">
        <b>{you?.name ?? t('Connecting …')}</b>
        <span>{isLive ? (you?.isGuest ? t('Guest') : t('Connected')) : t('Offline')}</span>
      </div>
      {you?.isGuest === true && chat.channel.value?.mayPost === true && (
        <button type="button" class="button" onClick={onSignIn}>
          {t('Sign in')}
        </button>
      )}
      <button
        type="button"
        class="icon-button"
        aria-label={t('Settings')}
        title={t('Settings')}
        onClick={() => {
          overlay.value = { kind: 'settings' };
        }}
      >
        <Icon name="sliders" />
      </button>
    </div>
  );
}

/** Until somebody has opened a few, the first public channels stand in the list all the same. */
function withSuggestions(all: readonly ListedChannel[], mine: readonly ListedChannel[]): readonly ListedChannel[] {
  const room = SUGGESTED - mine.filter((one) => isPublic(one.kind)).length;
  if (room <= 0) return mine;
  const others = all.filter((one) => isPublic(one.kind) && !mine.includes(one)).slice(0, room);
  return all.filter((one) => mine.includes(one) || others.includes(one));
}
