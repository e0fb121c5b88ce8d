import { useState } from 'preact/hooks';
import type { HookWithSecret, ShownHook } from '../../../core/plugin/asked/hooks-in.ts';
import { toast } from '../../chat/state/toast.ts';
import { act, useAsked } from '../asked.ts';
import type { PanelProps } from '../panel.ts';
import { Confirm } from '../parts/confirm.tsx';
import { Rotate } from '../parts/rotate.tsx';
import { Secret } from '../parts/secret.tsx';
import { When } from '../parts/when.tsx';

type Open = { readonly kind: 'rotate' | 'remove'; readonly hook: ShownHook };

/** Secret URLs that post to the channel, or to a live event in it. */
export function HooksIn({ hub: { client }, channel }: PanelProps) {
  const { value, say, reload } = useAsked(client, 'webhooks', { channel: channel.id });
  const events = useAsked(client, 'events', { channel: channel.id }).value?.events ?? [];
  const here = events.filter((event) => event.channel === channel.id);
  const [made, setMade] = useState<HookWithSecret | null>(null);
  const [open, setOpen] = useState<Open | null>(null);
  const [name, setName] = useState('');
  const [event, setEvent] = useState('');

  async function make(submit: SubmitEvent): Promise<void> {
    submit.preventDefault();
    const answer = await act(client, 'make-webhook', { channel: channel.id, name, event: event === '' ? null : event });
    if (answer === null) return;
    setMade(answer);
    setName('');
    reload();
  }
  async function rotate({ id }: ShownHook, overlapMinutes: number): Promise<void> {
    const answer = await act(client, 'rotate-webhook', { channel: channel.id, webhook: id, overlapMinutes });
    if (answer !== null) setMade(answer);
    reload();
  }
  async function remove({ id, name: gone }: ShownHook): Promise<void> {
    const answer = await act(client, 'remove-webhook', { channel: channel.id, webhook: id });
    if (answer !== null) toast(`${gone} posts no more.`);
    if (made?.webhook.id === id) setMade(null);
    reload();
  }

  return (
    <section class="card" aria-labelledby="hooks-in">
      <h3 id="hooks-in">Programs that post here</h3>
      <p class="soft">Each gets a secret URL. It takes Slipmat’s own JSON and the forms of Discord and Slack.</p>
      {made !== null && (
        <Secret
          label={`URL of ${made.webhook.name}`}
          secret={made.url ?? new URL(made.path, location.origin).href}
          hint="Whoever has it can post here under this name."
          onDone={() => setMade(null)}
        />
      )}
      {say !== null && <p class="problem">{say}</p>}
      {value?.webhooks.length === 0 && <p class="soft">There is none yet.</p>}
      <ul class="lines roomy">
        {value?.webhooks.map((hook) => (
          <li key={hook.id}>
            <div class="grow">
              <p>
                <b>{hook.name}</b> {hook.event !== null && <span class="tag">ends with the live event</span>}
              </p>
              <p class="soft">
                Made <When at={hook.madeAt} />,{' '}
                {hook.lastUsedAt === null ? (
                  'not used yet'
                ) : (
                  <>
                    used last <When at={hook.lastUsedAt} />
                  </>
                )}
                {hook.oldUntil !== null && (
                  <>
                    ; the old URL is good until <When at={hook.oldUntil} />
                  </>
                )}
              </p>
            </div>
            <div class="acts">
              <button type="button" class="button" onClick={() => setOpen({ kind: 'rotate', hook })}>
                New URL<span class="sr"> for {hook.name}</span>
              </button>
              <button type="button" class="button" onClick={() => setOpen({ kind: 'remove', hook })}>
                Remove<span class="sr"> {hook.name}</span>
              </button>
            </div>
          </li>
        ))}
      </ul>
      <form class="form-row" onSubmit={(submit) => void make(submit)}>
        <label class="field">
          <span>Name it posts under</span>
          <input
            class="input"
            required
            maxLength={80}
            autocomplete="off"
            value={name}
            onInput={(input) => setName(input.currentTarget.value)}
          />
        </label>
        {here.length > 0 && channel.kind !== 'event' && (
          <label class="field">
            <span>It posts</span>
            <select class="input" value={event} onChange={(change) => setEvent(change.currentTarget.value)}>
              <option value="">until it is removed</option>
              {here.map((one) => (
                <option key={one.id} value={one.id}>
                  until “{one.title}” is over
                </option>
              ))}
            </select>
          </label>
        )}
        <button type="submit" class="button primary">
          Make a webhook
        </button>
      </form>
      {open?.kind === 'rotate' && (
        <Rotate
          what={open.hook.name}
          onRotate={(minutes) => void rotate(open.hook, minutes)}
          onClose={() => setOpen(null)}
        />
      )}
      {open?.kind === 'remove' && (
        <Confirm
          title={`Remove ${open.hook.name}?`}
          action="Remove"
          onYes={() => void remove(open.hook)}
          onClose={() => setOpen(null)}
        >
          <p>Its URL is good for nothing from then on. What it has posted stays.</p>
        </Confirm>
      )}
    </section>
  );
}
