import { useSignal } from '@preact/signals';
import type { TargetedKeyboardEvent } from 'preact';
import { channelHref, goTo } from '../route.ts';
import type { ChannelModel } from '../state/channel-model.ts';
import type { Chat } from '../state/chat.ts';
import { excerpt, remove, rowCan } from '../state/deeds.ts';
import { closeOverlay, isDrawerOpen, overlay } from '../state/overlay.ts';
import type { RowDeeds } from '../state/row-deeds.ts';
import { chooseTheme, type Theme, theme } from '../theme.ts';
import { channelIcon } from './channel-icon.ts';
import { Dialog } from './dialog.tsx';
import { Icon } from './icons.tsx';
import { lazy } from './lazy.tsx';
import { actionsOf } from './row-actions.tsx';

const EmojiPicker = lazy(() => import('./emoji-picker.tsx'));
const InvitationsDialog = lazy(() => import('./invitations-dialog.tsx'));
const LibraryDialog = lazy(() => import('./library-dialog.tsx'));
const Lightbox = lazy(() => import('./lightbox.tsx'));
const PersonCard = lazy(() => import('./person-card.tsx'));
const SearchDialog = lazy(() => import('./search-dialog.tsx'));

interface Props {
  readonly chat: Chat;
  readonly model: ChannelModel | null;
  readonly deeds: RowDeeds | null;
  readonly onSignOut: () => void;
}

/** The dialog that is open, if any. */
export function Dialogs({ chat, model, deeds, onSignOut }: Props) {
  const open = overlay.value;
  switch (open.kind) {
    case 'none':
      return null;
    case 'directory':
      return <Directory chat={chat} />;
    case 'settings':
      return <Settings chat={chat} onSignOut={onSignOut} />;
    case 'keys':
      return <Keys />;
    case 'pick':
      return <EmojiPicker onPick={open.take} onClose={closeOverlay} />;
    case 'person':
      return <PersonCard key={open.person.user} chat={chat} person={open.person} />;
    case 'search':
      return <SearchDialog chat={chat} />;
    case 'library':
      return <LibraryDialog chat={chat} />;
    case 'invitations':
      return <InvitationsDialog chat={chat} />;
    case 'picture':
      return <Lightbox pictures={open.pictures} at={open.at} />;
    case 'delete':
      return model === null ? null : <ConfirmDelete chat={chat} model={model} message={open.message} />;
    case 'sheet':
      return deeds === null ? null : <Sheet chat={chat} message={open.message} deeds={deeds} />;
  }
}

