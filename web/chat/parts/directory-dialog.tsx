import { useSignal } from '@preact/signals';
import type { TargetedKeyboardEvent } from 'preact';
import { useEffect } from 'preact/hooks';
import type { ListedChannel } from '../../../core/domain/wire.ts';
import { channelHref, goTo } from '../route.ts';
import type { Chat } from '../state/chat.ts';
import { closeOverlay, isDrawerOpen } from '../state/overlay.ts';
import { dateTime } from '../time.ts';
import { t } from '../words.ts';
import { channelIcon } from './channel-icon.ts';
import { Dialog } from './dialog.tsx';
import { Icon } from './icons.tsx';

export default function Directory({ chat }: { readonly chat: Chat }) {
  const text = useSignal('');
  const wanted = text.value.trim().toLocaleLowerCase();
  const starts = useSignal<ReadonlyMap<string, number>>(new Map());
  useEffect(() => {
    void chat.client.ask('events', { channel: null }).then((answer) => {
      if (answer.ok) starts.value = new Map(answer.value.events.map(({ channel, startsAt }) => [channel, startsAt]));
    });
  }, [chat]);
  const matching = chat.channels.value.filter((one) => `${one.name} ${one.topic}`.toLocaleLowerCase().includes(wanted));
  const found = eventsByTime(matching, starts.value);
  const go = (id: string): void => {
    closeOverlay();
    isDrawerOpen.value = false;
    goTo(channelHref(id));
  };
  return (
    <Dialog title={t('Channels')} kind="directory" onClose={closeOverlay} onKeyDown={stepThrough}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const [first] = found;
          if (first !== undefined) go(first.id);
        }}
      >
        <input
          class="input"
          type="search"
          aria-label={t('Filter channels')}
          placeholder={t('Find a channel')}
          autofocus
          value={text.value}
          onInput={(event) => {
            text.value = event.currentTarget.value;
          }}
        />
      </form>
      {found.length === 0 && <p class="none">{t('No channel by that name.')}</p>}
      <ul>
        {found.map((channel) => (
          <li key={channel.id} class="directory-row">
            <button
              type="button"
              class="menu-item"
              aria-current={chat.channel.value?.id === channel.id ? 'true' : undefined}
              onClick={() => go(channel.id)}
            >
              <Icon name={channelIcon(channel)} />
              <span class="grow">
                <b>{channel.name}</b>
                {channel.topic !== '' && <span>{channel.topic}</span>}
                {channel.kind === 'event' && <When at={starts.value.get(channel.id)} />}
              </span>
              {chat.live.value.has(channel.id) && <span class="live">{t('Live')}</span>}
              {channel.state === 'read-only' && <span class="badge">{t('Read-only')}</span>}
            </button>
            {channel.kind !== 'mega' && chat.mine.value.includes(channel) && chat.modelOf(channel.id) !== null && (
              <button
                type="button"
                class="icon-button"
                aria-label={t('Leave {name}', { name: channel.name })}
                title={t('Leave')}
                onClick={() => {
                  if (chat.channel.value?.id === channel.id) goTo('/');
                  chat.leave(channel.id);
                }}
              >
                <Icon name="leave" size={18} />
              </button>
            )}
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

function When({ at }: { readonly at: number | undefined }) {
  return at === undefined ? null : <time dateTime={new Date(at).toISOString()}>{dateTime(at)}</time>;
}

/** Channels of events, wherever they stand, in the order in which these start; one that is over comes last. */
function eventsByTime(all: readonly ListedChannel[], starts: ReadonlyMap<string, number>): readonly ListedChannel[] {
  const startOf = ({ id }: ListedChannel): number => starts.get(id) ?? Number.MAX_VALUE;
  const events = all.filter(({ kind }) => kind === 'event').toSorted((one, other) => startOf(one) - startOf(other));
  const inOrder = events.values();
  return all.map((one) => (one.kind === 'event' ? (inOrder.next().value ?? one) : one));
}

/** From the field down into the list and back. */
function stepThrough(event: TargetedKeyboardEvent<HTMLElement>): void {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
  const stops = [...event.currentTarget.querySelectorAll<HTMLElement>('input, .menu-item')];
  const at = document.activeElement instanceof HTMLElement ? stops.indexOf(document.activeElement) : -1;
  const next = stops[at + (event.key === 'ArrowDown' ? 1 : -1)];
  if (at === -1 || next === undefined) return;
  event.preventDefault();
  next.focus();
}
