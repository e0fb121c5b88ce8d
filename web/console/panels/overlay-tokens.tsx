import { useState } from 'preact/hooks';
import type { ShownToken } from '../../../core/plugin/asked/tokens.ts';
import { toast } from '../../chat/state/toast.ts';
import { act, useAsked } from '../asked.ts';
import type { PanelProps } from '../panel.ts';
import '../parts/admin.css';
import { Confirm } from '../parts/confirm.tsx';
import { Secret } from '../parts/secret.tsx';
import { When } from '../parts/when.tsx';

interface Props extends Pick<PanelProps, 'hub' | 'channel'> {
  /** Without a token. */
  readonly link: string;
}

/** Links with a token, for channels and hubs that guests may not read: good for showing this channel, and nothing else. */
export function OverlayTokens({ hub: { client }, channel, link }: Props) {
  const { value, say, reload } = useAsked(client, 'overlay-tokens', { channel: channel.id });
  const [made, setMade] = useState<ShownToken['id'] | null>(null);
  const [secret, setSecret] = useState('');
  const [name, setName] = useState('');
  const [leaving, setLeaving] = useState<ShownToken | null>(null);

  async function make(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const answer = await act(client, 'create-overlay-token', { channel: channel.id, name: name.trim() || 'OBS' });
    if (answer === null) return;
    setMade(answer.token.id);
    setSecret(answer.secret);
    setName('');
    reload();
  }
  async function revoke({ id, name: gone }: ShownToken): Promise<void> {
    if ((await act(client, 'revoke-token', { id })) !== null)
      toast(`The overlay of ${gone} shows nothing new any more.`);
    if (made === id) setMade(null);
    reload();
  }

  return (
    <section class="card" aria-labelledby="overlay-tokens">
      <h3 id="overlay-tokens">Links with a token</h3>
      <p class="soft">
        Where guests may not read, the overlay needs one. It shows this channel and can do nothing else; it stands
        behind the # of the link, which is sent to no other server.
      </p>
      {made !== null && (
        <Secret
          label="Link with its token"
          secret={`${link}#${secret}`}
          hint="Add it in OBS as a browser source."
          onDone={() => setMade(null)}
        />
      )}
      {say !== null && <p class="problem">{say}</p>}
      <ul class="lines">
        {value?.tokens.map((token) => (
          <li key={token.id}>
            <div class="grow">
              <p>
                <b>{token.name}</b>
              </p>
              <p class="soft">
                Made <When at={token.createdAt} />,{' '}
                {token.lastUsedAt === null ? (
                  'not used yet'
                ) : (
                  <>
                    used last <When at={token.lastUsedAt} />
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
      <form class="form-row" onSubmit={(event) => void make(event)}>
        <label class="field">
          <span>Where it is used</span>
          <input
            class="input"
            maxLength={80}
            placeholder="OBS"
            autocomplete="off"
            value={name}
            onInput={(event) => setName(event.currentTarget.value)}
          />
        </label>
        <button type="submit" class="button primary">
          Make a link with a token
        </button>
      </form>
      {leaving !== null && (
        <Confirm
          title={`Revoke ${leaving.name}?`}
          action="Revoke"
          onYes={() => void revoke(leaving)}
          onClose={() => setLeaving(null)}
        >
          <p>Overlays with this link get nothing more, at once.</p>
        </Confirm>
      )}
    </section>
  );
}