function Directory({ chat }: { readonly chat: Chat }) {
  const text = useSignal('');
  const wanted = text.value.trim().toLocaleLowerCase();
  const found = chat.channels.value.filter((one) => `${one.name} ${one.topic}`.toLocaleLowerCase().includes(wanted));
  const go = (id: string): void => {
    closeOverlay();
    isDrawerOpen.value = false;
    goTo(channelHref(id));
  };
  return (
    <Dialog title="Channels" kind="directory" onClose={closeOverlay} onKeyDown={stepThrough}>
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
          aria-label="Filter channels"
          placeholder="Find a channel"
          autofocus
          value={text.value}
          onInput={(event) => {
            text.value = event.currentTarget.value;
          }}
        />
      </form>
      {found.length === 0 && <p class="none">No channel by that name.</p>}
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
              </span>
              {channel.state === 'read-only' && <span class="badge">Read-only</span>}
            </button>
            {channel.kind !== 'mega' && chat.mine.value.includes(channel) && chat.modelOf(channel.id) !== null && (
              <button
                type="button"
                class="icon-button"
                aria-label={`Leave ${channel.name}`}
                title="Leave"
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

const THEMES: readonly { readonly name: Theme; readonly label: string }[] = [
  { name: 'system', label: 'System' },
  { name: 'light', label: 'Light' },
  { name: 'dark', label: 'Dark' },
];

function Settings({ chat, onSignOut }: { readonly chat: Chat; readonly onSignOut: () => void }) {
  const you = chat.you.value;
  return (
    <Dialog title="Settings" onClose={closeOverlay}>
      <fieldset class="plain">
        <legend>Appearance</legend>
        <div class="choice-row">
          {THEMES.map(({ name, label }) => (
            <button key={name} type="button" aria-pressed={theme.value === name} onClick={() => chooseTheme(name)}>
              {label}
            </button>
          ))}
        </div>
      </fieldset>
      <button
        type="button"
        class="menu-item"
        onClick={() => {
          overlay.value = { kind: 'keys' };
        }}
      >
        <Icon name="keyboard" />
        <span class="grow">Keyboard shortcuts</span>
        <kbd>?</kbd>
      </button>
      {you !== null && !you.isGuest && (
        <button type="button" class="menu-item danger" onClick={onSignOut}>
          <Icon name="leave" />
          <span class="grow">Sign out {you.name}</span>
        </button>
      )}
    </Dialog>
  );
}

const KEYS: readonly (readonly [string, string])[] = [
  ['Enter', 'Send'],
  ['Shift Enter', 'New line'],
  ['↑', 'In an empty field: edit your last message'],
  ['Esc', 'Cancel a reply or an edit; else back to the newest message and to writing'],
  ['End', 'Go to the newest message'],
  ['Alt ↑ ↓', 'Previous or next channel'],
  ['Ctrl K', 'Find a channel'],
  ['Ctrl Shift F', 'Search'],
  ['↑ ↓', 'On a message: move between messages'],
  ['Tab', 'From a message to its actions'],
  ['?', 'This list, when not writing'],
];

function Keys() {
  return (
    <Dialog title="Keyboard shortcuts" onClose={closeOverlay}>
      <dl class="keys">
        {KEYS.flatMap(([keys, does]) => [
          <dt key={`${keys} ${does}`}>
            {keys.split(' ').map((key) => (
              <kbd key={key}>{key}</kbd>
            ))}
          </dt>,
          <dd key={does}>{does}</dd>,
        ])}
      </dl>
    </Dialog>
  );
}

function ConfirmDelete(props: {
  readonly chat: Chat;
  readonly model: ChannelModel;
  readonly message: Parameters<typeof remove>[2];
}) {
  const { chat, model, message } = props;
  const isOwn = message.author.user === chat.you.value?.user;
  return (
    <Dialog title={isOwn ? 'Delete your message?' : `Delete ${message.author.name}’s message?`} onClose={closeOverlay}>
      <p class="subject">{excerpt(message)}</p>
      <p>It disappears for everyone, on every platform that allows it.</p>
      <div class="choices">
        <button type="button" class="button" onClick={closeOverlay}>
          Keep
        </button>
        <button
          type="button"
          class="button danger"
          autofocus
          onClick={() => {
            closeOverlay();
            void remove(chat, model, message);
          }}
        >
          Delete
        </button>
      </div>
    </Dialog>
  );
}

/** Reactions at one touch. */
const QUICK = [
  { char: '🔥', words: 'fire' },
  { char: '❤️', words: 'heart' },
  { char: '👍', words: 'thumbs up' },
  { char: '😂', words: 'laughing' },
  { char: '🙌', words: 'hands raised' },
  { char: '🕺', words: 'dancing' },
];

function Sheet(props: {
  readonly chat: Chat;
  readonly message: Parameters<typeof remove>[2];
  readonly deeds: RowDeeds;
}) {
  const { chat, message, deeds } = props;
  const channel = chat.channel.value;
  if (channel === null) return null;
  const can = rowCan(channel, chat.you.value?.user ?? null, message);
  return (
    <Dialog title={message.author.name} kind="sheet" onClose={closeOverlay}>
      <p class="subject">{excerpt(message)}</p>
      {can.react && (
        <div class="sheet-emoji">
          {QUICK.map(({ char, words }) => (
            <button
              key={char}
              type="button"
              class="icon-button"
              aria-label={`React: ${words}`}
              onClick={() => {
                closeOverlay();
                deeds.react(message, char, true);
              }}
            >
              {char}
            </button>
          ))}
        </div>
      )}
      <ul>
        {actionsOf(message, can, deeds).map(({ icon, label, isDanger, run }) => (
          <li key={label}>
            <button
              type="button"
              class={isDanger ? 'menu-item danger' : 'menu-item'}
              onClick={() => {
                closeOverlay();
                run();
              }}
            >
              <Icon name={icon} />
              {label}
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
