import { useEffect, useState } from 'preact/hooks';
import type { LibraryItem } from '../../../core/domain/library.ts';
import { isOurs } from '../../chat/parts/rich.tsx';
import { platformName } from '../../chat/platforms.ts';
import { toast } from '../../chat/state/toast.ts';
import { act, LIVE_MS, useAsked } from '../asked.ts';
import type { PanelProps } from '../panel.ts';
import { Choices } from '../parts/choices.tsx';
import { Confirm } from '../parts/confirm.tsx';
import { saveFile } from '../parts/save-file.ts';
import { shortTime } from '../time.ts';

const KINDS = [
  { id: null, label: 'All' },
  { id: 'music', label: 'Music' },
  { id: 'link', label: 'Links' },
  { id: 'image', label: 'Pictures' },
  { id: 'file', label: 'Files' },
] as const;
const WAIT_MS = 250;
const PAGE = 50;

/** Links and files of the channel or of one show, to go through and to take along. */
export function LibraryPanel({ hub: { client }, channel }: PanelProps) {
  const [event, setEvent] = useState('');
  const [kind, setKind] = useState<(typeof KINDS)[number]['id']>(null);
  const [typed, setTyped] = useState('');
  const [text, setText] = useState('');
  const [count, setCount] = useState(PAGE);
  const [taking, setTaking] = useState<LibraryItem | null>(null);
  useEffect(() => {
    const timer = setTimeout(() => setText(typed.trim()), WAIT_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  const now = useAsked(client, 'events', { channel: channel.id });
  const past = useAsked(client, 'past-events', { channel: channel.id, before: null, limit: 20 });
  const shows = [...(now.value?.events ?? []), ...(past.value?.events ?? [])].filter((one) => one.startedAt !== null);
  const of = event === '' ? { channel: channel.id, event: null } : { channel: null, event };
  const asked = { ...of, kind, text: text === '' ? null : text, before: null, limit: Math.min(100, count) };
  const { value, say, reload } = useAsked(client, 'library', asked, LIVE_MS);

  async function download(format: 'markdown' | 'csv'): Promise<void> {
    const answer = await client.ask('library-export', { ...of, format });
    if (!answer.ok) return toast(answer.say);
    const { name, mediaType, text: file } = answer.value;
    saveFile(name, mediaType, file);
  }
  async function copy(): Promise<void> {
    const answer = await client.ask('library-export', { ...of, format: 'markdown' });
    if (!answer.ok) return toast(answer.say);
    await navigator.clipboard.writeText(answer.value.text);
    toast('Copied as Markdown.');
  }
  async function takeOut(item: LibraryItem): Promise<void> {
    const place = shows.find(({ id }) => id === event)?.channel ?? channel.id;
    const done = await act(client, 'remove-from-library', { channel: place, item: item.id });
    if (done !== null) toast('It is in the list no more.');
    reload();
  }

  return (
    <>
      <div class="search-line">
        <input
          class="input"
          type="search"
          aria-label="Words of title or address"
          placeholder="Words of title or address"
          maxLength={100}
          value={typed}
          onInput={(input) => setTyped(input.currentTarget.value)}
        />
        <select
          class="input"
          aria-label="Of which show"
          value={event}
          onChange={(input) => setEvent(input.currentTarget.value)}
        >
          <option value="">whenever</option>
          {shows.map((one) => (
            <option key={one.id} value={one.id}>
              {one.title}, {shortTime(one.startedAt ?? one.startsAt)}
            </option>
          ))}
        </select>
      </div>
      <Choices label="Which kind" of={KINDS} chosen={kind} onChoose={setKind} />
      <div class="acts">
        <button type="button" class="button" onClick={() => void copy()}>
          Copy all
        </button>
        <button type="button" class="button" onClick={() => void download('markdown')}>
          Download Markdown
        </button>
        <button type="button" class="button" onClick={() => void download('csv')}>
          Download CSV
        </button>
      </div>
      {say !== null && <p class="problem">{say}</p>}
      {value === null && say === null && <p class="soft">Loading…</p>}
      {value?.items.length === 0 && <p class="none">Nothing has been posted.</p>}
      <ul class="lines" aria-label="Links and files">
        {value?.items.map((item) => (
          <li key={item.id}>
            <Item item={item} />
            <button type="button" class="button" onClick={() => setTaking(item)}>
              Take out…
            </button>
          </li>
        ))}
      </ul>
      {value !== null && value.next !== null && count < 100 && (
        <button type="button" class="button" onClick={() => setCount(100)}>
          More
        </button>
      )}
      <p class="hint">
        A link leaves the list by itself once its message is deleted. What you take out stays out, whoever posts it
        again.
      </p>
      {taking !== null && (
        <Confirm
          title="Take it out of the list?"
          action="Take it out"
          onYes={() => void takeOut(taking)}
          onClose={() => setTaking(null)}
        >
          <p class="said-text">{taking.title ?? taking.url}</p>
          <p class="soft">The message stays.</p>
        </Confirm>
      )}
    </>
  );
}

function Item({ item }: { readonly item: LibraryItem }) {
  const { last, count, kind } = item;
  const isSafe = isOurs(item.url) || /^https?:\/\//i.test(item.url);
  const title = item.title ?? item.url;
  return (
    <p>
      {isSafe ? (
        <a href={item.url} target="_blank" rel="noopener noreferrer nofollow" dir="auto">
          {title}
        </a>
      ) : (
        <span dir="auto">{title}</span>
      )}
      <span class="soft effect">
        {kind} · {last.name} ({platformName(last.platform)}), {shortTime(last.at)}
        {count > 1 && ` · ${count} times`}
      </span>
    </p>
  );
}
