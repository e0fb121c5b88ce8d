import { useState } from 'preact/hooks';
import type { ShownAccount } from '../../../core/plugin/asked/admin.ts';
import { toast } from '../../chat/state/toast.ts';
import { act, useAsked } from '../asked.ts';
import type { PanelProps } from '../panel.ts';
import '../parts/admin.css';
import { Confirm } from '../parts/confirm.tsx';
import { Sure } from '../parts/sure.tsx';
import { When } from '../parts/when.tsx';
import { SignUpLinks } from './sign-up-links.tsx';

type Which = 'all' | 'admins' | 'djs' | 'disabled';
const WHICH: readonly (readonly [Which, string])[] = [
  ['all', 'everybody'],
  ['djs', 'DJs'],
  ['admins', 'admins'],
  ['disabled', 'disabled accounts'],
];
const PAGE = 50;
type Change =
  | { readonly kind: 'set-dj'; readonly to: boolean }
  | { readonly kind: 'set-admin'; readonly to: boolean }
  | { readonly kind: 'set-enabled'; readonly to: boolean };

interface Asked {
  readonly account: ShownAccount;
  readonly change: Change;
}

/** Who has an account here, and what they are. */
export function AccountsPanel({ hub: { client, you } }: PanelProps) {
  const [which, setWhich] = useState<Which>('all');
  const [named, setNamed] = useState('');
  const [after, setAfter] = useState<string | null>(null);
  const wanted = named.trim();
  const of = { which, named: wanted === '' ? null : wanted, after, limit: PAGE };
  const { value, say, reload } = useAsked(client, 'accounts', of);
  const [asking, setAsking] = useState<Asked | null>(null);

  async function change({ user, name }: ShownAccount, { kind, to }: Change): Promise<void> {
    const done =
      kind === 'set-dj'
        ? await act(client, kind, { user, isDj: to })
        : kind === 'set-admin'
          ? await act(client, kind, { user, isAdmin: to })
          : await act(client, kind, { user, isEnabled: to });
    if (done !== null) toast(SAID[`${kind} ${to}`]?.(name) ?? 'Done.');
    reload();
  }

  return (
    <>
      <div class="filters">
        <label class="field">
          <span>Show</span>
          <select
            class="input"
            value={which}
            onChange={(event) => {
              setWhich(WHICH.find(([one]) => one === event.currentTarget.value)?.[0] ?? 'all');
              setAfter(null);
            }}
          >
            {WHICH.map(([one, words]) => (
              <option key={one} value={one}>
                {words}
              </option>
            ))}
          </select>
        </label>
        <label class="field">
          <span>Name</span>
          <input
            class="input"
            type="search"
            maxLength={80}
            value={named}
            onInput={(event) => {
              setNamed(event.currentTarget.value);
              setAfter(null);
            }}
          />
        </label>
      </div>
      {say !== null && <p class="problem">{say}</p>}
      {value?.accounts.length === 0 && <p class="soft">Nobody.</p>}
      <ul class="lines roomy" aria-label="Accounts">
        {value?.accounts.map((account) => (
          <Account
            key={account.user}
            account={account}
            isOneself={account.user === you.value?.user}
            onChange={(wish) => (needsAsking(wish) ? setAsking({ account, change: wish }) : void change(account, wish))}
          />
        ))}
      </ul>
      <div class="acts">
        {after !== null && (
          <button type="button" class="button" onClick={() => setAfter(null)}>
            From the beginning
          </button>
        )}
        {value !== null && value.next !== null && (
          <button type="button" class="button" onClick={() => setAfter(value.next)}>
            More
          </button>
        )}
      </div>
      <SignUpLinks client={client} />
      {asking !== null && <Asking asking={asking} onYes={change} onClose={() => setAsking(null)} />}
    </>
  );
}

