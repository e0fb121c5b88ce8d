import { useEffect } from 'preact/hooks';
import type { ListedInvitation } from '../../../core/plugin/asked/directs.ts';
import { channelHref, goTo } from '../route.ts';
import type { Chat } from '../state/chat.ts';
import { closeOverlay } from '../state/overlay.ts';
import { toast } from '../state/toast.ts';
import { t } from '../words.ts';
import { Dialog } from './dialog.tsx';

/** People who want to write to one. Nothing of what they wrote is shown before it is accepted. */
export default function InvitationsDialog({ chat }: { readonly chat: Chat }) {
  const all = chat.invitations.all.value;
  useEffect(() => chat.invitations.ask(), [chat]);

  async function answer(one: ListedInvitation, to: 'accept' | 'decline' | 'block'): Promise<void> {
    const done = await chat.client.do('answer-invitation', { channel: one.channel, answer: to });
    if (!done.ok) toast(done.say);
    if (done.ok && to === 'accept') {
      closeOverlay();
      goTo(channelHref(one.channel));
    }
    chat.invitations.ask();
  }
  async function notes(): Promise<void> {
    const opened = await chat.client.do('open-direct', { users: [] });
    if (!opened.ok) return toast(opened.say);
    closeOverlay();
    goTo(channelHref(opened.value.channel));
  }

  return (
    <Dialog title={t('Private messages')} kind="invitations" onClose={closeOverlay}>
      <p>
        {t('To write to somebody, press their name in the chat. Messages pass through this hub and can be read by it.')}
      </p>
      <button type="button" class="button" onClick={() => void notes()}>
        {t('Notes to yourself')}
      </button>
      {all?.length === 0 && <p class="none">{t('Nobody waits for your answer.')}</p>}
      <ul>
        {all?.map((one) => (
          <li key={one.channel} class="invitation">
            <p>
              <b>{one.by.name}</b> ({one.by.platform}){' '}
              {one.kind === 'direct' ? t('wants to write to you.') : t('invites you to {name}.', { name: one.name })}
            </p>
            <div class="choices wrap">
              <button type="button" class="button primary" onClick={() => void answer(one, 'accept')}>
                {t('Accept')}
              </button>
              <button type="button" class="button" onClick={() => void answer(one, 'decline')}>
                {t('Decline')}
              </button>
              <button type="button" class="button danger" onClick={() => void answer(one, 'block')}>
                {t('Block')}
              </button>
            </div>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
