import { useEffect, useState } from 'preact/hooks';
import type { Client } from '../../../client/index.ts';
import { useAsked } from '../asked.ts';
import { RANK_NAMES, Who, whoText } from './who.tsx';

const WAIT_MS = 250;
const MOST = 8;

/** Somebody by name: those who were here, and who has an account by this very name. */
export function FindPerson(props: {
  readonly client: Client;
  readonly channel: string;
  readonly action: string;
  /** Not offered: it is done already. */
  readonly known: readonly string[];
  readonly onChoose: (user: string) => void;
}) {
  const { client, channel, action } = props;
  const [typed, setTyped] = useState('');
  const [text, setText] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => setText(typed.trim()), WAIT_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  return (
    <>
      <label class="field">
        <span>Name</span>
        <input
          class="input"
          type="search"
          maxLength={64}
          autocomplete="off"
          value={typed}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
      </label>
      {text !== '' && (
        <Found
          client={client}
          channel={channel}
          text={text}
          action={action}
          known={props.known}
          onChoose={(user) => {
            setTyped('');
            setText('');
            props.onChoose(user);
          }}
        />
      )}
    </>
  );
}

function Found(props: Parameters<typeof FindPerson>[0] & { readonly text: string }) {
  const { client, channel, text, action } = props;
  const { value, say } = useAsked(client, 'find-people', { channel, text, platform: null, limit: MOST });
  if (say !== null) return <p class="problem">{say}</p>;
  if (value === null) return <p class="soft">Looking…</p>;
  const people = value.people.filter(({ user }) => !props.known.includes(user));
  if (people.length === 0) return <p class="none">Nobody by that name was here or has an account.</p>;
  return (
    <ul class="lines" aria-label="Found">
      {people.map((one) => (
        <li key={one.user}>
          <p>
            <Who {...one} />{' '}
            {one.rank !== 'listener' && one.rank !== 'guest' && <span class="soft">{RANK_NAMES[one.rank]}</span>}
          </p>
          <button
            type="button"
            class="button"
            aria-label={`${action} ${whoText(one)}`}
            onClick={() => props.onChoose(one.user)}
          >
            {action}
          </button>
        </li>
      ))}
    </ul>
  );
}
