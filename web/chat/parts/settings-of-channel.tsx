import { useState } from 'preact/hooks';
import { isPublic } from '../../../core/domain/channel.ts';
import { NOTIFY_LEVELS } from '../../../core/domain/notify-level.ts';
import type { ListedChannel } from '../../../core/domain/wire.ts';
import { accentOf } from '../accent.ts';
import type { Chat } from '../state/chat.ts';
import { toast } from '../state/toast.ts';
import { t, word } from '../words.ts';
import { ChannelPicture } from './channel-picture.tsx';

const LEVELS = {
  usual: word('As in all channels'),
  all: word('All messages'),
  mentions: word('Mentions and private messages'),
  none: word('None'),
} as const;
const FIRST_HUE = 120;

/** What is chosen for the channel on screen: by anybody for themselves, by its DJ for everybody. */
export function OfChannel({ chat }: { readonly chat: Chat }) {
  const channel = chat.channel.value;
  if (channel === null || chat.you.value?.isGuest !== false) return null;
  const isOwner = channel.rank === 'dj' || channel.rank === 'admin';
  return (
    <>
      <label class="field">
        <span>{t('Notify me of #{name}', { name: channel.name })}</span>
        <select
          class="input"
          value={chat.levels.of(channel.id) ?? 'usual'}
          onChange={(event) => {
            const chosen = event.currentTarget.value;
            chat.levels.choose(channel.id, NOTIFY_LEVELS.find((one) => one === chosen) ?? null);
          }}
        >
          {(['usual', ...NOTIFY_LEVELS] as const).map((one) => (
            <option key={one} value={one}>
              {t(LEVELS[one])}
            </option>
          ))}
        </select>
      </label>
      {isOwner && isPublic(channel.kind) && (
        <>
          <Colour key={channel.id} chat={chat} channel={channel} />
          <ChannelPicture key={`${channel.id} picture`} chat={chat} channel={channel} />
        </>
      )}
    </>
  );
}

/** The colour that everybody sees here; any hue will do, for its contrast is seen to. */
function Colour({ chat, channel }: { readonly chat: Chat; readonly channel: ListedChannel }) {
  const [hue, setHue] = useState(channel.accent ?? FIRST_HUE);
  async function set(accent: number | null): Promise<void> {
    const answer = await chat.client.do('set-settings', { channel: channel.id, change: { accent } });
    toast(answer.ok ? t('Everybody here sees it.') : answer.say);
  }
  return (
    <fieldset class="plain">
      <legend>{t('Colour of #{name}, for everybody', { name: channel.name })}</legend>
      <div class="choices wrap" style={accentOf(hue)}>
        <input
          type="range"
          min={0}
          max={359}
          value={hue}
          aria-label={t('Hue')}
          onInput={(event) => setHue(Number(event.currentTarget.value))}
        />
        <button type="button" class="button primary" onClick={() => void set(hue)}>
          {t('Use this colour')}
        </button>
        {channel.accent !== null && (
          <button type="button" class="button" onClick={() => void set(null)}>
            {t('The usual colour')}
          </button>
        )}
      </div>
    </fieldset>
  );
}
