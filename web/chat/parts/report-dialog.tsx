import { useState } from 'preact/hooks';
import type { WireChatMessage } from '../../../core/domain/wire.ts';
import type { Chat } from '../state/chat.ts';
import { excerpt } from '../state/deeds.ts';
import { closeOverlay } from '../state/overlay.ts';
import { toast } from '../state/toast.ts';
import { t } from '../words.ts';
import { Dialog } from './dialog.tsx';

interface Props {
  readonly chat: Chat;
  readonly channel: string;
  readonly message: WireChatMessage;
}

/** Tells moderators of a message; its author is not told by whom. */
export default function ReportDialog({ chat, channel, message }: Props) {
  const [reason, setReason] = useState('');
  const [problem, setProblem] = useState('');

  async function send(event: Event): Promise<void> {
    event.preventDefault();
    const answer = await chat.client.do('report', { channel, message: message.id, reason: reason.trim() || null });
    if (!answer.ok) return setProblem(answer.say);
    closeOverlay();
    toast(answer.value.isNew ? t('The moderators are told.') : t('You have reported it already.'));
  }

  return (
    <Dialog title={t('Report the message of {name}', { name: message.author.name })} onClose={closeOverlay}>
      <form onSubmit={(event) => void send(event)}>
        <p class="subject">{excerpt(message)}</p>
        <label class="field">
          <span>{t('What is wrong with it')}</span>
          <input
            class="input"
            maxLength={300}
            value={reason}
            onInput={(event) => setReason(event.currentTarget.value)}
          />
          <span class="hint">{t('Moderators read it; the author does not learn who reported.')}</span>
        </label>
        <p class="problem" role="alert">
          {problem}
        </p>
        <div class="choices">
          <button type="button" class="button" onClick={closeOverlay}>
            {t('Cancel')}
          </button>
          <button type="submit" class="button primary">
            {t('Report')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
