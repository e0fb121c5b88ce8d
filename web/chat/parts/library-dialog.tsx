import { useEffect, useState } from 'preact/hooks';
import type { LibraryItem } from '../../../core/domain/library.ts';
import type { Chat } from '../state/chat.ts';
import { closeOverlay } from '../state/overlay.ts';
import { dateTime } from '../time.ts';
import { t, word } from '../words.ts';
import { Dialog } from './dialog.tsx';
import { isOurs } from './rich.tsx';

const KINDS = [
  { kind: null, label: word('All') },
  { kind: 'music', label: word('Music') },
  { kind: 'link', label: word('Links') },
  { kind: 'image', label: word('Pictures') },
  { kind: 'file', label: word('Files') },
] as const;
const WAIT_MS = 250;

/** Links and files of this channel, each once. */
export default function LibraryDialog({ chat }: { readonly chat: Chat }) {
  const channel = chat.channel.value?.id ?? null;
  const [kind, setKind] = useState<(typeof KINDS)[number]['kind']>(null);
  const [text, setText] = useState('');
  const [items, setItems] = useState<readonly LibraryItem[] | null>(null);
  const [next, setNext] = useState<string | null>(null);
  const [problem, setProblem] = useState('');

  async function look(before: string | null): Promise<void> {
    const words = text.trim();
    const answer = await chat.client.ask('library', {
      channel,
      event: null,
      kind,
      text: words === '' ? null : words,
      before,
      limit: 30,
    });
    setProblem(answer.ok ? '' : answer.say);
    if (!answer.ok) return;
    setNext(answer.value.next);
    setItems((known) => (before === null ? answer.value.items : [...(known ?? []), ...answer.value.items]));
  }
  useEffect(() => {
    const timer = setTimeout(() => void look(null), text === '' ? 0 : WAIT_MS);
    return () => clearTimeout(timer);
  }, [kind, text, channel]);

  return (
    <Dialog title={t('Links and files')} kind="library" onClose={closeOverlay}>
      <input
        class="input"
        type="search"
        aria-label={t('Filter links and files')}
        placeholder={t('Filter')}
        maxLength={200}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <div class="choice-row">
        {KINDS.map((one) => (
          <button key={one.label} type="button" aria-pressed={kind === one.kind} onClick={() => setKind(one.kind)}>
            {t(one.label)}
          </button>
        ))}
      </div>
      <p class="problem" role="alert">
        {problem}
      </p>
      {items?.length === 0 && <p class="none">{t('Nothing has been posted yet.')}</p>}
      <ul class="library-list">
        {items?.map((item) => (
          <li key={item.id}>
            <Item item={item} />
          </li>
        ))}
      </ul>
      {next !== null && (
        <button type="button" class="button" onClick={() => void look(next)}>
          {t('More')}
        </button>
      )}
    </Dialog>
  );
}

function Item({ item }: { readonly item: LibraryItem }) {
  const { last, count } = item;
  const words = (
    <span class="grow">
      <b dir="auto">{item.title ?? item.url}</b>
      <span>
        {item.kind} · {last.name} ({last.platform}), {dateTime(last.at)}
        {count > 1 && ` · ${t('{n} times', { n: count })}`}
      </span>
    </span>
  );
  const isSafe = isOurs(item.url) || /^https?:\/\//i.test(item.url);
  if (!isSafe) return <p class="menu-item">{words}</p>;
  return (
    <a class="menu-item" href={item.url} target="_blank" rel="noopener noreferrer nofollow" title={item.url}>
      {words}
    </a>
  );
}
