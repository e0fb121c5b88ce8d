import type { ChannelModel } from '../state/channel-model.ts';
import type { Chat } from '../state/chat.ts';
import { closeOverlay, overlay } from '../state/overlay.ts';
import type { RowDeeds } from '../state/row-deeds.ts';
import { lazy } from './lazy.tsx';

const DeleteDialog = lazy(() => import('./delete-dialog.tsx'));
const ReportDialog = lazy(() => import('./report-dialog.tsx'));
const Sheet = lazy(() => import('./message-sheet.tsx'));
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
      return <Lightbox chat={chat} deeds={deeds} pictures={open.pictures} at={open.at} message={open.message} />;
    case 'delete':
      return model === null || deeds === null ? null : (
        <DeleteDialog chat={chat} model={model} deeds={deeds} message={open.message} />
      );
    case 'report':
      return model === null ? null : <ReportDialog chat={chat} channel={model.id} message={open.message} />;
    case 'sheet':
      return deeds === null ? null : <Sheet chat={chat} message={open.message} deeds={deeds} />;
  }
}
