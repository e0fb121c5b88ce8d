import { effect, untracked, useComputed, useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { isPublic } from '../../../core/domain/channel.ts';
import { accentOf } from '../accent.ts';
import { channelHref, goTo, route } from '../route.ts';
import { type Chat, isLookedAt } from '../state/chat.ts';
import { createDeeds } from '../state/deeds.ts';
import { isDrawerOpen, overlay } from '../state/overlay.ts';
import { toast } from '../state/toast.ts';
import { isUnnoticed } from '../state/unnoticed.ts';
import { t } from '../words.ts';
import { ConnectionBanner } from './banner.tsx';
import { Dialogs } from './dialogs.tsx';
import { COMPOSER_ID, takeFiles } from './files-in.ts';
import { lazy } from './lazy.tsx';
import { MessageList } from './message-list.tsx';
import { Sidebar } from './sidebar.tsx';
import { createSwipe } from './swipe.ts';
import { TopBar } from './top-bar.tsx';

const Composer = lazy(() => import('./composer.tsx'));
const HouseRules = lazy(() => import('./house-rules.tsx'));
const UnnoticedBar = lazy(() => import('./unnoticed-bar.tsx'));
const PeoplePanel = lazy(() => import('./people-panel.tsx'));

interface Props {
  readonly chat: Chat;
  readonly onSignIn: () => void;
  readonly onSignOut: () => void;
}

export function ChatScreen({ chat, onSignIn, onSignOut }: Props) {
  const jumpTo = useSignal<string | null>(null);
  const toPresent = useSignal(0);
  const model = chat.current.value;
  const channel = chat.channel.value;
  const deeds = useMemo(() => (model === null ? null : createDeeds(chat, model, jumpTo)), [chat, model, jumpTo]);
  const title = useComputed(() => titleOf(chat));
  const isApp = route.value.view === 'app';
  const swipe = useMemo(() => createSwipe((isOpen) => (isDrawerOpen.value = isOpen)), []);

  useEffect(() => {
    if (route.value.view !== 'embed') Composer.preload();
  }, []);
  useSignalEffect(() => {
    const { channel: wanted, message } = route.value;
    // Only another address opens a channel, not what becomes of the one that is open.
    untracked(() => chat.open(wanted));
    if (message !== null) jumpTo.value = message;
  });
  // Not by the signals' own hook, which waits for a frame: a page that is not shown draws none, and needs this most.
  useEffect(
    () =>
      effect(() => {
        document.title = title.value;
        markIcon(chat.unread.value > 0);
      }),
    [title],
  );
  useEffect(() => {
    const looked = (): void => {
      if (isLookedAt() && chat.current.value?.isPinned === true) chat.markRead();
    };
    const onKey = (event: KeyboardEvent): void => handleKey(event, chat, toPresent);
    window.addEventListener('focus', looked);
    document.addEventListener('visibilitychange', looked);
    document.addEventListener('keydown', onKey);
    return () => {
      window.removeEventListener('focus', looked);
      document.removeEventListener('visibilitychange', looked);
      document.removeEventListener('keydown', onKey);
    };
  }, [chat, toPresent]);

  return (
    <div
      class={isApp ? 'app' : 'app alone'}
      style={accentOf(channel?.accent ?? null)}
      onTouchStart={swipe.onTouchStart}
      onTouchEnd={swipe.onTouchEnd}
    >
      {isApp && <Sidebar chat={chat} onSignIn={onSignIn} />}
      <main
        class="chat"
        onDragOver={(event) => event.preventDefault()}
        onDrop={(event) => {
          if (model !== null && channel?.mayPost === true) {
            takeFiles(event, event.dataTransfer, chat.uploads(model.id).add);
          }
        }}
      >
        <TopBar chat={chat} channel={channel} />
        {model !== null && channel !== null && deeds !== null ? (
          <MessageList
            key={model.id}
            chat={chat}
            model={model}
            channel={channel}
            deeds={deeds}
            jumpTo={jumpTo}
            toPresent={toPresent}
          />
        ) : (
          <div class="log" />
        )}
        <div class="dock">
          <ConnectionBanner chat={chat} />
          {channel !== null && isUnnoticed() && chat.you.value?.isAdmin && isPublic(channel.kind) && (
            <UnnoticedBar chat={chat} channel={channel.id} />
          )}
          {model !== null && channel?.mayPost === true && route.value.view !== 'embed' && (
            <HouseRules key={model.id} chat={chat} model={model} />
          )}
          {model !== null && channel !== null && (
            <Foot chat={chat} onSignIn={onSignIn} onSent={() => toPresent.value++} />
          )}
        </div>
      </main>
      {isApp && chat.people.isOpen.value && <PeoplePanel chat={chat} />}
      <Scrims chat={chat} />
      <Dialogs chat={chat} model={model} deeds={deeds} onSignOut={onSignOut} />
    </div>
  );
}

/** The composer, or why there is none. */
function Foot(props: { readonly chat: Chat; readonly onSignIn: () => void; readonly onSent: () => void }) {
  const { chat, onSignIn, onSent } = props;
  const [model, channel] = [chat.current.value, chat.channel.value];
  if (model === null || channel === null || route.value.view === 'embed') return null;
  if (channel.mayPost) return <Composer key={model.id} chat={chat} model={model} channel={channel} onSent={onSent} />;
  if (channel.state === 'read-only') return <p class="join-bar">{t('This channel is read-only.')}</p>;
  if (chat.you.value?.isGuest !== true) return <p class="join-bar">{t('You may read here, but not write.')}</p>;
  return (
    <div class="join-bar">
      <span>{t('You are reading as a guest.')}</span>
      <button type="button" class="button primary" onClick={onSignIn}>
        {t('Sign in to chat')}
      </button>
    </div>
  );
}

/** Behind the drawers on narrow screens; a touch on it closes them. */
function Scrims({ chat }: { readonly chat: Chat }) {
  return (
    <>
      {isDrawerOpen.value && (
        <button
          type="button"
          class="scrim for-side"
          aria-label={t('Close channels')}
          onClick={() => {
            isDrawerOpen.value = false;
          }}
        />
      )}
      {chat.people.isOpen.value && (
        <button
          type="button"
          class="scrim for-people"
          aria-label={t('Close people')}
          onClick={() => {
            chat.people.isOpen.value = false;
          }}
        />
      )}
    </>
  );
}

function handleKey(event: KeyboardEvent, chat: Chat, toPresent: { value: number }): void {
  if (event.defaultPrevented || event.isComposing || overlay.value.kind !== 'none') return;
  const isTyping = event.target instanceof HTMLTextAreaElement || event.target instanceof HTMLInputElement;
  const hasText = isTyping && event.target instanceof HTMLTextAreaElement && event.target.value !== '';
  if (event.key === 'Escape' && event.shiftKey) {
    chat.markAllRead();
    toast(t('All channels are marked as read.'));
  } else if (event.key === 'Escape') {
    if (isDrawerOpen.value) isDrawerOpen.value = false;
    else {
      goToPresent(chat, toPresent);
      document.getElementById(COMPOSER_ID)?.focus();
    }
  } else if (event.key === 'End' && !hasText) {
    event.preventDefault();
    toPresent.value += 1;
  } else if (event.key === '?' && !isTyping) {
    overlay.value = { kind: 'keys' };
  } else if (event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    overlay.value = { kind: 'directory' };
  } else if (event.key.toLowerCase() === 'f' && (event.ctrlKey || event.metaKey) && event.shiftKey) {
    event.preventDefault();
    overlay.value = { kind: 'search' };
  } else if (event.altKey && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) {
    event.preventDefault();
    step(chat, event.key === 'ArrowUp' ? -1 : 1, event.shiftKey);
  }
}

function goToPresent(chat: Chat, toPresent: { value: number }): void {
  toPresent.value += 1;
  const model = chat.current.value;
  if (model !== null) model.newFrom.value = null;
}

/** @param isToUnread passes by those with nothing new */
function step(chat: Chat, by: -1 | 1, isToUnread: boolean): void {
  const list = chat.mine.value;
  const here = chat.channel.value?.id;
  const at = list.findIndex((one) => one.id === here);
  for (let far = 1; far < list.length; far += 1) {
    const next = list[(at + by * far + list.length * far) % list.length];
    if (next === undefined || next.id === here) continue;
    if (isToUnread && (chat.modelOf(next.id)?.unread.value ?? 0) === 0) continue;
    goTo(channelHref(next.id));
    return;
  }
}

/** The sign of the tab has a dot while something is unread. */
function markIcon(isUnread: boolean): void {
  const icon = document.querySelector<HTMLLinkElement>('link[rel=icon]');
  const href = isUnread ? '/icon-unread.svg' : '/icon.svg';
  if (icon !== null && icon.getAttribute('href') !== href) icon.setAttribute('href', href);
}

function titleOf(chat: Chat): string {
  const channel = chat.channel.value;
  const place = channel === null ? '' : `${channel.kind === 'direct' ? '' : '#'}${channel.name} - `;
  const count = chat.unread.value;
  return `${count > 0 ? `(${count}) ` : ''}${place}Slipmat`;
}