function Asking(props: {
  readonly asking: Asked;
  readonly onYes: (account: ShownAccount, change: Change) => Promise<void>;
  readonly onClose: () => void;
}) {
  const { account, change } = props.asking;
  const key = `${change.kind} ${change.to}`;
  const title = TITLES[key]?.(account.name) ?? '';
  const onYes = (): void => void props.onYes(account, change);
  const what = <p>{WHAT[key]}</p>;
  return change.to ? (
    <Sure title={title} act={LABELS[key] ?? ''} onYes={onYes} onClose={props.onClose}>
      {what}
    </Sure>
  ) : (
    <Confirm title={title} action={LABELS[key] ?? ''} onYes={onYes} onClose={props.onClose}>
      {what}
    </Confirm>
  );
}

function Account(props: {
  readonly account: ShownAccount;
  readonly isOneself: boolean;
  readonly onChange: (change: Change) => void;
}) {
  const { account, isOneself, onChange } = props;
  const { name, platform, isAdmin, isDj, isDisabled, madeAt, channels } = account;
  const button = (change: Change) => (
    <button
      type="button"
      class="button"
      aria-label={`${LABELS[`${change.kind} ${change.to}`]}: ${name}`}
      onClick={() => onChange(change)}
    >
      {LABELS[`${change.kind} ${change.to}`]}
    </button>
  );
  return (
    <li>
      <div class="grow">
        <p>
          <b>{name}</b> {isOneself && <span class="tag">you</span>} {isAdmin && <span class="tag good">admin</span>}{' '}
          {isDj && <span class="tag good">DJ</span>} {isDisabled && <span class="tag bad">disabled</span>}
        </p>
        <p class="soft">
          {platform}, since <When at={madeAt} />
          {channels.map((channel) => (
            <span key={channel.id}>
              {', '}
              <a href={`/c/${channel.id}`}>{channel.name}</a>
              {channel.state === 'read-only' && ' (read-only)'}
            </span>
          ))}
        </p>
      </div>
      <div class="acts">
        {(isDj || !isDisabled) && button({ kind: 'set-dj', to: !isDj })}
        {!isOneself && (isAdmin || !isDisabled) && button({ kind: 'set-admin', to: !isAdmin })}
        {!isOneself && !isAdmin && button({ kind: 'set-enabled', to: isDisabled })}
      </div>
    </li>
  );
}

/** What takes something from somebody, and what gives everything. */
function needsAsking({ kind, to }: Change): boolean {
  return !to || kind === 'set-admin';
}

type Words = Readonly<Record<string, string>>;
const LABELS: Words = {
  'set-dj true': 'Make a DJ',
  'set-dj false': 'No DJ any more',
  'set-admin true': 'Make an admin',
  'set-admin false': 'No admin any more',
  'set-enabled true': 'Enable',
  'set-enabled false': 'Disable',
};
const WHAT: Words = {
  'set-dj false': 'Their channels stay, read-only; live events that were planned are cancelled.',
  'set-admin true': 'They may do everything here, and make and dismiss admins, you among them.',
  'set-admin false': 'They keep their account, and what else they are.',
  'set-enabled false': 'They are signed out everywhere at once and cannot come in again. What they have written stays.',
};
type Sentences = Readonly<Record<string, (name: string) => string>>;
const TITLES: Sentences = {
  'set-dj false': (name) => `Shall ${name} be no DJ any more?`,
  'set-admin true': (name) => `Make ${name} an admin?`,
  'set-admin false': (name) => `Shall ${name} be no admin any more?`,
  'set-enabled false': (name) => `Disable the account of ${name}?`,
};
const SAID: Sentences = {
  'set-dj true': (name) => `${name} is a DJ now, with a channel.`,
  'set-dj false': (name) => `${name} is no DJ any more.`,
  'set-admin true': (name) => `${name} is an admin now.`,
  'set-admin false': (name) => `${name} is no admin any more.`,
  'set-enabled true': (name) => `${name} may come in again.`,
  'set-enabled false': (name) => `${name} is signed out and cannot come in.`,
};
