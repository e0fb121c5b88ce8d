import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Person } from '../../../core/domain/wire.ts';
import type { SeenPerson } from '../../../core/plugin/asked/self.ts';
import { platformName } from '../platforms.ts';
import type { Chat } from '../state/chat.ts';
import { ago, dateTime, nowMs } from '../time.ts';
import { plural, t, word } from '../words.ts';
import { Icon } from './icons.tsx';
import { Disc, NameButton, PlatformBadge, RoleBadge, tint } from './person.tsx';

type Listed = Omit<Person, 'how'> & Partial<Pick<SeenPerson, 'lastAt' | 'connected'>>;

const GROUPS: readonly { readonly title: string; readonly badges: readonly Person['badge'][] }[] = [
  { title: word('DJs'), badges: ['dj'] },
  { title: word('Crew'), badges: ['admin', 'moderator'] },
  { title: word('Listening'), badges: [null] },
];
const SPANS = [
  { value: 'here', label: word('Here now') },
  { value: '1', label: word('Seen in the last hour') },
  { value: '24', label: word('Seen in the last day') },
  { value: 'ever', label: word('Everybody who was here') },
] as const;
const HOUR_MS = 3_600_000;
/** More names than this are only counted: nobody reads them, and the page stays quick. */
const MAX_NAMED = 200;

export default function PeoplePanel({ chat }: { readonly chat: Chat }) {
  const { present, isOpen } = chat.people;
  const span = useSignal<(typeof SPANS)[number]['value']>('here');
  const filter = useSignal('');
  const platform = useSignal('');
  const seen = useSignal<readonly SeenPerson[] | null>(null);
  const channel = chat.channel.value?.id ?? null;

  useEffect(() => {
    let isOver = false;
    seen.value = null;
    if (span.value === 'here' || channel === null) return;
    const since = span.value === 'ever' ? 0 : nowMs() - Number(span.value) * HOUR_MS;
    void loadSeen(chat, channel, since).then((people) => {
      if (!isOver) seen.value = people;
    });
    return () => {
      isOver = true;
    };
  }, [chat, channel, span.value]);

  const { people, guests } = present.value ?? { people: [], guests: 0 };
  const all: readonly Listed[] = span.value === 'here' ? people : (seen.value ?? []);
  const platforms = [...new Set(all.map((one) => one.platform))].toSorted();
  const wanted = filter.value.toLocaleLowerCase();
  const found = all.filter(
    (one) =>
      one.name.toLocaleLowerCase().includes(wanted) && (platform.value === '' || one.platform === platform.value),
  );
  return (
    <aside class="people" aria-label={t('People here')}>
      <header>
        <h2 aria-live="polite">
          {t(SPANS.find(({ value }) => value === span.value)?.label ?? '')} · {found.length}
        </h2>
        <button
          type="button"
          class="icon-button"
          aria-label={t('Close people')}
          onClick={() => {
            isOpen.value = false;
          }}
        >
          <Icon name="close" size={18} />
        </button>
      </header>
      <div class="people-filter">
        <select
          class="input"
          aria-label={t('Which people')}
          value={span.value}
          onChange={(event) => {
            const chosen = event.currentTarget.value;
            span.value = SPANS.find(({ value }) => value === chosen)?.value ?? 'here';
          }}
        >
          {SPANS.map(({ value, label }) => (
            <option key={value} value={value}>
              {t(label)}
            </option>
          ))}
        </select>
        {platforms.length > 1 && (
          <select
            class="input"
            aria-label={t('Platform')}
            value={platform.value}
            onChange={(event) => {
              platform.value = event.currentTarget.value;
            }}
          >
            <option value="">{t('All platforms')}</option>
            {platforms.map((one) => (
              <option key={one} value={one}>
                {platformName(one)}
              </option>
            ))}
          </select>
        )}
        <input
          class="input"
          type="search"
          aria-label={t('Filter people')}
          placeholder={t('Filter')}
          value={filter.value}
          onInput={(event) => {
            filter.value = event.currentTarget.value;
          }}
        />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard. */}
      <section class="people-list" tabIndex={0} aria-label={t('Names')}>
        {GROUPS.map(({ title, badges }) => (
          <Group key={title} title={title} people={found.filter((one) => badges.includes(one.badge))} />
        ))}
        {span.value === 'here' && guests > 0 && (
          <p class="people-note">{plural('{n} guest reading along|{n} guests reading along', guests)}</p>
        )}
      </section>
    </aside>
  );
}

/** Last seen first, back to a time; so many at most. */
async function loadSeen(chat: Chat, channel: string, since: number): Promise<readonly SeenPerson[]> {
  const found: SeenPerson[] = [];
  let before: string | null = null;
  while (found.length < MAX_NAMED) {
    const page: { readonly people: readonly SeenPerson[]; readonly isEnd: boolean } | null = await seenPage(
      chat,
      channel,
      before,
    );
    if (page === null) break;
    const { people, isEnd } = page;
    const recent = people.filter(({ lastAt }) => lastAt >= since);
    found.push(...recent);
    before = people.at(-1)?.place ?? null;
    if (isEnd || recent.length < people.length || before === null) break;
  }
  return found;
}

async function seenPage(chat: Chat, channel: string, before: string | null) {
  const answer = await chat.client.ask('seen', { channel, before, limit: 100 });
  return answer.ok ? answer.value : null;
}

function Group({ title, people }: { readonly title: string; readonly people: readonly Listed[] }) {
  if (people.length === 0) return null;
  return (
    <>
      <h3>
        {t(title)} · {people.length}
      </h3>
      <ul>
        {people.slice(0, MAX_NAMED).map((person) => (
          <li key={person.user} class="person tinted" style={tint(person.user)}>
            <Disc name={person.name} isSmall />
            <NameButton person={person} />
            <RoleBadge badge={person.badge} />
            <PlatformBadge platform={person.platform} />
            {person.lastAt !== undefined && (
              <time class="last" dateTime={new Date(person.lastAt).toISOString()} title={dateTime(person.lastAt)}>
                {person.connected == null ? ago(person.lastAt) : t('here now')}
              </time>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}
