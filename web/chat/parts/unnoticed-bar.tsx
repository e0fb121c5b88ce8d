import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Chat } from '../state/chat.ts';
import { toast } from '../state/toast.ts';
import { t } from '../words.ts';

/** Channels in which this admin is to be seen, by whichever of their devices. */
const shown = signal<ReadonlySet<string>>(new Set());

function show(channel: string): void {
  shown.value = new Set([...shown.value, channel]);
}

/** Tells an admin that nobody sees them here, and lets them be seen. */
export default function UnnoticedBar({ chat, channel }: { readonly chat: Chat; readonly channel: string }) {
  useEffect(() => chat.client.on('self', (news) => news.kind === 'shown' && show(news.channel)), [chat]);
  if (shown.value.has(channel)) return null;
  async function showMe(): Promise<void> {
    const answer = await chat.client.do('show', { channel });
    if (answer.ok) show(channel);
    else toast(answer.say);
  }
  return (
    <div class="join-bar">
      <span>{t('You read unnoticed here. To write, let others see you.')}</span>
      <button type="button" class="button primary" onClick={() => void showMe()}>
        {t('Show me')}
      </button>
    </div>
  );
}
