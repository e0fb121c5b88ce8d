import { useSignal } from '@preact/signals';
import type { Person } from '../../../core/domain/wire.ts';
import type { Chat } from '../state/chat.ts';
import { plural, t, word } from '../words.ts';
import { Icon } from './icons.tsx';
import { Disc, NameButton, PlatformBadge, RoleBadge, tint } from './person.tsx';

const GROUPS: readonly { readonly title: string; readonly badges: readonly Person['badge'][] }[] = [
  { title: word('DJs'), badges: ['dj'] },
  { title: word('Crew'), badges: ['admin', 'moderator'] },
  { title: word('Listening'), badges: [null] },
];
const FILTER_FROM = 12;
/** More names than this are only counted: nobody reads them, and the page stays quick. */
const MAX_NAMED = 200;

export function PeoplePanel({ chat }: { readonly chat: Chat }) {
  const { present, isOpen } = chat.people;
  const filter = useSignal('');
  if (!isOpen.value) return null;
  const { people, guests } = present.value ?? { people: [], guests: 0 };
  const found = people.filter((one) => one.name.toLocaleLowerCase().includes(filter.value.toLocaleLowerCase()));
  return (
    <aside class="people" aria-label={t('People here')}>
      <header>
        <h2>{t('Here now')}</h2>
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
      {people.length >= FILTER_FROM && (
        <div class="people-filter">
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
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard. */}
      <section class="people-list" tabIndex={0} aria-label={t('Names')}>
        {GROUPS.map(({ title, badges }) => (
          <Group key={title} title={title} people={found.filter((one) => badges.includes(one.badge))} />
        ))}
        {guests > 0 && <p class="people-note">{plural('{n} guest reading along|{n} guests reading along', guests)}</p>}
      </section>
    </aside>
  );
}

function Group({ title, people }: { readonly title: string; readonly people: readonly Person[] }) {
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
          </li>
        ))}
      </ul>
    </>
  );
}
