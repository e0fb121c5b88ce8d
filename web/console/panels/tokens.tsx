import { useState } from 'preact/hooks';
import { SCOPES, type Scope } from '../../../core/domain/scopes.ts';
import type { ShownToken } from '../../../core/plugin/asked/tokens.ts';
import { toast } from '../../chat/state/toast.ts';
import { act, useAsked } from '../asked.ts';
import type { ConsoleHub } from '../hub.ts';
import '../parts/admin.css';
import { Confirm } from '../parts/confirm.tsx';
import { Secret } from '../parts/secret.tsx';
import { When } from '../parts/when.tsx';

export const SCOPE_WORDS: Readonly<Record<Scope, string>> = {
  read: 'Read: channels, live events, who is here, what is said from now on',
  history: 'What was said before, search, links and files',
  post: 'Write, edit and delete its own, react, upload',
  moderate: 'Moderate: what waits, reports, timeouts, slow and shield mode',
  'events:manage': 'Plan and turn live events',
  'roles:manage': 'Appoint and dismiss moderators',
  'settings:manage': 'Settings and house rules of a channel',
  'portals:manage': 'Links with rooms on platforms',
  'webhooks:manage': 'Webhooks in and out',
  private: 'All of these in crew, private and direct channels, too',
  account: 'Your own affairs: private messages, mutes, blocks, what you have read',
  'hub:manage': 'For admins: health, accounts, configuration, what could not be delivered',
  overlay: 'Shows a channel on an overlay',
};
const DAY_MS = 86_400_000;
const EXPIRIES = [
  [7, 'in a week'],
  [30, 'in 30 days'],
  [90, 'in 90 days'],
  [365, 'in a year'],
  [0, 'when it is revoked'],
] as const;
/** They reach beyond any one channel. */
const BEYOND: ReadonlySet<Scope> = new Set(['account', 'hub:manage']);

/** Tokens for one's own programs. */
export function TokensPanel({ hub: { client, you } }: { readonly hub: ConsoleHub }) {
  const { value, say, reload } = useAsked(client, 'tokens', {});
  const [made, setMade] = useState<{ readonly name: string; readonly secret: string } | null>(null);
  const [leaving, setLeaving] = useState<ShownToken | null>(null);
  const channels = client.channels();
  const nameOf = (id: string): string => channels.find((one) => one.id === id)?.name ?? id;

  async function revoke({ id, name }: ShownToken): Promise<void> {
    if ((await act(client, 'revoke-token', { id })) !== null) toast(`${name} is good for nothing any more.`);
    reload();
  }
  async function make(wish: Wish): Promise<boolean> {
    const days = wish.days;
    const expiresAt = days === 0 ? null : ((Date.now() + days * DAY_MS) as ShownToken['createdAt']);
    const { name, scopes, channel } = wish;
    const answer = await act(client, 'create-token', { name, scopes, channel, expiresAt });
    if (answer === null) return false;
    setMade({ name, secret: answer.secret });
    reload();
    return true;
  }

  return (
    <>
      {made !== null && (
        <Secret
          label={`Token of ${made.name}`}
          secret={made.secret}
          hint="The program sends it as “Authorization: Bearer …”."
          onDone={() => setMade(null)}
        />
      )}
      {say !== null && <p class="problem">{say}</p>}
      {value?.tokens.length === 0 && <p class="soft">You have none yet.</p>}
      <ul class="lines roomy">
        {value?.tokens.map((token) => (
          <li key={token.id}>
            <div class="grow">
              <p>
                <b>{token.name}</b> {token.channel !== null && <span class="tag">{nameOf(token.channel)} alone</span>}
              </p>
              <p class="soft">{token.scopes.join(', ')}</p>
              <p class="soft">
                {token.lastUsedAt === null ? (
                  'Not used yet'
                ) : (
                  <>
                    Used last <When at={token.lastUsedAt} />
                  </>
                )}
                {token.expiresAt !== null && (
                  <>
                    ; ends <When at={token.expiresAt} />
                  </>
                )}
              </p>
            </div>
            <button type="button" class="button" onClick={() => setLeaving(token)}>
              Revoke<span class="sr"> {token.name}</span>
            </button>
          </li>
        ))}
      </ul>
      <Make channels={channels} isAdmin={you.value?.isAdmin ?? false} onMake={make} />
      {leaving !== null && (
        <Confirm
          title={`Revoke ${leaving.name}?`}
          action="Revoke"
          onYes={() => void revoke(leaving)}
          onClose={() => setLeaving(null)}
        >
          <p>Whatever uses it is turned down at once, everywhere.</p>
        </Confirm>
      )}
    </>
  );
}

interface Wish {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly channel: string | null;
  readonly days: number;
}

function Make(props: {
  readonly channels: readonly { readonly id: string; readonly name: string }[];
  readonly isAdmin: boolean;
  readonly onMake: (wish: Wish) => Promise<boolean>;
}) {
  const [name, setName] = useState('');
  const [channel, setChannel] = useState('');
  const [days, setDays] = useState(90);
  const [scopes, setScopes] = useState<ReadonlySet<Scope>>(new Set(['read']));
  const offered = SCOPES.filter((scope) => scope !== 'hub:manage' || props.isAdmin);
  const isOff = (scope: Scope): boolean => channel !== '' && BEYOND.has(scope);
  const wanted = offered.filter((scope) => scopes.has(scope) && !isOff(scope));

  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    if (wanted.length === 0) return toast('Choose at least one thing that it may do.');
    const isMade = await props.onMake({ name, scopes: wanted, channel: channel === '' ? null : channel, days });
    if (isMade) setName('');
  }
  function turn(scope: Scope, isOn: boolean): void {
    setScopes((before) => new Set(isOn ? [...before, scope] : [...before].filter((one) => one !== scope)));
  }
  return (
    <form class="card" onSubmit={(event) => void submit(event)}>
      <h3>A new token</h3>
      <div class="form-row">
        <label class="field">
          <span>What it is for</span>
          <input
            class="input"
            required
            maxLength={80}
            autocomplete="off"
            value={name}
            onInput={(event) => setName(event.currentTarget.value)}
          />
        </label>
        <label class="field">
          <span>Where</span>
          <select class="input" value={channel} onChange={(event) => setChannel(event.currentTarget.value)}>
            <option value="">wherever you may go</option>
            {props.channels.map(({ id, name: shown }) => (
              <option key={id} value={id}>
                {shown} alone
              </option>
            ))}
          </select>
        </label>
        <label class="field">
          <span>It ends</span>
          <select class="input" value={days} onChange={(event) => setDays(Number(event.currentTarget.value))}>
            {EXPIRIES.map(([value, words]) => (
              <option key={value} value={value}>
                {words}
              </option>
            ))}
          </select>
        </label>
      </div>
      <fieldset class="checks">
        <legend>What it may do, and never more than you</legend>
        {offered.map((scope) => (
          <label key={scope} class="check">
            <input
              type="checkbox"
              checked={scopes.has(scope) && !isOff(scope)}
              disabled={isOff(scope)}
              onChange={(event) => turn(scope, event.currentTarget.checked)}
            />
            <span>
              {SCOPE_WORDS[scope]} <code class="soft">{scope}</code>
            </span>
          </label>
        ))}
      </fieldset>
      <div class="acts">
        <button type="submit" class="button primary">
          Make a token
        </button>
      </div>
    </form>
  );
}
