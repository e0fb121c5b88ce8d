import { useSignal, useSignalEffect } from '@preact/signals';
import type { ListedChannel } from '../../../core/domain/wire.ts';
import type { Chat } from '../state/chat.ts';
import { toast } from '../state/toast.ts';
import { t } from '../words.ts';
import { ChannelMark } from './channel-mark.tsx';

/** The picture that everybody sees of this channel: here, and of its own room on platforms that show one. */
export function ChannelPicture({ chat, channel }: { readonly chat: Chat; readonly channel: ListedChannel }) {
  // apart from what goes with the channel's next message
  const uploads = chat.uploads(`picture of ${channel.id}`);
  const isBusy = useSignal(false);

  async function set(url: string | null): Promise<void> {
    const answer = await chat.client.do('set-channel-picture', { channel: channel.id, url });
    isBusy.value = false;
    toast(answer.ok ? t('Everybody here sees it.') : answer.say);
  }
  useSignalEffect(() => {
    const [upload] = uploads.list.value;
    if (upload === undefined || upload.state.kind === 'sending') return;
    const { state } = upload;
    uploads.take();
    if (state.kind === 'ready') void set(state.attachment.url);
    else {
      isBusy.value = false;
      toast(state.say);
    }
  });

  return (
    <div class="field">
      <label class="field">
        <span>{t('Picture of #{name}, for everybody', { name: channel.name })}</span>
        <input
          class="input"
          type="file"
          accept="image/*"
          disabled={isBusy.value}
          onChange={({ currentTarget: field }) => {
            const [file] = field.files ?? [];
            if (file === undefined) return;
            isBusy.value = true;
            uploads.add([file]);
            field.value = '';
          }}
        />
      </label>
      {channel.picture !== null && (
        <div class="choices wrap">
          <ChannelMark channel={channel} size={44} />
          <button type="button" class="button" onClick={() => void set(null)}>
            {t('Remove the picture')}
          </button>
        </div>
      )}
    </div>
  );
}
