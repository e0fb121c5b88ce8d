import { useState } from 'preact/hooks';
import { toast } from '../../chat/state/toast.ts';
import { act, useAsked } from '../asked.ts';
import { isAtLeast } from '../hub.ts';
import type { PanelProps } from '../panel.ts';

/** Who moderates here, in general and for the live event alone. */
export function ModeratorsPanel({ hub: { client }, channel }: PanelProps) {
  const { value, say, reload } = useAsked(client, 'moderators', { channel: channel.id });
  const [name, setName] = useState('');
  const [isForEvent, setForEvent] = useState(false);
  const isDj = isAtLeast(channel, 'dj');

  async function appoint(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const answer = await client.command(channel.id, `appoint @${name.trim()}${isForEvent ? ' event' : ''}`);
    toast(answer.ok ? answer.value : answer.say);
    if (answer.ok) setName('');
    reload();
  }
  async function dismiss(target: string, ofEvent: boolean): Promise<void> {
    const done = await act(client, 'dismiss', { channel: channel.id, target, isForEvent: ofEvent });
    if (done !== null) toast(done.say);
    reload();
  }

  if (say !== null) return <p class="problem">{say}</p>;
  if (value === null) return <p class="soft">Loading…</p>;
  return (
    <>
      {value.moderators.length === 0 && <p class="soft">Nobody yet.</p>}
      <ul class="lines">
        {value.moderators.map((one) => (
          <li key={`${one.user} ${one.event}`}>
            <p>
              <b>{one.name ?? one.user}</b> {one.platform !== null && <span class="tag">{one.platform}</span>}{' '}
              <span class="soft">{one.event === null ? 'in general' : 'for this event'}</span>
            </p>
            {isDj && (
              <button type="button" class="button" onClick={() => void dismiss(one.user, one.event !== null)}>
                Dismiss
              </button>
            )}
          </li>
        ))}
      </ul>
      {isDj && (
        <form class="card inline" onSubmit={(event) => void appoint(event)}>
          <label class="field">
            <span>Appoint by name</span>
            <input
              class="input"
              required
              maxLength={64}
              value={name}
              autocomplete="off"
              onInput={(event) => setName(event.currentTarget.value)}
            />
          </label>
          <label class="check">
            <input
              type="checkbox"
              checked={isForEvent}
              onChange={(event) => setForEvent(event.currentTarget.checked)}
            />
            For the live event alone
          </label>
          <button type="submit" class="button primary">
            Appoint
          </button>
        </form>
      )}
    </>
  );
}
