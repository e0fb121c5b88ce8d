import type { WireChatMessage } from '../../../core/domain/wire.ts';
import type { ChannelModel } from '../state/channel-model.ts';
import type { Chat } from '../state/chat.ts';
import { excerpt, remove } from '../state/deeds.ts';
import { closeOverlay } from '../state/overlay.ts';
import type { RowDeeds } from '../state/row-deeds.ts';
import { t } from '../words.ts';
import { Dialog } from './dialog.tsx';

interface Props {
  readonly chat: Chat;
  readonly model: ChannelModel;
  readonly deeds: RowDeeds;
  readonly message: WireChatMessage;
}

export default function DeleteDialog({ chat, model, deeds, message }: Props) {
  const isOwn = message.author.user === chat.you.value?.user;
  const stays = deeds.cannot('redact');
  return (
    <Dialog
      title={isOwn ? t('Delete your message?') : t('Delete the message of {name}?', { name: message.author.name })}
      onClose={closeOverlay}
    >
      <p class="subject">{excerpt(message)}</p>
      <p>{t('It disappears for everyone, on every platform that allows it.')}</p>
      {stays !== '' && <p>{stays}.</p>}
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
