import { useEffect, useRef, useState } from 'preact/hooks';
import { plainText } from '../../../core/domain/content.ts';
import type { ChannelId } from '../../../core/domain/ids.ts';
import type { HistoryMessage } from '../../../core/domain/wire.ts';
import { channelHref, goTo } from '../route.ts';
import type { Chat } from '../state/chat.ts';
import { closeOverlay } from '../state/overlay.ts';
import { dateTime } from '../time.ts';
import { t } from '../words.ts';
import { Dialog } from './dialog.tsx';

type Hit = HistoryMessage & { readonly channel: ChannelId };
const WAIT_MS = 250;
const PAGE = 20;

/** Words in what was said, here or in every channel that one may read. */
export default function SearchDialog({ chat }: { readonly chat: Chat }) {
  const channel = chat.channel.value;
  const [text, setText] = useState('');
  const [isEverywhere, setEverywhere] = useState(false);
  const [found, setFound] = useState<readonly Hit[] | null>(null);
  const [problem, setProblem] = useState('');
  const [isMore, setMore] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);

  async function look(before: Hit | null): Promise<void> {
    const query = { text: text.trim(), channel: isEverywhere ? null : (channel?.id ?? null), limit: PAGE };
    const answer = await chat.client.search({ ...query, before: before?.message.id ?? null });
    setProblem(answer.ok ? '' : answer.say);
    if (!answer.ok) return;
    setMore(answer.value.length === PAGE);
    setFound((known) => (before === null ? answer.value : [...(known ?? []), ...answer.value]));
  }
  useEffect(() => {
    if (text.trim() === '') return setFound(null);
    const timer = setTimeout(() => void look(null), WAIT_MS);
    return () => clearTimeout(timer);
  }, [text, isEverywhere]);

  const show = (hit: Hit): void => {
    closeOverlay();
    goTo(`${channelHref(hit.channel)}#m=${hit.message.id}`);
  };

  return (
    <Dialog title={t('Search')} kind="search" onClose={closeOverlay}>
      <input
        ref={field}
        class="input"
        type="search"
        aria-label={t('Words to look for')}
        placeholder={t('Words to look for')}
        maxLength={200}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <label class="check">
        <input
          type="checkbox"
          checked={isEverywhere}
          onChange={(event) => setEverywhere(event.currentTarget.checked)}
        />
        {t('In all channels')}
      </label>
      <p class="problem" role="alert">
        {problem}
      </p>
      <p class="sr" role="status">
        {found === null ? '' : t('{n} found', { n: found.length })}
      </p>
      {found?.length === 0 && <p class="none">{t('Nothing was found.')}</p>}
      <ul>
        {found?.map((hit) => (
          <li key={hit.message.id}>
            <button type="button" class="menu-item hit" onClick={() => show(hit)}>
              <span class="grow">
                <b>{hit.message.author.name}</b> <time>{dateTime(hit.message.sentAt)}</time>
                <span dir="auto">{plainText(hit.message.content.rich).slice(0, 300)}</span>
              </span>
            </button>
          </li>
        ))}
      </ul>
      {isMore && found !== null && (
        <button type="button" class="button" onClick={() => void look(found.at(-1) ?? null)}>
          {t('More')}
        </button>
      )}
    </Dialog>
  );
}
