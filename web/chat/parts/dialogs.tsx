import type { ChannelModel } from '../state/channel-model.ts';
import type { Chat } from '../state/chat.ts';
import { excerpt, remove, rowCan } from '../state/deeds.ts';
import { closeOverlay, overlay } from '../state/overlay.ts';
import type { RowDeeds } from '../state/row-deeds.ts';
import { t, word } from '../words.ts';
import { Dialog } from './dialog.tsx';
import { Icon } from './icons.tsx';
import { lazy } from './lazy.tsx';
import { actionsOf } from './row-actions.tsx';

const Directory = lazy(() => import('./directory-dialog.tsx'));
const Keys = lazy(() => import('./keys-dialog.tsx'));
const Settings = lazy(() => import('./settings-dialog.tsx'));
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

function ConfirmDelete(props: {
  readonly chat: Chat;
  readonly model: ChannelModel;
  readonly message: Parameters<typeof remove>[2];
}) {
  const { chat, model, message } = props;
  const isOwn = message.author.user === chat.you.value?.user;
  return (
    <Dialog
      title={isOwn ? t('Delete your message?') : t('Delete the message of {name}?', { name: message.author.name })}
      onClose={closeOverlay}
    >
      <p class="subject">{excerpt(message)}</p>
      <p>{t('It disappears for everyone, on every platform that allows it.')}</p>
      <div class="choices">
        <button type="button" class="button" onClick={closeOverlay}>
          {t('Keep')}
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
          {t('Delete')}
        </button>
      </div>
    </Dialog>
  );
}

/** Reactions at one touch. */
const QUICK = [
  { char: '🔥', words: word('fire') },
  { char: '❤️', words: word('heart') },
  { char: '👍', words: word('thumbs up') },
  { char: '😂', words: word('laughing') },
  { char: '🙌', words: word('hands raised') },
  { char: '🕺', words: word('dancing') },
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
              aria-label={t('React: {name}', { name: t(words) })}
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
