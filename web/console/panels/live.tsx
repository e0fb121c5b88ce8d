import { useState } from 'preact/hooks';
import type { ListedEvent } from '../../../core/plugin/asked/table.ts';
import { act, LIVE_MS, useAsked } from '../asked.ts';
import { isAtLeast } from '../hub.ts';
import type { PanelProps } from '../panel.ts';
import { Confirm } from '../parts/confirm.tsx';
import { shortTime, spanText } from '../time.ts';
import { ChangeEvent, PlanEvent } from './live-plan.tsx';
import { PlatformStates } from './live-platforms.tsx';

const STATES = {
  scheduled: 'planned',
  warmup: 'warm-up',
  live: 'live',
  ended: 'ended, the chat stays open for a while',
  archived: 'over',
  cancelled: 'cancelled',
} as const;
/** What the DJ may do next in each state. */
const TURNS = {
  scheduled: ['start', 'cancel'],
  warmup: ['start', 'cancel'],
  live: ['end'],
  ended: ['resume'],
  archived: [],
  cancelled: [],
} as const;
const LABELS = { start: 'Go live', end: 'End the show', resume: 'Resume', cancel: 'Cancel…' } as const;
type Turn = keyof typeof LABELS;
const ORDER = ['live', 'warmup', 'ended', 'scheduled', 'archived', 'cancelled'];
const PAST = 10;

/** The live switch, and the shows that were, are and will be. */
export function LivePanel({ hub: { client }, channel }: PanelProps) {
  const { value, say, reload } = useAsked(client, 'events', { channel: channel.id }, LIVE_MS);
  const [wanted, setWanted] = useState(PAST);
  const past = useAsked(client, 'past-events', { channel: channel.id, before: null, limit: wanted });
  const [cancelling, setCancelling] = useState<ListedEvent | null>(null);
  const [changing, setChanging] = useState<string | null>(null);
  const isDj = isAtLeast(channel, 'dj') && channel.kind !== 'mega';
  const again = (): void => {
    reload();
    past.reload();
  };
  async function turn(event: ListedEvent, to: Turn): Promise<void> {
    await act(client, 'turn-event', { event: event.id, turn: to });
    again();
  }

  if (say !== null) return <p class="problem">{say}</p>;
  if (value === null) return <p class="soft">Loading…</p>;
  const current = value.events
    .filter(({ state }) => state !== 'archived' && state !== 'cancelled')
    .toSorted((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || a.startsAt - b.startsAt);
  const isOn = current.some(({ state }) => state === 'live');
  return (
    <>
      {isAtLeast(channel, 'dj') && <PlatformStates client={client} channel={channel.id} />}
      <h3>Now and next</h3>
      {current.length === 0 && <p class="none">No show is planned.</p>}
      <ol class="cards" aria-label="Shows now and next">
        {current.map((event) => (
          <li key={event.id} class={`card show ${event.state}`}>
            <div class="card-line">
              <h4>{event.title}</h4>
              <span class={`state ${event.state === 'live' ? 'on' : ''}`}>{STATES[event.state]}</span>
            </div>
            <p class="soft">{whenOf(event)}</p>
            {isDj && (
              <div class="acts">
                {TURNS[event.state].map((to) => (
                  <button
                    key={to}
                    type="button"
                    class={to === 'start' || to === 'resume' ? 'button primary big' : 'button'}
                    onClick={() => (to === 'cancel' ? setCancelling(event) : void turn(event, to))}
                  >
                    {LABELS[to]}
                  </button>
                ))}
                {event.state === 'scheduled' && (
                  <button
                    type="button"
                    class="button"
                    aria-expanded={changing === event.id}
                    onClick={() => setChanging(changing === event.id ? null : event.id)}
                  >
                    Change
                  </button>
                )}
              </div>
            )}
            {changing === event.id && (
              <ChangeEvent
                client={client}
                event={event}
                onDone={() => {
                  setChanging(null);
                  again();
                }}
              />
            )}
          </li>
        ))}
      </ol>
      {isDj && <PlanEvent client={client} channel={channel.id} mayStart={!isOn} onDone={again} />}
      {channel.kind !== 'mega' && (
        <>
          <h3>Before</h3>
          {past.value?.events.length === 0 && <p class="none">No show is over yet.</p>}
          <ol class="lines" aria-label="Shows that are over">
            {past.value?.events.map((event) => (
              <li key={event.id}>
                <time dateTime={new Date(event.startsAt).toISOString()}>
                  {shortTime(event.startedAt ?? event.startsAt)}
                </time>
                <p>
                  {event.title} <span class="soft">{STATES[event.state]}</span>
                </p>
              </li>
            ))}
          </ol>
          {(past.value?.events.length ?? 0) === wanted && wanted < 100 && (
            <button type="button" class="button" onClick={() => setWanted(Math.min(100, wanted + 30))}>
              Older
            </button>
          )}
        </>
      )}
      {cancelling !== null && (
        <Confirm
          title={`Cancel “${cancelling.title}”?`}
          action="Cancel the show"
          onYes={() => void turn(cancelling, 'cancel')}
          onClose={() => setCancelling(null)}
        >
          <p>Its chat is closed, and people are told.</p>
        </Confirm>
      )}
    </>
  );
}

function whenOf({ state, startsAt, startedAt }: ListedEvent): string {
  if (state === 'live' && startedAt !== null)
    return `for ${spanText(Date.now() - startedAt)}, since ${shortTime(startedAt)}`;
  return startsAt > Date.now() ? `${shortTime(startsAt)}, in ${spanText(startsAt - Date.now())}` : shortTime(startsAt);
}
