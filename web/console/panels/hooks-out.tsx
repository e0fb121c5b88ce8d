import { useState } from 'preact/hooks';
import type { HookKind, ShownSubscription } from '../../../core/plugin/asked/hooks-out.ts';
import { toast } from '../../chat/state/toast.ts';
import { act, useAsked } from '../asked.ts';
import type { PanelProps } from '../panel.ts';
import { Confirm } from '../parts/confirm.tsx';
import { Rotate } from '../parts/rotate.tsx';
import { Secret } from '../parts/secret.tsx';
import { When } from '../parts/when.tsx';
import { DeliveryList } from './delivery-list.tsx';

const KINDS: readonly (readonly [HookKind, string])[] = [
  ['message', 'messages'],
  ['edit', 'edits'],
  ['redaction', 'deletions'],
  ['reaction', 'reactions'],
  ['notice', 'notices'],
  ['live.start', 'a live event starts'],
  ['live.end', 'a live event ends'],
  ['sanction', 'timeouts and bans'],
];
const PAUSES = {
  asked: 'paused',
  failed: 'paused: nothing arrived for days',
  gone: 'paused: the target says that it is gone',
  'not-allowed': 'paused: its owner may not read this channel any more',
} as const;
const EVERY_MS = 15_000;

type Open = { readonly kind: 'rotate' | 'remove'; readonly one: ShownSubscription };

/** URLs that are told what happens in the channel. */
export function HooksOut({ hub: { client }, channel }: PanelProps) {
  const { value, say, reload } = useAsked(client, 'subscriptions', { channel: channel.id }, EVERY_MS);
  const [made, setMade] = useState<{ readonly url: string; readonly secret: string } | null>(null);
  const [open, setOpen] = useState<Open | null>(null);
  const [shown, setShown] = useState<string | null>(null);
  const of = ({ id }: ShownSubscription) => ({ channel: channel.id, id });

  async function test(one: ShownSubscription): Promise<void> {
    const tried = await act(client, 'test-subscription', of(one));
    if (tried !== null)
      toast(tried.arrived ? `It arrived (${tried.status}).` : `Not arrived: ${tried.say ?? tried.status}`);
    reload();
  }
  async function pause(one: ShownSubscription): Promise<void> {
    await act(client, 'change-subscription', { ...of(one), isPaused: one.paused === null });
    reload();
  }
  async function rotate(one: ShownSubscription, overlapMinutes: number): Promise<void> {
    const answer = await act(client, 'rotate-subscription', { ...of(one), overlapMinutes });
    if (answer !== null) setMade({ url: one.url, secret: answer.secret });
    reload();
  }
  async function remove(one: ShownSubscription): Promise<void> {
    if ((await act(client, 'unsubscribe', of(one))) !== null) toast('It is told nothing more.');
    reload();
  }

  return (
    <section class="card" aria-labelledby="hooks-out">
      <h3 id="hooks-out">Programs that are told</h3>
      <p class="soft">Every delivery is signed, and tried again for a day.</p>
      {made !== null && (
        <Secret
          label={`Secret for ${hostOf(made.url)}`}
          secret={made.secret}
          hint="The program checks the signatures by it."
          onDone={() => setMade(null)}
        />
      )}
      {say !== null && <p class="problem">{say}</p>}
      {value?.subscriptions.length === 0 && <p class="soft">There is none yet.</p>}
      <ul class="lines roomy">
        {value?.subscriptions.map((one) => (
          <li key={one.id}>
            <div class="grow">
              <p>
                <code>{one.url}</code>
              </p>
              <p>
                <State one={one} />{' '}
                <span class="soft">
                  {KINDS.filter(([kind]) => one.kinds.includes(kind))
                    .map(([, words]) => words)
                    .join(', ')}
                </span>
              </p>
            </div>
            <div class="acts">
              <button
                type="button"
                class="button"
                aria-expanded={shown === one.id}
                onClick={() => setShown(shown === one.id ? null : one.id)}
              >
                Deliveries
              </button>
              <button type="button" class="button" onClick={() => void test(one)}>
                Test
              </button>
              <button type="button" class="button" onClick={() => void pause(one)}>
                {one.paused === null ? 'Pause' : 'Go on'}
              </button>
              <button type="button" class="button" onClick={() => setOpen({ kind: 'rotate', one })}>
                New secret
              </button>
              <button type="button" class="button" onClick={() => setOpen({ kind: 'remove', one })}>
                Unsubscribe
              </button>
            </div>
            {shown === one.id && <DeliveryList client={client} of={of(one)} />}
          </li>
        ))}
      </ul>
      <Subscribe
        onMake={async (url, kinds) => {
          const answer = await act(client, 'subscribe', { channel: channel.id, url, kinds });
          if (answer === null) return false;
          setMade({ url, secret: answer.secret });
          reload();
          return true;
        }}
      />
      {open?.kind === 'rotate' && (
        <Rotate
          what={hostOf(open.one.url)}
          onRotate={(minutes) => void rotate(open.one, minutes)}
          onClose={() => setOpen(null)}
        />
      )}
      {open?.kind === 'remove' && (
        <Confirm
          title={`Tell ${hostOf(open.one.url)} no more?`}
          action="Unsubscribe"
          onYes={() => void remove(open.one)}
          onClose={() => setOpen(null)}
        >
          <p>What waits for it is not sent any more.</p>
        </Confirm>
      )}
    </section>
  );
}

function State({ one }: { readonly one: ShownSubscription }) {
  if (one.paused !== null) return <span class="tag bad">{PAUSES[one.paused]}</span>;
  if (one.failingSince === null) return <span class="tag good">runs</span>;
  return (
    <span class="tag bad">
      fails since <When at={one.failingSince} />
      {one.retryAt !== null && (
        <>
          , next try <When at={one.retryAt} />
        </>
      )}
    </span>
  );
}

function Subscribe({ onMake }: { readonly onMake: (url: string, kinds: readonly HookKind[]) => Promise<boolean> }) {
  const [url, setUrl] = useState('');
  const [kinds, setKinds] = useState<ReadonlySet<HookKind>>(new Set(['message']));
  function turn(kind: HookKind, isOn: boolean): void {
    setKinds((before) => new Set(isOn ? [...before, kind] : [...before].filter((one) => one !== kind)));
  }
  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    if (kinds.size === 0) return toast('Choose at least one thing to be told.');
    if (await onMake(url, [...kinds])) setUrl('');
  }
  return (
    <form class="subscribe" onSubmit={(event) => void submit(event)}>
      <div class="form-row">
        <label class="field">
          <span>URL to tell</span>
          <input
            class="input"
            type="url"
            required
            maxLength={2_048}
            placeholder="https://"
            autocomplete="off"
            value={url}
            onInput={(event) => setUrl(event.currentTarget.value)}
          />
        </label>
      </div>
      <fieldset class="checks">
        <legend>What it is told</legend>
        {KINDS.map(([kind, words]) => (
          <label key={kind} class="check">
            <input
              type="checkbox"
              checked={kinds.has(kind)}
              onChange={(event) => turn(kind, event.currentTarget.checked)}
            />
            {words}
          </label>
        ))}
      </fieldset>
      <div class="acts">
        <button type="submit" class="button primary">
          Subscribe
        </button>
      </div>
    </form>
  );
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}
