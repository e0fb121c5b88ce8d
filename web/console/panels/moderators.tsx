import { useState } from 'preact/hooks';
import { toast } from '../../chat/state/toast.ts';
import { act, LIVE_MS, useAsked } from '../asked.ts';
import { isAtLeast } from '../hub.ts';
import type { PanelProps } from '../panel.ts';
import { FindPerson } from '../parts/find-person.tsx';
import { Who, whoText } from '../parts/who.tsx';

/** Who moderates here, in general and for one show alone. */
export function ModeratorsPanel({ hub: { client }, channel }: PanelProps) {
  const { value, say, reload } = useAsked(client, 'moderators', { channel: channel.id }, LIVE_MS);
  const events = useAsked(client, 'events', { channel: channel.id }, LIVE_MS);
  const [isForEvent, setForEvent] = useState(false);
  const isDj = isAtLeast(channel, 'dj');
  const running = events.value?.events.find(({ state }) => state === 'live' || state === 'warmup' || state === 'ended');

  async function appoint(target: string): Promise<void> {
    const of = { channel: channel.id, target, isForEvent: isForEvent && running !== undefined };
    const done = await act(client, 'appoint', of);
    if (done !== null) toast(done.say);
    reload();
  }
  async function dismiss(target: string, ofEvent: boolean): Promise<void> {
    const done = await act(client, 'dismiss', { channel: channel.id, target, isForEvent: ofEvent });
    if (done !== null) toast(done.say);
    reload();
  }
  const titleOf = (id: string): string => events.value?.events.find((one) => one.id === id)?.title ?? 'one show';

  if (say !== null) return <p class="problem">{say}</p>;
  if (value === null) return <p class="soft">Loading…</p>;
  const groups = [
    { name: 'In general', those: value.moderators.filter(({ event }) => event === null) },
    { name: 'For one show', those: value.moderators.filter(({ event }) => event !== null) },
  ];
  return (
    <>
      {groups.map(({ name, those }) => (
        <section key={name} aria-label={name}>
          <h3>{name}</h3>
          {those.length === 0 && <p class="none">Nobody.</p>}
          <ul class="lines">
            {those.map((one) => (
              <li key={`${one.user} ${one.event}`}>
                <p>
                  <Who {...one} /> {one.event !== null && <span class="soft">for {titleOf(one.event)}</span>}
                </p>
                {isDj && (
                  <button
                    type="button"
                    class="button"
                    aria-label={`Dismiss ${whoText(one)}`}
                    onClick={() => void dismiss(one.user, one.event !== null)}
                  >
                    Dismiss
                  </button>
                )}
              </li>
            ))}
          </ul>
        </section>
      ))}
      {isDj && (
        <section class="card" aria-label="Appoint somebody">
          <h3>Appoint somebody</h3>
          <label class="field">
            <span>For how long</span>
            <select
              class="input"
              value={isForEvent && running !== undefined ? 'event' : 'general'}
              onChange={(event) => setForEvent(event.currentTarget.value === 'event')}
            >
              <option value="general">in general, until dismissed</option>
              <option value="event" disabled={running === undefined}>
                {running === undefined ? 'for the show alone: none is on' : `for “${running.title}” alone`}
              </option>
            </select>
          </label>
          <FindPerson
            client={client}
            channel={channel.id}
            action="Appoint"
            known={value.moderators.map(({ user }) => user)}
            onChoose={(user) => void appoint(user)}
          />
        </section>
      )}
    </>
  );
}
