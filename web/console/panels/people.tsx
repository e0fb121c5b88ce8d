import { useEffect, useState } from 'preact/hooks';
import type { ListedPerson } from '../../../core/domain/staff.ts';
import { platformName } from '../../chat/platforms.ts';
import { LIVE_MS, useAsked } from '../asked.ts';
import type { PanelProps } from '../panel.ts';
import { Choices } from '../parts/choices.tsx';
import { restraintText } from '../parts/restraint.ts';
import { RANK_NAMES, Who } from '../parts/who.tsx';
import { spanText } from '../time.ts';
import { NativeActs } from './people-native.tsx';
import { PersonView } from './people-person.tsx';

const PLATFORMS = ['slipmat', 'discord', 'twitch', 'telegram', 'matrix'] as const;
const WAIT_MS = 250;
const VIEWS = [
  { id: 'all', label: 'All' },
  { id: 'restrained', label: 'Timed out' },
  { id: 'native', label: 'On platforms' },
] as const;

/** Whoever was here, with their history, and what can be done about it. */
export function PeoplePanel({ hub, channel }: PanelProps) {
  const [view, setView] = useState<(typeof VIEWS)[number]['id']>('all');
  const [chosen, setChosen] = useState<string | null>(null);
  return (
    <div class={chosen === null ? 'split' : 'split chosen'}>
      <div class="split-list">
        <Choices label="Which people" of={VIEWS} chosen={view} onChoose={setView} />
        {view === 'all' && <Search hub={hub} channel={channel.id} chosen={chosen} onChoose={setChosen} />}
        {view === 'restrained' && <Restrained hub={hub} channel={channel.id} chosen={chosen} onChoose={setChosen} />}
        {view === 'native' && <NativeActs hub={hub} channel={channel.id} onChoose={setChosen} />}
      </div>
      <div class="split-one">
        {chosen === null ? (
          <p class="none">Choose somebody to see what is known of them here.</p>
        ) : (
          <PersonView key={chosen} hub={hub} channel={channel} user={chosen} onClose={() => setChosen(null)} />
        )}
      </div>
    </div>
  );
}

interface ListProps {
  readonly hub: PanelProps['hub'];
  readonly channel: string;
  readonly chosen: string | null;
  readonly onChoose: (user: string) => void;
}

function Search({ hub: { client }, channel, chosen, onChoose }: ListProps) {
  const [typed, setTyped] = useState('');
  const [text, setText] = useState('');
  const [platform, setPlatform] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => setText(typed.trim()), WAIT_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  const asked = { channel, text, platform: platform === '' ? null : platform, limit: 50 };
  const { value, say } = useAsked(client, 'find-people', asked, LIVE_MS);
  return (
    <>
      <div class="search-line">
        <input
          class="input"
          type="search"
          aria-label="Name"
          placeholder="Name"
          maxLength={64}
          value={typed}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
        <select
          class="input"
          aria-label="Platform"
          value={platform}
          onChange={(event) => setPlatform(event.currentTarget.value)}
        >
          <option value="">everywhere</option>
          {PLATFORMS.map((name) => (
            <option key={name} value={name}>
              {platformName(name)}
            </option>
          ))}
        </select>
      </div>
      <Listed people={value?.people ?? null} say={say} none="Nobody by that name was here." {...{ chosen, onChoose }} />
    </>
  );
}

function Restrained({ hub: { client }, channel, chosen, onChoose }: ListProps) {
  const { value, say } = useAsked(client, 'restrained', { channel }, LIVE_MS);
  return (
    <Listed people={value?.people ?? null} say={say} none="Nobody is timed out or banned." {...{ chosen, onChoose }} />
  );
}

function Listed(
  props: Pick<ListProps, 'chosen' | 'onChoose'> & {
    readonly people: readonly ListedPerson[] | null;
    readonly say: string | null;
    readonly none: string;
  },
) {
  const { people, say } = props;
  if (say !== null) return <p class="problem">{say}</p>;
  if (people === null) return <p class="soft">Loading…</p>;
  if (people.length === 0) return <p class="none">{props.none}</p>;
  return (
    <ul class="people-list" aria-label="People">
      {people.map((one) => (
        <li key={one.user}>
          <button
            type="button"
            class="menu-item"
            aria-current={props.chosen === one.user ? 'true' : undefined}
            onClick={() => props.onChoose(one.user)}
          >
            <span class="grow">
              <Who {...one} />{' '}
              {one.rank !== 'listener' && one.rank !== 'guest' && <span class="tag rank">{RANK_NAMES[one.rank]}</span>}
              <span class="soft">{seenText(one.lastAt)}</span>
            </span>
            <span class="side">
              {one.restraint !== null && <span class="tag warn">{restraintText(one.restraint)}</span>}
              <span class="karma-number" title="Karma">
                {Math.round(one.karma)}
              </span>
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}

function seenText(lastAt: number | null): string {
  return lastAt === null ? 'not seen here' : `here ${spanText(Math.max(0, Date.now() - lastAt))} ago`;
}
